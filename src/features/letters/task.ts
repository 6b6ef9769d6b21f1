/**
 * The service acknowledges by itself what it received. What was decided it does not tell by itself: a letter discloses, and a
 * person vouches for what it says. It is owed from the moment at which the decision is complete, and the list of what is due
 * shows it without anything having to run; the letter is drawn up from the facts whenever somebody looks.
 */
import { and, asc, eq, gte, inArray } from '../../db/drizzle.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { appendAudit } from '../../kernel/record.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'
import { lockReferral } from '../referrals/index.ts'
import { isUnacknowledged } from './owed.ts'
import { composeAcknowledgement, storeLetter } from './write.ts'

type Waiting = typeof referrals.$inferSelect

/**
 * Whatever came longer ago and was never acknowledged stands in the list of what is due; a letter that says so weeks later
 * would say it wrongly.
 */
const DAYS = 14
const DAY_MS = 86_400_000

/** Letters in one step. */
const BATCH = 20

export const acknowledgeReferrals: Task = {
  name: 'letters',
  async step({ database, ...context }: TaskContext, authorityId) {
    return await database.withTenant(authorityId, async (tx) => {
      const since = new Date(Date.parse(context.now()) - DAYS * DAY_MS).toISOString()
      const waiting = await unacknowledged(tx, { authorityId, since })
      const ids = waiting.map(({ id }) => id)
      // All of them before anything is recorded: whoever holds a referral may be waiting for the log.
      for (const id of ids) await lockReferral(tx, { authorityId }, id)
      // Read again under the locks: somebody may have written meanwhile.
      for (const referral of await unacknowledged(tx, { authorityId, since, ids }))
        await acknowledge(context, tx, referral)
      return waiting.length === BATCH
    })
  },
}

interface Asked {
  readonly authorityId: string
  readonly since: string
  readonly ids?: readonly string[]
}

async function unacknowledged(tx: TenantTx, { authorityId, since, ids }: Asked): Promise<Waiting[]> {
  return await tx
    .select()
    .from(referrals)
    .where(
      and(
        eq(referrals.authorityId, authorityId),
        gte(referrals.receivedAt, since),
        ids === undefined ? undefined : inArray(referrals.id, [...ids]),
        isUnacknowledged,
      ),
    )
    .orderBy(asc(referrals.receivedAt), asc(referrals.id))
    .limit(BATCH)
}

async function acknowledge(
  { now: clock, newId }: Pick<TaskContext, 'now' | 'newId'>,
  tx: TenantTx,
  referral: Waiting,
): Promise<void> {
  const now = clock()
  const { authorityId } = referral
  const composed = await composeAcknowledgement(tx, authorityId, { referral, now })
  const { id, records, contentHash } = await storeLetter({ tx, authorityId, now, newId, writer: null }, composed, null)
  const facts = { letter: id, referral: referral.id, kind: composed.kind, decisions: 0, contentHash }
  await appendAudit(tx, { authorityId, accountId: null }, now, { event: 'letter.sent', facts, records })
}
