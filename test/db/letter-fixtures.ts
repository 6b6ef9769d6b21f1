/** The planted decision is told to the referrer, and its help followed up. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

export function letterRow(
  { authorityId, referralId, policyVersionId, clerkId, supervisorId }: Planted,
  given: Partial<typeof tables.letters.$inferInsert> = {},
): typeof tables.letters.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), referralId, kind: 'feedback', accountId: clerkId, addressee: 'A school' },
    ...{ policyVersionId, title: 'What was decided', text: 'Decided.', html: '<p>Decided.</p>', contentHash: 'h' },
    ...{ dueAt: AT, writtenBy: supervisorId, writtenByName: 'E', writtenAt: AT },
    ...given,
  }
}

export function letterDecisionRow(
  { authorityId, referralId, decisionId }: Planted,
  given: Partial<typeof tables.letterDecisions.$inferInsert> & { letterId: string },
): typeof tables.letterDecisions.$inferInsert {
  return { authorityId, id: randomUUID(), kind: 'feedback', referralId, childKey: 'c1', decisionId, ...given }
}

export async function plantLetters(database: Database, planted: Planted): Promise<void> {
  const { authorityId, clerkId } = planted
  const letterId = randomUUID()
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.letters).values(letterRow(planted, { id: letterId }))
    await tx.insert(tables.letterDecisions).values(letterDecisionRow(planted, { letterId }))
    await tx.insert(tables.letterDeliveries).values({
      ...{ authorityId, id: randomUUID(), letterId, means: 'post', outcome: 'sent', happenedAt: AT },
      ...{ recordedBy: clerkId, recordedByName: 'B', recordedAt: AT },
    })
    await tx.insert(tables.letterReceipts).values({
      ...{ authorityId, id: randomUUID(), letterId },
      ...{ confirmedBy: clerkId, confirmedByName: 'B', confirmedAt: AT },
    })
    const [arranged] = await tx.select().from(tables.helpArrangements)
    await tx.insert(tables.helpUpdates).values({
      ...{ authorityId, id: randomUUID(), arrangementId: arranged?.id ?? '', number: 1 },
      ...{ status: 'secured', notes: 'They go on Tuesdays.' },
      ...{ updatedBy: clerkId, updatedByName: 'B', updatedAt: AT },
    })
  })
}
