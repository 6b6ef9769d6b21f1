/** A challenge to the planted decision, at the first stage of its ladder. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

export function escalationRow(
  { authorityId, referralId, decisionId, policyVersionId, clerkId }: Planted,
  given: Partial<typeof tables.escalations.$inferInsert> = {},
): typeof tables.escalations.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), referralId, childKey: 'c1', decisionId, policyVersionId, about: 'decision' },
    ...{ ground: 'risk_not_recognised', concern: 'He is hit.', wanted: 'An assessment.', urgent: false },
    ...{ challengerName: 'F', challengerRole: 'Head teacher', agency: 'school' },
    ...{ raisedBy: clerkId, raisedByName: 'B', raisedAt: AT },
    ...given,
  }
}

export function stepRow(
  { authorityId, escalationId, clerkId }: Planted,
  given: Partial<typeof tables.escalationSteps.$inferInsert> = {},
): typeof tables.escalationSteps.$inferInsert {
  const due = { office: 'Team manager', dueAt: '2026-11-23T17:00:00.000Z' }
  return {
    ...{ authorityId, id: randomUUID(), escalationId, sequence: 1, kind: 'entered', stage: 1, ...due },
    ...{ actedBy: clerkId, actedByName: 'B', actedAt: AT },
    ...given,
  }
}

export async function plantEscalation(database: Database, planted: Planted): Promise<void> {
  await database.withTenant(planted.authorityId, async (tx) => {
    await tx.insert(tables.escalations).values(escalationRow(planted, { id: planted.escalationId }))
    await tx.insert(tables.escalationSteps).values(stepRow(planted))
  })
}
