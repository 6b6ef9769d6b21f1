import { sql } from '../../db/drizzle.ts'
/** Where a challenge stands, derived from what was recorded and the time. One definition, in SQL, so that lists filter by it. */

export const ESCALATION_STATES = ['open', 'at_risk', 'overdue', 'answered', 'closed'] as const
export type EscalationState = (typeof ESCALATION_STATES)[number]

/**
 * Over the joins of `queries.ts`: standing, answer, ending. An answer is at risk when less than a quarter of its time is left,
 * or less than two hours, as with every clock of the queue.
 * @param now RFC 3339 in UTC
 */
export function stateSql(now: string) {
  return sql<EscalationState>`case
    when ending.id is not null then 'closed'
    when answer.id is not null then 'answered'
    when standing.due_at <= ${now}::timestamptz then 'overdue'
    when standing.due_at - ${now}::timestamptz < greatest((standing.due_at - standing.acted_at) / 4, interval '2 hours')
      then 'at_risk'
    else 'open'
  end`
}
