/** The working day of the planted decision: prepared, decided, screened a second time, reconciled, signed off, complete. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { leafHash } from '../../src/engine/audit/merkle.ts'
import { AT, auditRow, type Planted } from './fixtures.ts'

export function judgementRow(
  { authorityId, referralId, policyVersionId, socialWorkerId }: Planted,
  given: Partial<typeof tables.judgements.$inferInsert> = {},
): typeof tables.judgements.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), referralId, childKey: 'c1', revision: 1, purpose: 'own', policyVersionId },
    ...{ level: 'L3', response: 'section_17_assessment', indicators: ['PHY-04'], reasons: 'What I read.' },
    ...{ judgedBy: socialWorkerId, judgedByName: 'A', judgedByQualification: 'social_work', judgedAt: AT },
    ...given,
  }
}

export function signOffRow(
  { authorityId, decisionId, supervisorId }: Planted,
  given: Partial<typeof tables.signOffs.$inferInsert> = {},
): typeof tables.signOffs.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), decisionId, notes: 'I have read it.' },
    ...{ signedBy: supervisorId, signedByName: 'E', signedByQualification: 'social_work', signedAt: AT },
    ...given,
  }
}

/** Entry 1 of the log is the one that says that the planted decision is complete. */
export function completionRow(
  { authorityId, decisionId, supervisorId }: Planted,
  given: Partial<typeof tables.decisionCompletions.$inferInsert> = {},
): typeof tables.decisionCompletions.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), decisionId, completedBy: supervisorId, completedAt: AT }
  return { ...fixed, auditPosition: 1, ...given }
}

export function completionEntry(planted: Planted, position: number): typeof tables.auditEntries.$inferInsert {
  const body = Buffer.from(JSON.stringify({ facts: { decision: planted.decisionId } }))
  return { ...auditRow(planted, position), event: 'decision.completed', body, leafHash: leafHash(body) }
}

export async function plantFrontDoor(database: Database, planted: Planted): Promise<void> {
  const { authorityId, decisionId, recommendationId, referralId, secondScreenerId, supervisorId, clerkId } = planted
  const of = { authorityId, decisionId }
  const taskId = randomUUID()
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.decisionProposals).values({
      ...{ authorityId, id: randomUUID(), recommendationId, referralId, childKey: 'c1', revision: 1, level: 'L3' },
      ...{ response: 'section_17_assessment', rationale: 'Prepared.' },
      ...{ preparedBy: clerkId, preparedByName: 'B', preparedAt: AT },
    })
    await tx.insert(tables.screeningPickups).values({
      ...{ ...of, id: randomUUID(), sequence: 1, action: 'picked_up' },
      ...{ actedBy: secondScreenerId, actedByName: 'D', actedAt: AT },
    })
    const second = { purpose: 'second', decisionId, judgedBy: secondScreenerId, judgedByName: 'D' } as const
    await tx.insert(tables.judgements).values(judgementRow(planted, second))
    await tx.insert(tables.reconciliations).values({
      ...{ ...of, id: randomUUID(), stands: true, reasons: 'Talked over.' },
      ...{ reconciledBy: supervisorId, reconciledByName: 'E', reconciledAt: AT },
    })
    await tx.insert(tables.signOffs).values(signOffRow(planted))
    await tx.insert(tables.auditEntries).values(completionEntry(planted, 1))
    await tx.insert(tables.decisionCompletions).values(completionRow(planted))
    await tx.insert(tables.decisionReturns).values({
      ...{ ...of, id: randomUUID(), stage: 'sign_off', reasons: 'Ring the school.' },
      ...{ returnedBy: supervisorId, returnedByName: 'E', returnedAt: AT },
    })
    const set = { setBy: clerkId, setByName: 'B', setAt: AT }
    await tx.insert(tables.screeningTasks).values({ authorityId, id: taskId, referralId, task: 'Ring the GP.', ...set })
    const finished = { finishedBy: clerkId, finishedByName: 'B', finishedAt: AT }
    const result = { outcome: 'done', result: 'Rung.' } as const
    await tx
      .insert(tables.screeningTaskResults)
      .values({ authorityId, id: randomUUID(), taskId, ...result, ...finished })
    await tx.insert(tables.helpArrangements).values({
      ...{ ...of, id: randomUUID(), referralId, childKey: 'c1', number: 1, help: 'A family hub.', heldBy: 'The hub' },
      ...{ status: 'offered', consent: 'given', followUpOn: '2027-01-04' },
      ...{ arrangedBy: clerkId, arrangedByName: 'B', arrangedAt: AT },
    })
  })
}
