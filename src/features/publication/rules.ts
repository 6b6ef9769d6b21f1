/** May this be approved, published or retired? Pure. */
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { SubmissionRow } from '../drafts/index.ts'
import { appliesOn, inOrder, isCalledOff, type RegisteredVersion, stateOn } from '../policies/index.ts'
import type { NewPublication } from './model.ts'

/** @throws Refusal own_policy for whoever had a part in writing, submitting or already publishing it. */
export function requireAnother(actor: Actor, involved: ReadonlySet<string>): void {
  if (!involved.has(actor.accountId)) return
  throw new Refusal('own_policy', 'You had a part in this policy. Somebody else has to approve and to publish it.')
}

/** @throws Refusal bytes_changed when what somebody names is not what was submitted. */
export function requireBytes(
  submission: Pick<SubmissionRow, 'contentHash' | 'casesHash'>,
  named: { contentHash: string; casesHash: string },
): void {
  if (named.contentHash === submission.contentHash && named.casesHash === submission.casesHash) return
  throw new Refusal(
    'bytes_changed',
    'The hashes that you name are not those of this submission. Read what was submitted, and name its hashes.',
  )
}

/** @throws Refusal already_published, bytes_changed, not_submitted for a submission that does not stand. */
export function requireStanding({ state }: Pick<SubmissionRow, 'state'>): void {
  if (state === 'published') throw new Refusal('already_published', 'This submission is published.')
  if (state === 'void')
    throw new Refusal('bytes_changed', 'The draft was revised after this was submitted. Submit the latest revision.')
  if (state === 'withdrawn' || state === 'rejected')
    throw new Refusal('not_submitted', `The submission is ${state}. Submit again.`)
}

/** @throws Refusal not_approved, or as `requireStanding` */
export function requireApproved(submission: Pick<SubmissionRow, 'state'>): void {
  requireStanding(submission)
  if (submission.state !== 'approved')
    throw new Refusal('not_approved', 'Nobody has approved this submission. A second person approves it first.')
}

/** The version that applies last of all that are published, be it in force or still to come. */
export function headOf(register: readonly RegisteredVersion[]): RegisteredVersion | undefined {
  const last = inOrder(register).at(-1)
  return register.find(({ id }) => id === last?.id)
}

/**
 * Publications follow one another: whoever publishes names the version that goes before.
 * @throws Refusal publication_conflict
 */
export function requireSuccession(head: RegisteredVersion | undefined, supersedes: string | undefined): void {
  if (head?.id === supersedes) return
  throw new Refusal(
    'publication_conflict',
    head
      ? `The version that goes before is ${head.policyId} ${head.version} (${head.id}), effective from ${head.effectiveFrom}. Compare with it, and name it in “supersedes”.`
      : 'There is no version that goes before; leave out “supersedes”.',
  )
}

/**
 * The day from which a version is to apply.
 * @throws Refusal effective_date_past, publication_conflict, unprocessable
 */
export function requireEffective(
  { effectiveFrom, legacyUntil }: Pick<NewPublication, 'effectiveFrom' | 'legacyUntil'>,
  { documented, today, head }: { documented: string; today: string; head: RegisteredVersion | undefined },
): string {
  const from = effectiveFrom ?? documented
  if (from < today)
    throw new Refusal('effective_date_past', `It cannot take effect on ${from}: today is ${today}. Name a later day.`)
  if (from < documented)
    throw new Refusal('effective_date_past', `The document says that it is effective from ${documented}, not before.`)
  if (head && from <= head.effectiveFrom)
    throw new Refusal(
      'publication_conflict',
      `${head.policyId} ${head.version} takes effect on ${head.effectiveFrom}. Name a later day, or retire that version first.`,
    )
  if (legacyUntil !== undefined && (!head || legacyUntil < from))
    throw new Refusal('unprocessable', 'There is nothing that could go on until that day.', {
      errors: [
        {
          in: 'body',
          pointer: '/legacyUntil',
          code: 'legacy_without_effect',
          detail:
            'Name a day on or after the one on which the change takes effect, and only where a version goes before.',
        },
      ],
    })
  return from
}

/**
 * A hotfix stands in the place of the version in force, and nothing that is scheduled may take its raise away again.
 * @throws Refusal no_policy_in_force, publication_conflict, effective_date_past
 */
export function requireInForce(
  register: readonly RegisteredVersion[],
  { supersedes, documented, today }: { supersedes: string; documented: string; today: string },
): RegisteredVersion {
  const head = headOf(register)
  if (head && head.effectiveFrom > today)
    throw new Refusal(
      'publication_conflict',
      `${head.policyId} ${head.version} is to take effect on ${head.effectiveFrom} and would take the raise away. Retire it first, and publish it anew with the raise.`,
    )
  if (!head || stateOn(register, head, today) !== 'in_force')
    throw new Refusal('no_policy_in_force', 'A hotfix raises the policy in force, and none is in force.')
  requireSuccession(head, supersedes)
  if (documented > today)
    throw new Refusal(
      'effective_date_past',
      `A hotfix takes effect today, ${today}; the document says that it is effective from ${documented}.`,
    )
  return head
}

/**
 * @throws Refusal already_retired, effective_date_past, unprocessable, publication_conflict, leaves_none_in_force
 */
export function requireRetirable(
  register: readonly RegisteredVersion[],
  version: RegisteredVersion,
  { from, leaveNoneInForce, now }: { from: string; leaveNoneInForce: boolean; now: string },
): void {
  const today = londonDate(now)
  if (version.retirement)
    throw new Refusal('already_retired', `The version is retired from ${version.retirement.from}.`)
  if (from < today) throw new Refusal('effective_date_past', `Today is ${today}: a version retires today or later.`)
  if (stateOn(register, version, today) === 'superseded')
    throw new Refusal('unprocessable', 'The version is superseded and applies to nobody.')
  const retired = { ...version, retirement: { from, at: now } }
  const after = register.map((one) => (one.id === version.id ? retired : one))
  if (isCalledOff(retired) && headOf(register)?.id !== version.id)
    throw new Refusal('publication_conflict', 'A later version was published in its place. Retire that one first.')
  const applies = (versions: readonly RegisteredVersion[]) => appliesOn(versions, { on: from, receivedOn: from })
  if (leaveNoneInForce || !applies(register) || applies(after)) return
  throw new Refusal(
    'leaves_none_in_force',
    `No policy would be in force from ${from}. Publish the next one first, or say “leaveNoneInForce”.`,
  )
}
