/** May this be rehearsed, and may this be accepted? Pure. */
import type { Actor } from '../../kernel/actor.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import type { NewRehearsal } from './model.ts'
import type { Named } from './policies.ts'

/** Rehearsals that wait or run at once in an authority. */
export const UNFINISHED_MAX = 10

/** @throws Refusal rehearsal_state */
export function requireRoom(unfinished: readonly unknown[]): void {
  if (unfinished.length < UNFINISHED_MAX) return
  throw new Refusal(
    'rehearsal_state',
    `There are ${UNFINISHED_MAX} rehearsals that have not finished. Wait, or cancel one of them.`,
  )
}

/** @throws Refusal invalid_input for both or neither, or a revision of nothing */
export function requireCandidate({ draft, revision, version }: NewRehearsal): Named {
  if (draft !== undefined && version === undefined) return { draftId: draft, revision }
  if (draft === undefined && version !== undefined && revision === undefined) return version
  const pointer = draft === undefined && version !== undefined ? '/revision' : '/draft'
  throw new Refusal('invalid_input', 'Name either a draft, and its revision, or a published version.', {
    errors: [wrong(pointer, 'one_of', 'Give either this or “version”.')],
  })
}

/**
 * The period in the form in which instants are stored. It ends now at the latest: there is nothing later to look at.
 * @throws Refusal unprocessable for a period that is none
 */
export function requirePeriod(
  { from, to }: NewRehearsal,
  now: string,
): { receivedFrom: string | null; receivedTo: string } {
  const end = Date.parse(now) + 1
  const receivedTo = new Date(Math.min(end, to === undefined ? end : Date.parse(to))).toISOString()
  const receivedFrom = from === undefined ? null : new Date(from).toISOString()
  if (receivedFrom === null || receivedFrom < receivedTo) return { receivedFrom, receivedTo }
  throw new Refusal('unprocessable', 'The period has ended before it begins.', {
    errors: [wrong('/from', 'empty_period', 'It must be before the end, and not lie in the future.')],
  })
}

/** Whether every referral of the twelve months before is looked at, and none left to chance. */
export function coversYear({ from, to, sample }: NewRehearsal, now: string): boolean {
  if (sample !== undefined || (to !== undefined && Date.parse(to) <= Date.parse(now))) return false
  const yearAgo = `${Number(now.slice(0, 4)) - 1}${now.slice(4)}`
  return from === undefined || new Date(from).toISOString() <= yearAgo
}

/**
 * That a child goes down is accepted by a person who did not write the draft.
 * @param authors accounts that wrote any revision of it
 * @throws Refusal forbidden, own_policy
 */
export function requireOther({ kind, accountId }: Actor, authors: ReadonlySet<string>): void {
  if (kind !== 'human') throw new Refusal('forbidden', 'That a child goes down is accepted by a person.')
  if (authors.has(accountId))
    throw new Refusal('own_policy', 'Whoever wrote the draft cannot accept what it does. Ask another approver.')
}

function wrong(pointer: string, code: string, detail: string): Wrong {
  return { in: 'body', pointer, code, detail }
}
