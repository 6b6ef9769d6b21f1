/** What a rehearsal has to show before a policy may count. */
import { Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { rehearsalGate } from '../rehearsals/index.ts'
import { hasReferrals } from './queries.ts'

/**
 * Where a version goes before and referrals are stored, the same bytes were rehearsed against that version to the end, and
 * every child who would go down was accepted.
 * @throws Refusal not_rehearsed, rehearsal_unfinished, downgrades_not_accepted
 */
export async function requireRehearsed(
  context: Context,
  { contentHash, against }: { contentHash: string; against: string | undefined },
): Promise<void> {
  if (against === undefined || !(await hasReferrals(context.tx, context.actor.authorityId))) return
  const rehearsed = await rehearsalGate(context, { contentHash, against })
  if (rehearsed === 'not_rehearsed')
    throw new Refusal(
      'not_rehearsed',
      `Rehearse this document against the version that goes before (${against}), and publish then.`,
    )
  if (rehearsed === 'unfinished')
    throw new Refusal('rehearsal_unfinished', 'The rehearsal has not come to its end. Wait for it, or resume it.')
  if (rehearsed.unaccepted > 0)
    throw new Refusal(
      'downgrades_not_accepted',
      `${rehearsed.unaccepted} children would go down, and nobody has accepted that. Accept each of them, or change the policy.`,
    )
}
