/** What waits in restricted referrals that do not let the reader in: counted, so that nothing waits unseen by all. */
import { sql } from '../../db/drizzle.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import { entriesOf } from './entries.ts'
import { factsOf } from './facts.ts'
import { timingFor } from './timing.ts'

/** Of restricted referrals that are hidden from the reader, the children who wait for something. Kin are told of none of theirs. */
export async function hiddenCounts(
  tx: TenantTx,
  actor: Actor,
  now: string,
): Promise<{ children: number; overdue: number }> {
  const { authorityId } = actor
  const { rows } = await tx.execute<{ id: string }>(sql`
    select r.referral_id as id from restrictions r
    where r.authority_id = ${authorityId} and r.kind <> 'lifted'
      and not exists (
        select from restrictions later
        where later.authority_id = r.authority_id and later.referral_id = r.referral_id and later.sequence > r.sequence)
      and not exists (select from referrals f where f.authority_id = r.authority_id and f.id = r.referral_id)`)
  const referralIds = rows.map(({ id }) => id)
  return await lookingPast(tx, async () => {
    const children = await factsOf(tx, authorityId, { scope: 'open', referralIds })
    const entryOf = entriesOf({ actor }, await timingFor(tx, authorityId, children, londonDate(now)))
    const waiting = children.map((facts) => entryOf(facts, now)).filter(({ steps }) => steps.length > 0)
    return { children: waiting.length, overdue: waiting.filter(({ next }) => next?.state === 'overdue').length }
  })
}
