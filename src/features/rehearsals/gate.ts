/** What publishing asks of rehearsals. */
import type { Context } from '../../kernel/operation.ts'
import { rehearsalsFor } from './queries.ts'

export type Rehearsed = 'not_rehearsed' | 'unfinished' | { readonly unaccepted: number }

/** A rehearsal counts for this long: after it too many referrals have come in that it did not look at. */
const COUNTS_FOR_DAYS = 28
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Whether these bytes were rehearsed against a version of the authority, over every referral of the twelve months before, no
 * longer ago than four weeks; and how many children would go down whom nobody has accepted. The newest that is completed counts.
 * @param against id of the published version
 */
export async function rehearsalGate(
  { tx, actor, now }: Pick<Context, 'tx' | 'actor' | 'now'>,
  { contentHash, against }: { contentHash: string; against: string },
): Promise<Rehearsed> {
  const since = new Date(Date.parse(now) - COUNTS_FOR_DAYS * DAY_MS).toISOString()
  const rows = await rehearsalsFor(tx, actor.authorityId, { contentHash, against, since })
  const completed = rows.find(({ state }) => state === 'completed')
  if (completed) return { unaccepted: completed.unaccepted }
  return rows.some(({ state }) => state !== 'failed') ? 'unfinished' : 'not_rehearsed'
}
