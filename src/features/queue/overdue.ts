/** Tells, once each, of clocks that have run over. */
import { and, eq, sql } from 'drizzle-orm'
import { overdueNotices } from '../../db/tables/queue.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { appendAudit, insertRecorded } from '../../kernel/record.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'
import { type Clock, clocksOf } from './clocks.ts'
import { type ChildFacts, factsOf } from './facts.ts'
import { timingFor } from './timing.ts'

/** So many are told of in one transaction, so that requests do not wait for the log. */
const AT_ONCE = 100
/** How often a process looks through an authority in which nothing was overdue, in milliseconds. */
const EVERY_MS = 60_000

type Notice = typeof overdueNotices.$inferInsert

/** A task that remembers when it looked last, so that looking costs little. */
export function noticingOverdue(): Task {
  const looked = new Map<string, string>()
  return {
    name: 'overdue clocks',
    async step(context, authorityId) {
      const now = context.now()
      const last = looked.get(authorityId)
      if (last !== undefined && Date.parse(now) - Date.parse(last) < EVERY_MS) return false
      const isMore = await context.database.withTenant(authorityId, (tx) => noticeOverdue(tx, context, authorityId))
      if (!isMore) looked.set(authorityId, now)
      return isMore
    },
  }
}

/** True where there may be more. Several processes may try: one does, and the key of a notice makes sure of “once”. */
async function noticeOverdue(tx: TenantTx, context: TaskContext, authorityId: string): Promise<boolean> {
  const lock = sql`select pg_try_advisory_xact_lock(hashtextextended(${`overdue:${authorityId}`}, 0)) as mine`
  const { rows } = await tx.execute<{ mine: boolean }>(lock)
  if (!rows[0]?.mine) return false
  const now = context.now()
  const fresh = await notYetTold(tx, authorityId, await overdueNow(tx, context, authorityId))
  for (const notice of fresh.slice(0, AT_ONCE)) {
    const { record } = await insertRecorded(tx, overdueNotices, { ...notice, id: context.newId(), noticedAt: now })
    const { referralId: referral, childKey: child = null, clock, code, dueAt } = notice
    const facts = { referral, child, clock, code, dueAt }
    await appendAudit(tx, { authorityId, accountId: null }, now, { event: 'clock.overdue', facts, records: [record] })
  }
  return fresh.length > AT_ONCE
}

type Overdue = Omit<Notice, 'id' | 'noticedAt'>

async function overdueNow(tx: TenantTx, { now }: TaskContext, authorityId: string): Promise<Map<string, Overdue>> {
  const at = now()
  const children = await factsOf(tx, authorityId, { scope: 'all' })
  const timingOf = await timingFor(tx, authorityId, children, londonDate(at))
  const found = new Map<string, Overdue>()
  for (const facts of children) {
    for (const clock of clocksOf(facts, timingOf(facts, at, true))) {
      const notice = noticeOf(authorityId, facts, clock)
      if (notice) found.set(keyOf(notice), notice)
    }
  }
  return found
}

function noticeOf(authorityId: string, { referralId, child }: ChildFacts, clock: Clock): Overdue | undefined {
  const { name, code, state, startedAt, dueAt } = clock
  if (state !== 'overdue' || startedAt === null || dueAt === null) return undefined
  const childKey = name === 'acknowledgement' ? null : child
  return { authorityId, referralId, childKey, clock: name, code, startedAt, dueAt }
}

/** The key that the table holds as well. */
function keyOf({ referralId, childKey, clock, code, startedAt }: Overdue): string {
  return JSON.stringify([referralId, childKey ?? null, clock, code, startedAt])
}

/** Those that nobody was told of, what was due first before the rest. */
async function notYetTold(tx: TenantTx, authorityId: string, overdue: Map<string, Overdue>): Promise<Overdue[]> {
  if (overdue.size === 0) return []
  const referralIds = [...new Set([...overdue.values()].map(({ referralId }) => referralId))]
  const { referralId, childKey, clock, code, startedAt } = overdueNotices
  const told = await tx
    .select({ referralId, childKey, clock, code, startedAt })
    .from(overdueNotices)
    .where(
      and(eq(overdueNotices.authorityId, authorityId), sql`${referralId} = any(${sql.param(referralIds)}::uuid[])`),
    )
  for (const row of told) overdue.delete(keyOf({ ...row, authorityId, dueAt: '' }))
  return [...overdue.values()].sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
}
