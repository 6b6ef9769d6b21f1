/** A milestone of the planted referral, and a clock of it that was found to have run over. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

export function milestoneRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.milestones.$inferInsert> = {},
): typeof tables.milestones.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), referralId, childKey: 'c1', kind: 'seen', happenedAt: AT, withdrawn: false },
    ...{ recordedBy: clerkId, recordedByName: 'B', recordedAt: AT },
    ...given,
  }
}

export function noticeRow(
  { authorityId, referralId }: Planted,
  given: Partial<typeof tables.overdueNotices.$inferInsert> = {},
): typeof tables.overdueNotices.$inferInsert {
  return {
    ...{ authorityId, id: randomUUID(), referralId, childKey: null, clock: 'acknowledgement', code: '', startedAt: AT },
    ...{ dueAt: AT, noticedAt: '2199-01-01T00:00:00.000Z' },
    ...given,
  }
}

export async function plantQueue(database: Database, planted: Planted): Promise<void> {
  await database.withTenant(planted.authorityId, async (tx) => {
    await tx.insert(tables.milestones).values(milestoneRow(planted))
    await tx.insert(tables.overdueNotices).values(noticeRow(planted))
  })
}
