import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

/** A restriction of the planted referral that was lifted since, with one of everything that goes with it. */
export async function plantRestriction(database: Database, planted: Planted): Promise<void> {
  const { authorityId, clerkId, socialWorkerId, referralId } = planted
  const row = <T extends object>(more: T) => ({ authorityId, id: randomUUID(), ...more })
  await database.withTenant(authorityId, async (tx) => {
    const set = restrictionRow(planted)
    await tx.insert(tables.restrictions).values(set)
    await tx.insert(tables.restrictionAccounts).values(row({ restrictionId: set.id, accountId: socialWorkerId }))
    const grant = grantRow(planted, { restrictionId: set.id })
    await tx.insert(tables.breakGlassGrants).values(grant)
    const reviewed = { outcome: 'justified' as const, note: 'Seen.', reviewedAt: AT, reviewedBy: socialWorkerId }
    await tx.insert(tables.breakGlassReviews).values(row({ grantId: grant.id, ...reviewed }))
    await tx
      .insert(tables.restrictions)
      .values(restrictionRow(planted, { sequence: 2, kind: 'lifted', category: null, reviewOn: null }))
    const conflict = row({ accountId: socialWorkerId, relationship: 'family' as const, scheme: 'nhs', value: '0' })
    await tx.insert(tables.accountConflicts).values({ ...conflict, declaredAt: AT, declaredBy: clerkId })
    const withdrawn = { reason: 'A namesake.', withdrawnAt: AT, withdrawnBy: clerkId }
    await tx.insert(tables.accountConflictWithdrawals).values(row({ conflictId: conflict.id, ...withdrawn }))
  })
  await plantSharing(database, planted, referralId)
}

async function plantSharing(database: Database, planted: Planted, referralId: string): Promise<void> {
  const { authorityId, clerkId } = planted
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.consents).values(consentRow(planted))
    await tx.insert(tables.sharingDecisions).values(sharingRow(planted))
    const mark = { authorityId, id: randomUUID(), referralId, audience: 'family' as const, words: 'An address.' }
    await tx.insert(tables.sharingMarks).values({ ...mark, reason: 'A refuge.', markedAt: AT, markedBy: clerkId })
    const lifted = { markId: mark.id, reason: 'They moved.', liftedAt: AT, liftedBy: clerkId }
    await tx.insert(tables.sharingMarkLiftings).values({ authorityId, id: randomUUID(), ...lifted })
  })
}

export function restrictionRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.restrictions.$inferInsert> = {},
) {
  const fixed = { authorityId, id: randomUUID(), referralId, reference: 'R-1', sequence: 1, kind: 'set' as const }
  const why = { category: 'staff_or_family' as const, reason: 'Her aunt works here.', reviewOn: '2026-12-01' }
  return { ...fixed, ...why, recordedAt: AT, recordedBy: clerkId, ...given }
}

export function grantRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.breakGlassGrants.$inferInsert> & { restrictionId: string },
) {
  const fixed = { authorityId, id: randomUUID(), referralId, accountId: clerkId, reason: 'A child is missing.' }
  return { ...fixed, grantedAt: AT, expiresAt: '2026-11-21T09:30:30.120Z', ...given }
}

export function consentRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.consents.$inferInsert> = {},
): typeof tables.consents.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), referralId, childKey: 'c1', response: 'family-help', sequence: 1 }
  const said = { state: 'given' as const, givenBy: 'mother' as const, manner: 'telephone' as const }
  return { ...fixed, ...said, statedOn: '2026-11-21', recordedAt: AT, recordedBy: clerkId, ...given }
}

export function sharingRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.sharingDecisions.$inferInsert> = {},
): typeof tables.sharingDecisions.$inferInsert {
  return {
    authorityId,
    id: randomUUID(),
    referralId,
    outcome: 'shared',
    information: 'What the school saw.',
    recipient: 'Police',
    recipientKind: 'police',
    basis: 'section_47',
    reason: 'An enquiry.',
    decidedAt: AT,
    decidedBy: clerkId,
    decidedByName: 'B',
    ...given,
  }
}
