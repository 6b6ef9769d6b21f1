/** The children for somebody to look at, and who accepted that they go down. */
import type { SQL } from 'drizzle-orm'
import type { z } from 'zod'
import { and, desc, eq, isNotNull, isNull, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { rehearsalAcceptances, rehearsalChildren } from '../../db/tables/rehearsals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { List } from '../../engine/rehearsal/compare.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { ComparedChild, type RehearsalChild } from './model.ts'

export interface ChildFilter {
  readonly list: List
  readonly accepted: boolean | undefined
}

async function select(tx: TenantTx, authorityId: string, condition: SQL | undefined, most: number) {
  return await tx
    .select({ row: rehearsalChildren, acceptance: rehearsalAcceptances, acceptedByName: accounts.displayName })
    .from(rehearsalChildren)
    // By what it is about: an acceptance in an earlier rehearsal of the same bytes holds for the same child.
    .leftJoin(
      rehearsalAcceptances,
      and(
        eq(rehearsalAcceptances.authorityId, authorityId),
        eq(rehearsalAcceptances.movementHash, rehearsalChildren.movementHash),
      ),
    )
    .leftJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, rehearsalAcceptances.acceptedBy)))
    .where(and(eq(rehearsalChildren.authorityId, authorityId), condition))
    .orderBy(desc(rehearsalChildren.recordedAt), desc(rehearsalChildren.id))
    .limit(most)
}

export type ChildRow = Awaited<ReturnType<typeof select>>[number]

/** Newest first, one more than the page shows. */
export async function listChildRows(
  tx: TenantTx,
  authorityId: string,
  { rehearsalId, list, accepted }: ChildFilter & { rehearsalId: string },
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<ChildRow[]> {
  const { recordedAt, id } = rehearsalChildren
  const conditions: (SQL | undefined)[] = [
    eq(rehearsalChildren.rehearsalId, rehearsalId),
    eq(rehearsalChildren.list, list),
  ]
  const { id: acceptanceId } = rehearsalAcceptances
  if (accepted !== undefined) conditions.push(accepted ? isNotNull(acceptanceId) : isNull(acceptanceId))
  if (after) conditions.push(or(lt(recordedAt, after.at), and(eq(recordedAt, after.at), lt(id, after.id))))
  return await select(tx, authorityId, and(...conditions), first + 1)
}

/**
 * A child of the list of those who would go down.
 * @throws Refusal not_found, also for a child of another list or rehearsal
 */
export async function getDowngrade(
  tx: TenantTx,
  authorityId: string,
  { rehearsalId, rehearsalChildId }: { rehearsalId: string; rehearsalChildId: string },
): Promise<ChildRow> {
  const matches = and(
    eq(rehearsalChildren.id, rehearsalChildId),
    eq(rehearsalChildren.rehearsalId, rehearsalId),
    eq(rehearsalChildren.list, 'down'),
  )
  const [row] = await select(tx, authorityId, matches, 1)
  if (!row) throw notFound('child in this list')
  return row
}

/** Holds a movement until the transaction ends, so that it is accepted once. */
export async function lockMovement(tx: TenantTx, authorityId: string, movementHash: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${authorityId}:movement:${movementHash}`}, 0))`)
}

export function shownChild({ row, acceptance, acceptedByName }: ChildRow): z.output<typeof RehearsalChild> {
  return {
    id: row.id,
    rehearsalId: row.rehearsalId,
    list: row.list,
    referralId: row.referralId,
    revision: row.revision,
    child: row.childKey,
    ...ComparedChild.parse(JSON.parse(row.content)),
    acceptance: acceptance && {
      acceptedAt: acceptance.acceptedAt,
      acceptedBy: { accountId: acceptance.acceptedBy, displayName: acceptedByName ?? '' },
      reason: acceptance.reason,
    },
  }
}
