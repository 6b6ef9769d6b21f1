/** A rehearsal of the planted draft by the clerk, with one child who goes down, accepted by the social worker. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

export async function plantRehearsal(database: Database, planted: Planted): Promise<void> {
  const { authorityId, rehearsalId, rehearsalChildId } = planted
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.rehearsals).values(rehearsalRow(planted, { id: rehearsalId }))
    await tx.insert(tables.rehearsalBatches).values(batchRow(planted))
    await tx.insert(tables.rehearsalEvents).values(eventRow(planted))
    await tx.insert(tables.rehearsalChildren).values(rehearsalChildRow(planted, { id: rehearsalChildId }))
    await tx.insert(tables.rehearsalAcceptances).values(acceptanceRow(planted))
  })
}

export function rehearsalRow(
  { authorityId, draftId, policyVersionId, clerkId }: Planted,
  given: Partial<typeof tables.rehearsals.$inferInsert> = {},
): typeof tables.rehearsals.$inferInsert {
  const candidate = { draftId, revision: 1, policyId: 'northmoor', version: '2027-04' }
  const hashes = { contentHash: 'q', statutoryHash: 's', againstHash: 'p', againstStatutoryHash: 's' }
  return {
    ...{ authorityId, id: randomUUID(), ...candidate, ...hashes, againstVersionId: policyVersionId },
    ...{ receivedTo: AT, referrals: 1, coversYear: true, requestedAt: AT, requestedBy: clerkId },
    ...given,
  }
}

export function batchRow(
  { authorityId, rehearsalId, referralId }: Planted,
  given: Partial<typeof tables.rehearsalBatches.$inferInsert> = {},
): typeof tables.rehearsalBatches.$inferInsert {
  const counted = { number: 1, referrals: 1, children: 1, counts: '{}' }
  const place = { lastReceivedAt: AT, lastReferralId: referralId, recordedAt: AT }
  return { authorityId, id: randomUUID(), rehearsalId, ...counted, ...place, ...given }
}

export function eventRow(
  { authorityId, rehearsalId }: Planted,
  given: Partial<typeof tables.rehearsalEvents.$inferInsert> = {},
): typeof tables.rehearsalEvents.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), rehearsalId, sequence: 1, kind: 'completed', result: '{}' } as const
  return { ...fixed, recordedAt: AT, ...given }
}

export function rehearsalChildRow(
  { authorityId, rehearsalId, referralId }: Planted,
  given: Partial<typeof tables.rehearsalChildren.$inferInsert> = {},
): typeof tables.rehearsalChildren.$inferInsert {
  const listed = { batch: 1, list: 'down', ways: ['level'], content: '{}', movementHash: 'm' } as const
  const child = { referralId, revision: 1, childKey: 'c1' }
  return { authorityId, id: randomUUID(), rehearsalId, ...listed, ways: ['level'], ...child, recordedAt: AT, ...given }
}

export function acceptanceRow(
  { authorityId, rehearsalChildId, socialWorkerId }: Planted,
  given: Partial<typeof tables.rehearsalAcceptances.$inferInsert> = {},
): typeof tables.rehearsalAcceptances.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), rehearsalChildId, movementHash: 'm', reason: 'The document says so.' }
  return { ...fixed, acceptedAt: AT, acceptedBy: socialWorkerId, ...given }
}
