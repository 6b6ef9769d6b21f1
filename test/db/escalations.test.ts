// What must never be so of a challenge is refused by the database itself, whoever writes the SQL.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import t from 'tap'
import * as tables from '../../src/db/tables/index.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { testDatabase } from '../support/database.ts'
import { escalationRow, stepRow } from './escalation-fixtures.ts'
import * as fixtures from './fixtures.ts'
import { signOffRow } from './front-door-fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)
const { authorityId, clerkId, systemId, socialWorkerId, secondScreenerId, supervisorId, decisionId } = world
type Step = Partial<typeof tables.escalationSteps.$inferInsert>
const LATER = '2026-11-22T09:30:00.000Z'

/** Each is tried in a transaction that is undone. Null: it is accepted. */
async function tried(what: string, constraint: string | null, attempt: (tx: TenantTx) => Promise<unknown>) {
  const undone = new Error('undone')
  const attempted = database.withTenant(authorityId, async (tx) => {
    await attempt(tx)
    await tx.execute(sql`set constraints all immediate`)
    throw undone
  })
  await t.rejects(attempted, constraint === null ? undone : { name: 'DatabaseError', constraint }, what)
}

const raise = (given: object) => (tx: TenantTx) => tx.insert(tables.escalations).values(escalationRow(world, given))
const NOTHING = { office: null, dueAt: null }
const ANSWER: Step = {
  ...{ kind: 'answered', sequence: 2, ...NOTHING, outcome: 'upheld', reasons: 'It stands.', actedAs: 'Team manager' },
  ...{ actedBy: supervisorId, actedByName: 'E', actedAt: LATER },
}
const UP: Step = { kind: 'moved_up', sequence: 2, stage: 2, actedAt: LATER, reasons: 'It does not do.' }
const CLOSE: Step = { kind: 'closed', sequence: 3, ...NOTHING, outcome: 'upheld', reasons: 'So be it.', accepted: true }
const steps =
  (...given: Step[]) =>
  async (tx: TenantTx) => {
    for (const step of given) await tx.insert(tables.escalationSteps).values(stepRow(world, step))
  }

t.test('a challenge names what it is about, and who says so', async () => {
  await tried('without a child', 'escalations_decision_has_child', raise({ childKey: null }))
  await tried('another child', 'escalations_child_fkey', raise({ childKey: 'c2', decisionId: null }))
  await tried('a decision not contested', 'escalations_decision_is_contested', raise({ about: 'delay' }))
  await tried('nobody', 'escalations_said_check', raise({ challengerName: ' ' }))
  await tried('of the whole referral', null, raise({ childKey: null, decisionId: null }))
})

t.test('a step says what its kind needs', async () => {
  const refused: Record<string, Step> = {
    escalation_steps_sequence_check: { ...UP, sequence: 1 },
    escalation_steps_entry_is_due: { ...UP, dueAt: null },
    escalation_steps_outcome_check: { ...UP, outcome: 'upheld' },
    escalation_steps_reasons_check: { ...UP, reasons: null },
    escalation_steps_answer_is_named: { ...ANSWER, actedAs: null },
    escalation_steps_change_names_decision: { ...ANSWER, outcome: 'changed' },
    escalation_steps_end_is_accepted_or_not: { ...UP, accepted: true },
    escalation_steps_person_check: {
      ...{ kind: 'withdrawn', sequence: 2, ...NOTHING, outcome: 'withdrawn', reasons: 'No.' },
      ...{ actedBy: null, actedByName: null },
    },
  }
  for (const [constraint, step] of Object.entries(refused)) await tried(constraint, constraint, steps(step))
  const bySelf = { ...UP, reasons: null, actedBy: null, actedByName: null }
  await tried('moved up by the service', null, steps(bySelf))
})

t.test('it goes up only, each stage once, and nothing follows the end', async () => {
  await tried('down', 'escalation_steps_go_up', steps(UP, { ...UP, sequence: 3, stage: 1 }))
  await tried('the same stage', 'escalation_steps_go_up', steps(UP, { ...UP, sequence: 3 }))
  await tried('the same number', 'escalation_steps_sequence_key', steps(UP, { ...UP, stage: 3 }))
  await tried('answered elsewhere', 'escalation_steps_at_stage', steps({ ...ANSWER, stage: 2 }))
  await tried('answered twice', 'escalation_steps_answer_key', steps(ANSWER, { ...ANSWER, sequence: 3 }))
  const overdue: Step = { kind: 'overdue', sequence: 2, ...NOTHING, actedBy: null, actedByName: null }
  await tried('overdue twice', 'escalation_steps_overdue_key', steps(overdue, { ...overdue, sequence: 3 }))
  await tried('closed', null, steps(ANSWER, CLOSE))
  await tried('closed unanswered', 'escalation_steps_close_what_was_answered', steps({ ...CLOSE, sequence: 2 }))
  const otherwise: Step = { ...CLOSE, outcome: 'compromise' }
  await tried('closed otherwise', 'escalation_steps_close_what_was_answered', steps(ANSWER, otherwise))
  await tried('after the end', 'escalation_steps_end_is_last', steps(ANSWER, CLOSE, { ...UP, sequence: 4 }))
})

t.test('it is answered by a supervisor with no part in it, at the first stage by a screener too', async () => {
  const answered = (given: Step, ...before: Step[]) => steps(...before, { ...ANSWER, ...given })
  const byOther = 'escalation_steps_answered_by_other'
  const bySupervisor = 'escalation_steps_answered_by_supervisor'
  await tried('by whoever raised it', bySupervisor, answered({ actedBy: clerkId }))
  await tried('by a system', bySupervisor, answered({ actedBy: systemId }))
  await tried('without a role', bySupervisor, answered({ actedBy: secondScreenerId }))
  const second = { sequence: 3, stage: 2 }
  // The supervisor signed the planted decision before the challenge was raised.
  await tried('by whoever signed', byOther, answered(second, { ...UP, actedAt: LATER }))
  await tried('by whoever signed, at the first stage', null, answered({}))
  // Without the signature, which is of the decision, only the answer below stands in the way.
  const free = { childKey: null, decisionId: null, about: 'delay' } as const
  await tried('by whoever answered below', 'escalation_steps_answered_anew', async (tx) => {
    const [referralId, escalationId] = [randomUUID(), randomUUID()]
    await tx.insert(tables.referrals).values(fixtures.referralRow(world, { id: referralId, reference: 'R-9' }))
    await tx.insert(tables.escalations).values(escalationRow(world, { ...free, id: escalationId, referralId }))
    const up: Step = { ...UP, sequence: 3 }
    for (const step of [{}, ANSWER, up, { ...ANSWER, sequence: 4, stage: 2 }])
      await tx.insert(tables.escalationSteps).values(stepRow(world, { ...step, escalationId }))
  })
})

t.test('what changed is a decision about the same child that supersedes the contested one', async () => {
  const made = async (tx: TenantTx, given: Partial<typeof tables.decisions.$inferInsert>) => {
    const id = randomUUID()
    const row = { id, sequence: 2, supersedes: decisionId, level: 'L4', decidedAt: LATER, ...given }
    await tx.insert(tables.decisions).values(fixtures.decisionRow(world, row))
    return id
  }
  const changed = (given: Partial<typeof tables.decisions.$inferInsert>) => async (tx: TenantTx) =>
    await steps({ ...ANSWER, outcome: 'changed', newDecisionId: await made(tx, given) })(tx)
  const supersedes = 'escalation_steps_new_decision_supersedes'
  await tried('a later one', null, changed({}))
  await tried('the same again', supersedes, changed({ level: 'L3' }))
  await tried('from before the challenge', supersedes, changed({ decidedAt: '2026-11-20T09:30:00.000Z' }))
  await tried('the contested one', supersedes, steps({ ...ANSWER, outcome: 'changed', newDecisionId: decisionId }))
  await tried('a later signature does not stand in the way', null, async (tx) => {
    const id = await made(tx, { decidedBy: socialWorkerId })
    await tx.insert(tables.signOffs).values(signOffRow(world, { decisionId: id, signedAt: LATER }))
    await steps({ ...ANSWER, outcome: 'changed', newDecisionId: id })(tx)
  })
})
