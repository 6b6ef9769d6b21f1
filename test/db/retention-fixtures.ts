/** A retention rule, a hold that was released, what became of a child, and the disposal of a referral that is gone. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

const CLASS = 'early_help' as const

export function ruleRow(
  { authorityId, clerkId }: Planted,
  given: Partial<typeof tables.retentionRules.$inferInsert> = {},
): typeof tables.retentionRules.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), code: 'early-help', sequence: 1, class: CLASS, years: 6 },
    ...{ countedFrom: 'last_decision', legalBasis: 'Limitation Act 1980.', source: 'Schedule, page 1.', note: '' },
    ...{ withdrawn: false, recordedAt: AT, recordedBy: clerkId },
    ...given,
  }
}

export function holdRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.legalHolds.$inferInsert> = {},
): typeof tables.legalHolds.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), referralId, inquiry: 'An inquiry.', reason: 'It asks for all.' }
  return { ...fixed, placedAt: AT, placedBy: clerkId, ...given }
}

export function proposalRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.disposalProposals.$inferInsert> & { ruleId: string },
): typeof tables.disposalProposals.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), referralId, class: CLASS, dueOn: '2026-01-01', asOfPosition: 0 },
    ...{ proposedBy: clerkId, proposedByName: 'B', proposedAt: AT },
    ...given,
  }
}

/** The disposal of what was proposed. */
export function disposalRow(
  { supervisorId }: Planted,
  proposal: typeof tables.disposalProposals.$inferInsert,
  given: Partial<typeof tables.disposals.$inferInsert> = {},
): typeof tables.disposals.$inferInsert {
  const { authorityId, referralId, ruleId, dueOn, proposedBy, proposedByName, proposedAt } = proposal
  return {
    ...{ authorityId, id: randomUUID(), referralId, proposalId: proposal.id, ruleId, ruleCode: 'early-help' },
    ...{ class: CLASS, legalBasis: 'Limitation Act 1980.', dueOn, proposedBy, proposedByName, proposedAt },
    ...{ carriedOutBy: supervisorId, carriedOutByName: 'E', carriedOutAt: AT, auditPosition: 0, erasedElsewhere: [] },
    ...given,
  }
}

export async function plantRetention(database: Database, planted: Planted): Promise<void> {
  const { authorityId, referralId, clerkId } = planted
  await database.withTenant(authorityId, async (tx) => {
    const rule = ruleRow(planted)
    await tx.insert(tables.retentionRules).values(rule)
    const later = { childKey: 'c1', class: CLASS, reason: 'A plan was made.', recordedAt: AT, recordedBy: clerkId }
    await tx.insert(tables.retentionClasses).values({ authorityId, id: randomUUID(), referralId, ...later })
    const hold = holdRow(planted)
    await tx.insert(tables.legalHolds).values(hold)
    const released = { holdId: hold.id, reason: 'It reported.', releasedAt: AT, releasedBy: clerkId }
    await tx.insert(tables.legalHoldReleases).values({ authorityId, id: randomUUID(), ...released })
    // One of what is gone, and one of what is still there: whose kin may not look is known of the second alone. The second is not carried out.
    for (const about of [randomUUID(), referralId]) {
      const proposal = proposalRow(planted, { ruleId: rule.id, referralId: about })
      await tx.insert(tables.disposalProposals).values(proposal)
      if (about !== referralId) await tx.insert(tables.disposals).values(disposalRow(planted, proposal))
    }
  })
}
