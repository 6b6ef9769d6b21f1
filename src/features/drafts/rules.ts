/** May this be done to a draft? Pure. */
import { Refusal } from '../../kernel/errors.ts'
import type { DraftRow } from './queries.ts'

/**
 * A draft goes on from its latest revision, until it is published.
 * @throws Refusal already_published, revision_conflict
 */
export function requireOpen({ state, latest }: DraftRow, basedOn: number): void {
  if (state === 'published')
    throw new Refusal('already_published', 'This draft is published. Begin a new one from the published version.')
  if (latest.revision === basedOn) return
  throw new Refusal(
    'revision_conflict',
    `The draft is at revision ${latest.revision}. Read it, and say which revision you mean.`,
  )
}

/** @throws Refusal already_submitted while an earlier submission waits for its approval or publication. */
export function requireUnsubmitted({ state }: DraftRow): void {
  if (state !== 'submitted' && state !== 'approved') return
  throw new Refusal(
    'already_submitted',
    'This revision is submitted. Withdraw the submission, or wait for its approval.',
  )
}
