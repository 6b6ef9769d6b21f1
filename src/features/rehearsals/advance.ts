/**
 * One step of a rehearsal: a batch of referrals read, compared, counted and stored in one transaction, with the place where
 * the next one goes on. Whoever is killed in the middle has done nothing; whoever comes next goes on from the last batch.
 */
import type { Database } from '../../db/connect.ts'
import { DatabaseError, DatabaseUnavailable } from '../../db/errors.ts'
import { rehearsalBatches, rehearsalChildren, rehearsalEvents } from '../../db/tables/rehearsals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { canonical, contentHash, sha256 } from '../../engine/index.ts'
import type { Comparison } from '../../engine/rehearsal/compare.ts'
import { groupsOf } from '../../engine/rehearsal/groups.ts'
import { count, merge, plain, type Tally } from '../../engine/rehearsal/tally.ts'
import { Refusal } from '../../kernel/errors.ts'
import { appendAudit, destroyedWith, insertAllRecorded, insertRecorded } from '../../kernel/record.ts'
import { type ComparedCases, compareCases } from './cases.ts'
import { type Compared, compareChild, explained } from './compared.ts'
import { pausing, Stopped } from './pace.ts'
import { casesTextOf, comparisonFor } from './policies.ts'
import {
  batchCounts,
  lastBatch,
  nextSequence,
  type RehearsalFacts,
  tryLockRehearsals,
  unfinishedRehearsals,
} from './queries.ts'
import { type Batch, readBatch, type StoredChild } from './reading.ts'

export interface Runner {
  readonly database: Database
  /** RFC 3339 UTC with milliseconds. */
  now(): string
  newId(): string
  /** Referrals in a batch. */
  readonly batch: number
  /** Ends a batch that is being counted; nothing of it is stored. */
  readonly signal?: AbortSignal
  /** Told of what made a rehearsal fail. */
  readonly onFailure?: (error: unknown) => void
}

/** `idle`: nothing to do, or somebody else does it. */
export type Step = 'idle' | 'advanced' | 'completed' | 'failed' | 'stopped'

/** What was counted in all, as it is stored. */
export interface Result {
  readonly referrals: number
  readonly children: number
  readonly counts: Readonly<Record<string, number>>
  readonly cases: ComparedCases
}

/**
 * Does the next step of the earliest unfinished rehearsal of an authority. What goes wrong with the rehearsal itself makes it
 * fail, to be resumed when it is mended; what goes wrong with the database is thrown, to be tried again.
 * @throws DatabaseUnavailable; DatabaseError where two transactions collided
 */
export async function advance(runner: Runner, authorityId: string): Promise<Step> {
  let current: RehearsalFacts | undefined
  try {
    return await runner.database.withTenant(authorityId, async (tx) => {
      const [waiting] = await unfinishedRehearsals(tx, authorityId, 1)
      if (!waiting || !(await tryLockRehearsals(tx, authorityId)))
        return 'idle'
        // Read again under the lock: somebody may have cancelled or finished it meanwhile.
      ;[current] = await unfinishedRehearsals(tx, authorityId, 1)
      return current ? await step(runner, tx, current) : 'idle'
    })
  } catch (error) {
    if (error instanceof Stopped) return 'stopped'
    if (!current || isPassing(error)) throw error
    runner.onFailure?.(error)
    await fail(runner, current, error instanceof Refusal ? error.code : 'internal')
    return 'failed'
  }
}

/** A database that is away, and two transactions in each other's way, say nothing about the rehearsal. */
function isPassing(error: unknown): boolean {
  return error instanceof DatabaseUnavailable || (error instanceof DatabaseError && /^40/.test(error.sqlstate ?? ''))
}

async function step(runner: Runner, tx: TenantTx, rehearsal: RehearsalFacts): Promise<Step> {
  const { authorityId, id } = rehearsal
  const comparison = await comparisonFor(tx, rehearsal)
  const before = await lastBatch(tx, authorityId, id)
  const after = before && { at: before.lastReceivedAt, id: before.lastReferralId }
  const reading = { authorityId, policy: comparison.before, scope: rehearsal, most: runner.batch }
  const batch = await readBatch(tx, reading, after)
  if (!batch) {
    await complete(runner, tx, rehearsal, comparison)
    return 'completed'
  }
  const counted = await countBatch(comparison, batch, pausing(runner.signal))
  await storeBatch(runner, tx, rehearsal, { ...counted, batch, number: (before?.number ?? 0) + 1 })
  return 'advanced'
}

interface Listed {
  readonly stored: StoredChild
  readonly compared: Compared
  readonly content: string
}

interface Counted {
  readonly tally: Tally
  readonly listed: readonly Listed[]
}

/** Compares and counts the children of a batch. */
export async function countBatch(
  comparison: Comparison,
  { children }: Pick<Batch, 'children'>,
  pause: () => Promise<void>,
): Promise<Counted> {
  const tally: Tally = new Map()
  const listed: Listed[] = []
  for (const stored of children) {
    await pause()
    const { snapshot, sourceCode, child } = stored
    const compared = compareChild(comparison, snapshot)
    const [scored] = snapshot.children
    if (!scored) throw new Error('A child was not scored')
    count(tally, compared.movement, groupsOf(comparison.before, { sourceCode, child, snapshot: scored }))
    if (compared.movement.list !== null)
      listed.push({ stored, compared, content: canonical(explained(comparison, snapshot, compared)) })
  }
  return { tally, listed }
}

async function storeBatch(
  { now, newId }: Runner,
  tx: TenantTx,
  rehearsal: RehearsalFacts,
  { batch, number, tally, listed }: Counted & { batch: Batch; number: number },
): Promise<void> {
  const { authorityId, id: rehearsalId } = rehearsal
  const recordedAt = now()
  const { record } = await insertRecorded(tx, rehearsalBatches, {
    authorityId,
    id: newId(),
    rehearsalId,
    number,
    referrals: batch.referrals,
    children: batch.children.length,
    counts: canonical(plain(tally)),
    lastReceivedAt: batch.last.at,
    lastReferralId: batch.last.id,
    recordedAt,
  })
  const rows = listed.map(({ stored, compared, content }) => ({
    authorityId,
    id: newId(),
    rehearsalId,
    batch: number,
    list: compared.movement.list ?? 'down',
    ways: [...compared.movement.ways],
    referralId: stored.referralId,
    revision: stored.revision,
    childKey: stored.child.id,
    content,
    movementHash: movementHash(rehearsal, stored, content),
    recordedAt,
  }))
  const referralOf = new Map(rows.map(({ id, referralId }) => [id, referralId]))
  const records = await insertAllRecorded(tx, rehearsalChildren, rows)
  await appendAudit(tx, { authorityId, accountId: null }, recordedAt, {
    event: 'rehearsal.advanced',
    facts: { rehearsal: rehearsalId, batch: number, referrals: batch.referrals, listed: rows.length },
    records: [record, ...records.map((one) => destroyedWith(referralOf.get(one.id) ?? null, one))],
  })
}

/** The same bytes of both policies, the same snapshot and the same outcome: whoever accepted it once has accepted it. */
function movementHash(
  rehearsal: RehearsalFacts,
  { referralId, child, snapshot }: StoredChild,
  content: string,
): string {
  const { contentHash: candidate, statutoryHash, againstHash, againstStatutoryHash } = rehearsal
  const policies = { candidate, statutoryHash, againstHash, againstStatutoryHash }
  return contentHash({
    ...policies,
    referralId,
    child: child.id,
    snapshot: contentHash(snapshot),
    content: sha256(content),
  })
}

const BATCHES_AT_ONCE = 20

async function complete(
  runner: Runner,
  tx: TenantTx,
  rehearsal: RehearsalFacts,
  comparison: Comparison,
): Promise<void> {
  const { authorityId, id: rehearsalId } = rehearsal
  const tally: Tally = new Map()
  const sum = { referrals: 0, children: 0 }
  for (let after = 0; ; ) {
    const batches = await batchCounts(tx, authorityId, { rehearsalId, after, most: BATCHES_AT_ONCE })
    for (const { referrals, children, counts } of batches) {
      sum.referrals += referrals
      sum.children += children
      merge(tally, JSON.parse(counts))
    }
    after = batches.at(-1)?.number ?? after
    if (batches.length < BATCHES_AT_ONCE) break
  }
  const cases = await compareCases(comparison, await casesTextOf(tx, rehearsal), pausing(runner.signal))
  const result: Result = { ...sum, counts: plain(tally), cases }
  await storeEvent(runner, tx, rehearsal, { kind: 'completed', result: canonical(result) })
}

async function fail(runner: Runner, rehearsal: RehearsalFacts, reason: string): Promise<void> {
  await runner.database.withTenant(rehearsal.authorityId, (tx) =>
    storeEvent(runner, tx, rehearsal, { kind: 'failed', reason }),
  )
}

type Ending = { kind: 'completed'; result: string; reason?: never } | { kind: 'failed'; reason: string; result?: never }

async function storeEvent(
  { now, newId }: Runner,
  tx: TenantTx,
  rehearsal: RehearsalFacts,
  ending: Ending,
): Promise<void> {
  const { authorityId, id: rehearsalId } = rehearsal
  const recordedAt = now()
  const { kind, result = null, reason = null } = ending
  const sequence = await nextSequence(tx, authorityId, rehearsalId)
  const { record } = await insertRecorded(tx, rehearsalEvents, {
    ...{ authorityId, id: newId(), rehearsalId, sequence, kind, reason, result, recordedAt },
  })
  await appendAudit(tx, { authorityId, accountId: null }, recordedAt, {
    event: kind === 'completed' ? 'rehearsal.completed' : 'rehearsal.failed',
    facts: { rehearsal: rehearsalId, contentHash: rehearsal.contentHash, reason },
    records: [record],
  })
}
