/** What a reader is told nothing of, whatever was decided. The one place for it. */

import type { SQL } from 'drizzle-orm'
import { sql } from '../../db/drizzle.ts'
import type { LetterKind } from '../../engine/letters/facts.ts'

/**
 * Whether the reader of a letter is told nothing of a decision, over rows of `decisions` and `referrals`. The sender of a
 * referral hears only of children whom they named themselves: who else lives there may be no business of theirs.
 */
export function withheld(kind: LetterKind): SQL<boolean> {
  if (kind === 'family_feedback') return sql<boolean>`false`
  return sql<boolean>`not exists (
    select from referral_revisions said
    where said.authority_id = decisions.authority_id and said.referral_id = decisions.referral_id
      and said.recorded_by = referrals.received_by and said.revision <= decisions.revision
      and said.content::jsonb -> 'children' @> jsonb_build_array(jsonb_build_object('id', decisions.child_key)))`
}
