/** Tells, once each, of clocks that have run over. */
import { and, eq, sql } from '../../db/drizzle.ts'
import { overdueNotices } from '../../db/tables/queue.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { appendAudit, insertRecorded } from '../../kernel/record.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'
import { type Clock, clocksOf } from './clocks.ts'
import { type ChildFacts, factsOf, type Scope } from './facts.ts'
import { timingFor } from './timing.ts'

/** So many children are looked at in one step, and so many clocks told of, so that requests do not wait long. */
const CHILDREN_AT_ONCE = 1000
const NOTICES_AT_ONCE = 100
/** How often a process looks at the children of the front door, and at all, in milliseconds. */
const OPEN_EVERY = 60_000
const ALL_EVERY = 3_600_000

type Notice = typeof overdueNotices.$inferInsert
type Overdue = Omit<Notice, 'id' | 'noticedAt'>

/** Once through the children of an authority. */
interface Round {
  readonly scope: Scope
  readonly startedAt: string
  /** Id of the last child that was looked at; null when all were. */
  readonly after: string | null
}

/** Before every id. */
const NONE = '00000000-0000-0000-0000-000000000000'

/** A task that remembers what it looked at and when: looking again too soon would find nothing. */
export function noticingOverdue(): Task {
  const rounds = new Map<string, Round>()
  const lookedAtAll = new Map<string, string>()
  const isWithin = (since: string | undefined, now: string, milliseconds: number): boolean =>
    since !== undefined && Date.parse(now) - Date.parse(since) < milliseconds
  return {
    name: 'overdue clocks',
    async step(context, authorityId) {
      const now = context.now()
      let round = rounds.get(authorityId)
      if (!round || round.after === null) {
        if (isWithin(round?.startedAt, now, OPEN_EVERY)) return false
        const scope = isWithin(lookedAtAll.get(authorityId), now, ALL_EVERY) ? 'open' : 'all'
        round = { scope, startedAt: now, after: NONE }
      }
      const { scope, startedAt } = round
      const part = { scope, after: round.after ?? NONE }
      const after = await context.database.withTenant(authorityId, (tx) => lookAt(tx, context, authorityId, part))
      rounds.set(authorityId, { scope, startedAt, after })
      if (after === null && scope === 'all') lookedAtAll.set(authorityId, startedAt)
      return after !== null
    },
  }
}

/**
 * Looks at the next children; the id after which to go on, or null when nothing is left, or when another process is looking.
 * The key of a notice makes sure of “once” whoever looks.
 */
async function lookAt(
  tx: TenantTx,
  context: TaskContext,
  authorityId: string,
  { scope, after }: { scope: Scope; after: string },
): Promise<string | null> {
  const lock = sql`select pg_try_advisory_xact_lock(hashtextextended(${`overdue:${authorityId}`}, 0)) as mine`
  const { rows } = await tx.execute<{ mine: boolean }>(lock)
  if (!rows[0]?.mine) return null
  const now = context.now()
  const children = await factsOf(tx, authorityId, { scope, part: { after, most: CHILDREN_AT_ONCE } })
  const fresh = await notYetTold(tx, authorityId, await overdueOf(tx, authorityId, children, now))
  for (const notice of fresh.slice(0, NOTICES_AT_ONCE)) {
    const { record } = await insertRecorded(tx, overdueNotices, { ...notice, id: context.newId(), noticedAt: now })
    const { referralId: referral, childKey: child = null, clock, code, dueAt } = notice
    const facts = { referral, child, clock, code, dueAt }
    await appendAudit(tx, { authorityId, accountId: null }, now, { event: 'clock.overdue', facts, records: [record] })
  }
  if (fresh.length > NOTICES_AT_ONCE) return after
  return children.length < CHILDREN_AT_ONCE ? null : (children.at(-1)?.id ?? null)
}

async function overdueOf(
  tx: TenantTx,
  authorityId: string,
  children: readonly ChildFacts[],
  now: string,
): Promise<Map<string, Overdue>> {
  const timingOf = await timingFor(tx, authorityId, children, londonDate(now))
  const found = new Map<string, Overdue>()
  for (const facts of children) {
    for (const clock of clocksOf(facts, timingOf(facts, now, true))) {
      const notice = noticeOf(authorityId, facts, clock)
      if (notice) found.set(keyOf(notice), notice)
    }
  }
  return found
}

function noticeOf(authorityId: string, { referralId, child }: ChildFacts, clock: Clock): Overdue | undefined {
  const { name, code, state, startedAt, dueAt } = clock
  if (state !== 'overdue' || startedAt === null || dueAt === null) return undefined
  // A challenge goes up by itself, or is marked at the last stage: that is what tells of it.
  if (name === 'escalation_step') return undefined
  const childKey = name === 'acknowledgement' ? null : child
  return { authorityId, referralId, childKey, clock: name, code, startedAt, dueAt }
}

/** The key that the table holds as well. */
function keyOf({ referralId, childKey, clock, code, startedAt }: Omit<Overdue, 'authorityId' | 'dueAt'>): string {
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
  for (const row of told) overdue.delete(keyOf(row))
  return [...overdue.values()].sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
}
