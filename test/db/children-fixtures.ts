/** What the planted child is known again by, a second referral of it, and what a person said of both. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted, referralRow } from './fixtures.ts'

export async function plantChildren(database: Database, planted: Planted): Promise<void> {
  const { authorityId, referralId, clerkId } = planted
  const later = randomUUID()
  const [first = '', second = ''] = [referralId, later].sort()
  const linkId = randomUUID()
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.referrals).values(referralRow(planted, { id: later }))
    await tx
      .insert(tables.referralChildren)
      .values({ authorityId, id: randomUUID(), referralId: later, childKey: 'c1' })
    await tx.insert(tables.childTraits).values({
      ...{ authorityId, id: randomUUID(), referralId, childKey: 'c1', revision: 1 },
      ...{ givenSounds: [], familySounds: [], dateOfBirth: '2018-05-04' },
    })
    await tx.insert(tables.childMatchKeys).values({ authorityId, key: 'k', referralId, childKey: 'c1' })
    await tx.insert(tables.householdMatchKeys).values({ authorityId, key: 'k', referralId })
    const judged = { sequence: 1, reason: 'Their mother said so.', judgedBy: clerkId, judgedAt: AT }
    const pair = { firstReferralId: first, secondReferralId: second }
    await tx.insert(tables.childMatches).values({
      ...{ authorityId, id: randomUUID(), ...pair, firstChildKey: 'c1', secondChildKey: 'c1' },
      ...{ verdict: 'same', standing: 'proposed', score: 70, ...judged },
    })
    const link = { kind: 'possible_duplicate' as const, because: ['one child'], madeAt: AT }
    await tx.insert(tables.referralLinks).values({ authorityId, id: linkId, ...pair, ...link })
    await tx
      .insert(tables.referralLinkVerdicts)
      .values({ authorityId, id: randomUUID(), linkId, verdict: 'confirmed', ...judged })
  })
}
