/** A webhook of the clerk's, paused, with the first event of the log waiting for it after one attempt. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { AT, type Planted } from './fixtures.ts'

export async function plantWebhook(database: Database, planted: Planted): Promise<void> {
  const { authorityId, webhookId } = planted
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.outboxEvents).values(outboxRow(planted))
    await tx.insert(tables.webhooks).values(webhookRow(planted, { id: webhookId }))
    await tx.insert(tables.webhookSecrets).values(secretRow(planted))
    await tx.insert(tables.webhookChanges).values(changeRow(planted))
    await tx.insert(tables.webhookCursors).values({ authorityId, webhookId, nextPosition: 1 })
    await tx.insert(tables.webhookDeliveries).values(deliveryRow(planted))
    await tx.insert(tables.webhookAttempts).values(attemptRow(planted))
  })
}

export function outboxRow(
  { authorityId, referralId }: Planted,
  given: Partial<typeof tables.outboxEvents.$inferInsert> = {},
): typeof tables.outboxEvents.$inferInsert {
  const fixed = { authorityId, position: 0, event: 'referral.received', subject: `referrals/${referralId}` }
  return { ...fixed, recordedAt: AT, ...given }
}

export function webhookRow(
  { authorityId, clerkId }: Planted,
  given: Partial<typeof tables.webhooks.$inferInsert> = {},
): typeof tables.webhooks.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), url: 'https://receiver.example/', description: 'Case management' }
  return { ...fixed, fromPosition: 0, addedAt: AT, addedBy: clerkId, ...given }
}

export function secretRow(
  { authorityId, webhookId, clerkId }: Planted,
  given: Partial<typeof tables.webhookSecrets.$inferInsert> = {},
): typeof tables.webhookSecrets.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), webhookId, sequence: 1, secret: 'whsec_AAAA' }
  return { ...fixed, madeAt: AT, madeBy: clerkId, ...given }
}

export function changeRow(
  { authorityId, webhookId, clerkId }: Planted,
  given: Partial<typeof tables.webhookChanges.$inferInsert> = {},
): typeof tables.webhookChanges.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), webhookId, sequence: 1, kind: 'paused' } as const
  return { ...fixed, recordedAt: AT, recordedBy: clerkId, ...given }
}

export function deliveryRow(
  { authorityId, webhookId, referralId }: Planted,
  given: Partial<typeof tables.webhookDeliveries.$inferInsert> = {},
): typeof tables.webhookDeliveries.$inferInsert {
  const event = { position: 0, event: 'referral.received', subject: `referrals/${referralId}` }
  return { authorityId, webhookId, ...event, dueAt: AT, tries: 1, ...given }
}

export function attemptRow(
  { authorityId, webhookId }: Planted,
  given: Partial<typeof tables.webhookAttempts.$inferInsert> = {},
): typeof tables.webhookAttempts.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), webhookId, position: 0, number: 1, outcome: 'delivered' } as const
  return { ...fixed, status: 204, durationMs: 12, attemptedAt: AT, ...given }
}
