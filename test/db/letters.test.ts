// What must never be so of letters and of help, whoever writes the SQL.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import * as tables from '../../src/db/tables/index.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'
import { completionEntry, completionRow, signOffRow } from './front-door-fixtures.ts'
import { letterDecisionRow, letterRow } from './letter-fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)
const { authorityId, clerkId, supervisorId, decisionId } = world

/** Each is tried in a transaction that is undone. */
async function refusedBy(constraint: string, attempt: (tx: TenantTx) => Promise<unknown>) {
  const tried = database.withTenant(authorityId, async (tx) => {
    await attempt(tx)
    throw new Error(`${constraint}: accepted`)
  })
  await t.rejects(tried, { name: 'DatabaseError', constraint }, constraint)
}

const write = (given: Parameters<typeof letterRow>[1]) => (tx: TenantTx) =>
  tx.insert(tables.letters).values(letterRow(world, given))

t.test('a letter has words, a writer and the right reader', async () => {
  await refusedBy('letters_sender_fkey', write({ accountId: supervisorId }))
  await refusedBy('letters_family_has_no_account', write({ accountId: null }))
  await refusedBy('letters_family_has_no_account', write({ kind: 'family_feedback' }))
  await refusedBy('letters_told_by_person', write({ writtenBy: null, writtenByName: null }))
  await refusedBy('letters_writer_named', write({ writtenByName: null }))
  await refusedBy('letters_words_check', write({ text: ' ' }))
  await refusedBy('letters_acknowledged_once', async (tx) => {
    const unwritten = { kind: 'acknowledgement', writtenBy: null, writtenByName: null } as const
    await write(unwritten)(tx)
    await write(unwritten)(tx)
  })
})

t.test('nobody is told of what is not complete, twice, or in a letter of another kind', async () => {
  const letterId = randomUUID()
  const tell = (given: object) => async (tx: TenantTx) => {
    await write({ id: letterId })(tx)
    await tx.insert(tables.letterDecisions).values(letterDecisionRow(world, { letterId, ...given }))
  }
  await refusedBy('letter_decisions_told_once', tell({}))
  await refusedBy('letter_decisions_letter_fkey', tell({ kind: 'family_feedback' }))
  const next = randomUUID()
  const decide = (tx: TenantTx) =>
    tx.insert(tables.decisions).values(fixtures.decisionRow(world, { id: next, sequence: 2, supersedes: decisionId }))
  await refusedBy('letter_decisions_are_complete', async (tx) => {
    await decide(tx)
    await tell({ decisionId: next })(tx)
  })
  const undone = new Error('undone')
  const complete = database.withTenant(authorityId, async (tx) => {
    await decide(tx)
    await tx.insert(tables.signOffs).values(signOffRow(world, { decisionId: next }))
    await tx.insert(tables.auditEntries).values(completionEntry({ ...world, decisionId: next }, 2))
    await tx.insert(tables.decisionCompletions).values(completionRow(world, { decisionId: next, auditPosition: 2 }))
    await tell({ decisionId: next })(tx)
    throw undone
  })
  await t.rejects(complete, undone, 'and what is complete may be told')
})

t.test('a delivery fails for a reason, and only the reader says that a letter came', async () => {
  const letterId = randomUUID()
  const delivered = (given: object) => async (tx: TenantTx) => {
    await write({ id: letterId })(tx)
    await tx.insert(tables.letterDeliveries).values({
      ...{ authorityId, id: randomUUID(), letterId, means: 'post', outcome: 'sent', happenedAt: fixtures.AT },
      ...{ recordedBy: clerkId, recordedByName: 'B', recordedAt: fixtures.AT },
      ...given,
    })
  }
  await refusedBy('letter_deliveries_failure_has_reason', delivered({ outcome: 'failed' }))
  await refusedBy('letter_deliveries_failure_has_reason', delivered({ reason: 'None.' }))
  await refusedBy('letter_deliveries_happened_check', delivered({ happenedAt: '2026-11-21T09:30:00.121Z' }))
  const confirmed = (confirmedBy: string) => async (tx: TenantTx) => {
    await write({ id: letterId })(tx)
    const row = { authorityId, letterId, confirmedBy, confirmedByName: 'X', confirmedAt: fixtures.AT }
    await tx.insert(tables.letterReceipts).values({ ...row, id: randomUUID() })
    await tx.insert(tables.letterReceipts).values({ ...row, id: randomUUID() })
  }
  await refusedBy('letter_receipts_by_reader', confirmed(supervisorId))
  await refusedBy('letter_receipts_letter_key', confirmed(clerkId))
})

t.test('an update of help says what was found, and what is only offered is looked at again', async () => {
  const update = (given: object) => async (tx: TenantTx) => {
    const [help] = await tx.select().from(tables.helpArrangements)
    await tx.insert(tables.helpUpdates).values({
      ...{ authorityId, id: randomUUID(), arrangementId: help?.id ?? '', number: 2, status: 'secured', notes: 'Held.' },
      ...{ updatedBy: clerkId, updatedByName: 'B', updatedAt: fixtures.AT },
      ...given,
    })
  }
  await refusedBy('help_updates_followed_up', update({ status: 'offered' }))
  await refusedBy('help_updates_notes_check', update({ notes: ' ' }))
  await refusedBy('help_updates_number_key', update({ number: 1 }))
  await refusedBy('help_updates_arrangement_fkey', update({ arrangementId: randomUUID() }))
})
