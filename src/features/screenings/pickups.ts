/** Who has a second screening in hand. A lock that frees itself: nobody's holiday keeps a child waiting. */
import { and, desc, eq } from '../../db/drizzle.ts'
import { screeningPickups } from '../../db/tables/front-door.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'

/** After so long without a word from whoever holds it, in milliseconds. */
export const IDLE_MS = 15 * 60_000

type PickupRow = typeof screeningPickups.$inferSelect

async function lastPickup({ tx, actor }: Context, decisionId: string): Promise<PickupRow | undefined> {
  const [last] = await tx
    .select()
    .from(screeningPickups)
    .where(and(eq(screeningPickups.authorityId, actor.authorityId), eq(screeningPickups.decisionId, decisionId)))
    .orderBy(desc(screeningPickups.sequence))
    .limit(1)
  return last
}

export function freeFrom(actedAt: string): string {
  return new Date(Date.parse(actedAt) + IDLE_MS).toISOString()
}

/** Who holds it now; undefined where nobody does. */
async function holder(context: Context, decisionId: string): Promise<PickupRow | undefined> {
  const last = await lastPickup(context, decisionId)
  return last && last.action !== 'released' && freeFrom(last.actedAt) > context.now ? last : undefined
}

/** @throws Refusal picked_up_by_another */
function requireFree(context: Context, held: PickupRow | undefined): void {
  if (!held || held.actedBy === context.actor.accountId) return
  throw new Refusal(
    'picked_up_by_another',
    `${held.actedByName} has it in hand. It is free at ${freeFrom(held.actedAt)}, unless they go on with it.`,
  )
}

/** Takes it in hand, or goes on with it. @throws Refusal picked_up_by_another */
export async function take(context: Context, decisionId: string) {
  const held = await holder(context, decisionId)
  requireFree(context, held)
  return await store(context, decisionId, held ? 'renewed' : 'picked_up')
}

/** Gives it back. @throws Refusal not_picked_up, picked_up_by_another */
export async function giveBack(context: Context, decisionId: string) {
  await requireHeld(context, decisionId)
  return await store(context, decisionId, 'released')
}

/** @throws Refusal not_picked_up, picked_up_by_another */
export async function requireHeld(context: Context, decisionId: string): Promise<void> {
  const held = await holder(context, decisionId)
  requireFree(context, held)
  if (!held) throw new Refusal('not_picked_up', 'Pick it up first, so that no two people screen it at once.')
}

async function store(context: Context, decisionId: string, action: PickupRow['action']) {
  const { tx, actor, now } = context
  const last = await lastPickup(context, decisionId)
  return await insertRecorded(tx, screeningPickups, {
    ...{ authorityId: actor.authorityId, id: context.newId(), decisionId, sequence: (last?.sequence ?? 0) + 1, action },
    ...{ actedBy: actor.accountId, actedByName: actor.displayName, actedAt: now },
  })
}
