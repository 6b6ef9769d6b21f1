// What must never be so is refused by the database itself, whoever writes the SQL.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import t, { type Test } from 'tap'
import * as tables from '../../src/db/tables/index.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'
import { completionEntry, completionRow, judgementRow, signOffRow } from './front-door-fixtures.ts'
import { milestoneRow, noticeRow } from './queue-fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)
const { authorityId, clerkId, systemId, socialWorkerId, secondScreenerId, supervisorId, decisionId } = world
type Decision = Partial<typeof tables.decisions.$inferInsert>

/** Each is tried in a transaction that is undone. */
async function refusedBy(constraint: string, attempt: (tx: TenantTx) => Promise<unknown>) {
  const tried = database.withTenant(authorityId, async (tx) => {
    await attempt(tx)
    await tx.execute(sql`set constraints all immediate`)
    throw new Error(`${constraint}: accepted`)
  })
  await t.rejects(tried, { name: 'DatabaseError', constraint }, constraint)
}

async function accepted(t: Test, what: string, attempt: (tx: TenantTx) => Promise<unknown>) {
  const undone = new Error('undone')
  const tried = database.withTenant(authorityId, async (tx) => {
    await attempt(tx)
    await tx.execute(sql`set constraints all immediate`)
    throw undone
  })
  await t.rejects(tried, undone, what)
}

/** A decision that stands, with a log that says that it is complete. */
async function decide(tx: TenantTx, given: Decision = {}): Promise<string> {
  const id = randomUUID()
  const next = { id, sequence: 2, supersedes: decisionId, ...given }
  await tx.insert(tables.decisions).values(fixtures.decisionRow(world, next))
  await tx.insert(tables.auditEntries).values(completionEntry({ ...world, decisionId: id }, 2))
  return id
}
const complete = (tx: TenantTx, id: string, position = 2) =>
  tx.insert(tables.decisionCompletions).values(completionRow(world, { decisionId: id, auditPosition: position }))
const sign = (tx: TenantTx, id: string, given: object = {}) =>
  tx.insert(tables.signOffs).values(signOffRow(world, { decisionId: id, ...given }))
const seconded = (tx: TenantTx, id: string, given: object = {}) =>
  tx
    .insert(tables.judgements)
    .values(judgementRow(world, { purpose: 'second', decisionId: id, judgedBy: supervisorId, ...given }))

t.test('a judgement is that of a person, once for each revision', async () => {
  const judge = (given: object) => (tx: TenantTx) => tx.insert(tables.judgements).values(judgementRow(world, given))
  const unqualified = { judgedByQualification: null }
  await refusedBy('judgements_by_human', judge({ judgedBy: systemId, ...unqualified }))
  await refusedBy('judgements_by_human', judge({ judgedBy: clerkId }))
  await refusedBy('judgements_person_key', judge({}))
  await refusedBy('judgements_reasons_check', judge({ judgedBy: clerkId, ...unqualified, reasons: ' ' }))
  await refusedBy('judgements_second_names_decision', judge({ judgedBy: supervisorId, purpose: 'second' }))
  await refusedBy('judgements_second_names_decision', judge({ judgedBy: supervisorId, decisionId }))
})

t.test('a second judgement is another’s, qualified, and who judged for themselves is not blind', async () => {
  await refusedBy('judgements_second_is_other', async (tx) =>
    seconded(tx, await decide(tx), { judgedBy: socialWorkerId }),
  )
  await refusedBy('judgements_second_is_qualified', async (tx) =>
    seconded(tx, await decide(tx), { judgedBy: clerkId, judgedByQualification: null }),
  )
  await refusedBy('judgements_person_key', async (tx) => seconded(tx, await decide(tx), { judgedBy: secondScreenerId }))
  await refusedBy('judgements_decision_key', (tx) => seconded(tx, decisionId))
})

t.test('a decision rests on the judgement of the decider, of that child and revision', async () => {
  await refusedBy('decisions_rest_on_judgement', (tx) => decide(tx, { judgementId: null }))
  await refusedBy('decisions_judgement_fkey', (tx) => decide(tx, { judgementId: randomUUID() }))
  await refusedBy('decisions_judgement_fkey', (tx) => decide(tx, { decidedBy: supervisorId }))
  for (const needs of ['belowFloor', 'secondScreeningBecause', 'signOffBecause'] as const)
    await refusedBy('decisions_needs_stated', (tx) => decide(tx, { [needs]: null }))
})

t.test('what lowers, what falls below a floor, and what no supervisor decided needs a signature', async () => {
  const unsigned = { signOffBecause: [] }
  const lowered = { departure: 'lowered', overrideReason: 'seen' } as const
  await refusedBy('decisions_lowering_is_signed', (tx) => decide(tx, { ...unsigned, ...lowered }))
  await refusedBy('decisions_lowering_is_signed', (tx) => decide(tx, { ...unsigned, decidedByRole: 'screener' }))
  const below = { belowFloor: true, statutoryReason: 'Held this morning.' }
  await refusedBy('decisions_lowering_is_signed', (tx) => decide(tx, { ...unsigned, ...below }))
  await refusedBy('decisions_floor_has_reason', (tx) => decide(tx, { ...below, statutoryReason: null }))
  await refusedBy('decisions_floor_has_reason', (tx) => decide(tx, { ...below, decidedByRole: 'screener' }))
})

t.test('a sign-off is that of a qualified supervisor who neither decided nor screened', async () => {
  for (const who of [clerkId, systemId, socialWorkerId, secondScreenerId, randomUUID()])
    await refusedBy('sign_offs_by_supervisor', async (tx) => sign(tx, await decide(tx), { signedBy: who }))
  await refusedBy('sign_offs_by_other', async (tx) => {
    const id = await decide(tx)
    await seconded(tx, id)
    return sign(tx, id)
  })
})

t.test('nothing is complete while anything is missing', async (t) => {
  const screened = { secondScreeningBecause: ['response'] }
  const nothing = { signOffBecause: [] }
  await accepted(t, 'a supervisor’s decision that needs nothing more', async (tx) =>
    complete(tx, await decide(tx, nothing)),
  )
  await refusedBy('decision_completions_signed', async (tx) => complete(tx, await decide(tx)))
  await refusedBy('decision_completions_screened', async (tx) => complete(tx, await decide(tx, screened)))
  await refusedBy('decision_completions_screened', async (tx) => {
    const id = await decide(tx, screened)
    await seconded(tx, id, { level: 'L4' })
    return complete(tx, id)
  })
  await accepted(t, 'screened alike', async (tx) => {
    const id = await decide(tx, { ...screened, ...nothing })
    await seconded(tx, id)
    return complete(tx, id)
  })
  await refusedBy('decision_completions_stands', (tx) => complete(tx, randomUUID()))
  await refusedBy('decision_completions_stands', async (tx) => {
    await decide(tx, nothing)
    return complete(tx, decisionId)
  })
  await refusedBy('decision_completions_stands', async (tx) => {
    const id = await decide(tx, nothing)
    await tx.insert(tables.decisionReturns).values({
      ...{ authorityId, id: randomUUID(), decisionId: id, stage: 'sign_off', reasons: 'Ring the school.' },
      ...{ returnedBy: supervisorId, returnedByName: 'E', returnedAt: fixtures.AT },
    })
    return complete(tx, id)
  })
  await refusedBy('decision_completions_logged', async (tx) => complete(tx, await decide(tx, nothing), 0))
  await refusedBy('decision_completions_audit_fkey', async (tx) => complete(tx, await decide(tx, nothing), 9))
})

t.test('a milestone has the parts of its kind, and is put right once', async (t) => {
  const happen = (given: Parameters<typeof milestoneRow>[1]) => (tx: TenantTx) =>
    tx.insert(tables.milestones).values(milestoneRow(world, given))
  await refusedBy('milestones_child_check', happen({ childKey: null }))
  await refusedBy('milestones_child_check', happen({ kind: 'acknowledged' }))
  await refusedBy('milestones_response_check', happen({ kind: 'response_carried_out' }))
  await refusedBy('milestones_enquiries_check', happen({ kind: 'strategy_discussion' }))
  await refusedBy('milestones_withdrawn_check', happen({ withdrawn: true }))
  await refusedBy('milestones_happened_check', happen({ happenedAt: '2199-01-01T00:00:00.000Z' }))
  await refusedBy('milestones_corrects_fkey', happen({ corrects: randomUUID() }))
  await accepted(t, 'put right', async (tx) => {
    const id = randomUUID()
    await happen({ id })(tx)
    await happen({ corrects: id, withdrawn: true })(tx)
  })
  await refusedBy('milestones_corrects_key', async (tx) => {
    const id = randomUUID()
    await happen({ id })(tx)
    await happen({ corrects: id })(tx)
    await happen({ corrects: id })(tx)
  })
})

t.test('a clock is told of once, and not before it has run over', async () => {
  const notice = (given: Parameters<typeof noticeRow>[1]) => (tx: TenantTx) =>
    tx.insert(tables.overdueNotices).values(noticeRow(world, given))
  await refusedBy('overdue_notices_once_key', notice({}))
  await refusedBy('overdue_notices_overdue_check', notice({ code: 'other', noticedAt: fixtures.AT }))
})
