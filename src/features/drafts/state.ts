/** Parts of queries: the derived state of a submission, and what lists are filtered by. */
import type { SQL } from 'drizzle-orm'
import { sql } from '../../db/drizzle.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { SubmissionState } from './model.ts'

/** What became of the submission `s`. Written out, since inside a sub-query drizzle would not qualify the columns. */
export const stateOf = (s: SQL): SQL<SubmissionState> => sql<SubmissionState>`case
  when exists (select from policy_publications p
    where p.authority_id = ${s}.authority_id and p.submission_id = ${s}.id) then 'published'
  when exists (select from policy_reviews v
    where v.authority_id = ${s}.authority_id and v.submission_id = ${s}.id and v.outcome = 'withdrawn') then 'withdrawn'
  when exists (select from policy_reviews v
    where v.authority_id = ${s}.authority_id and v.submission_id = ${s}.id and v.outcome = 'rejected') then 'rejected'
  when exists (select from policy_draft_revisions r
    where r.authority_id = ${s}.authority_id and r.draft_id = ${s}.draft_id and r.revision > ${s}.revision) then 'void'
  when exists (select from policy_reviews v
    where v.authority_id = ${s}.authority_id and v.submission_id = ${s}.id and v.outcome = 'approved') then 'approved'
  else 'submitted' end`

/** Of the draft whose id the column named holds, some revision is by that account. */
export function writtenBy(draftId: 'policy_drafts.id' | 'policy_submissions.draft_id', author: string): SQL {
  return sql`exists (select from policy_draft_revisions w where w.authority_id = ${sql.raw(draftId.split('.')[0] ?? '')}.authority_id
    and w.draft_id = ${sql.raw(draftId)} and w.recorded_by = ${author})`
}

export interface DraftFilter {
  readonly state?: string | undefined
  readonly policy?: string | undefined
  readonly author?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface Page {
  readonly first: number
  readonly after: Cursor | undefined
}
