/** Parts of the question in `facts.ts`, over its joins: what became of help, and whether the sender was written to. */
import type { SQL } from 'drizzle-orm'
import { sql } from '../../db/drizzle.ts'

/** The form in which the API shows an instant. */
export const iso = (column: string): SQL =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

export const helped = sql`
  left join lateral (
    select json_agg(json_build_object(
        'followUpOn', h.follow_up_on, 'arrangedAt', ${iso('h.since')}, 'lookedAt', ${iso('h.looked')}
      ) order by h.since, h.id, h.follow_up_on) as list
    from (
      select said.*, lead(said.since) over (partition by said.id order by said.number) as looked
      from (
        select a.id, 0 as number, a.status, a.follow_up_on, a.arranged_at as since
        from help_arrangements a
        where a.authority_id = rc.authority_id and a.decision_id = completed.last
        union all
        select a.id, u.number, u.status, u.follow_up_on, u.updated_at
        from help_arrangements a
        join help_updates u on u.authority_id = a.authority_id and u.arrangement_id = a.id
        where a.authority_id = rc.authority_id and a.decision_id = completed.last
      ) said
    ) h
    where h.status <> 'declined' and h.follow_up_on is not null
  ) helped on true`

export const acknowledged = sql`
  left join lateral (
    select min(l.written_at) as at from letters l
    where l.authority_id = rc.authority_id and l.referral_id = rc.referral_id and l.account_id is not null
  ) acknowledged on true`
