import type { SQL } from 'drizzle-orm'
import { alias, and, desc, eq, gte, inArray, isNotNull, isNull, lt, or } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { type consents, sharingDecisions, sharingMarkLiftings, sharingMarks } from '../../db/tables/sharing.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { SharingDecision, SharingMark } from './model.ts'

/** Who asks, of whose rows. */
export type Asking = { readonly tx: TenantTx; readonly actor: Pick<Actor, 'authorityId'> }

export interface Page {
  readonly first: number
  readonly after: Cursor | undefined
}

const successor = alias(sharingDecisions, 'successor')

async function selectSharing(
  { tx, actor }: Asking,
  { today, condition, most }: { today: string; condition: SQL | undefined; most?: number },
): Promise<SharingDecision[]> {
  const own = actor.authorityId
  const query = tx
    .select({ row: sharingDecisions, supersededBy: successor.id })
    .from(sharingDecisions)
    .leftJoin(successor, and(eq(successor.authorityId, own), eq(successor.supersedes, sharingDecisions.id)))
    .where(and(eq(sharingDecisions.authorityId, own), condition))
    .orderBy(desc(sharingDecisions.decidedAt), desc(sharingDecisions.id))
  const rows = await (most === undefined ? query : query.limit(most))
  return rows.map(({ row, supersededBy }) => ({
    id: row.id,
    referralId: row.referralId,
    child: row.childKey,
    outcome: row.outcome,
    information: row.information,
    recipient: row.recipient,
    recipientKind: row.recipientKind,
    basis: row.basis,
    withheldBecause: row.withheldBecause,
    reason: row.reason,
    reviewOn: row.reviewOn,
    isReviewOverdue: supersededBy === null && row.reviewOn !== null && row.reviewOn < today,
    supersedes: row.supersedes,
    supersededBy,
    decidedAt: row.decidedAt,
    decidedBy: {
      accountId: row.decidedBy,
      displayName: row.decidedByName,
      qualification: row.decidedByQualification,
    },
  }))
}

/** @throws Refusal not_found */
export async function getSharing(asking: Asking, id: string, today: string): Promise<SharingDecision> {
  const [row] = await selectSharing(asking, { today, condition: eq(sharingDecisions.id, id), most: 1 })
  if (!row) throw notFound('sharing decision')
  return row
}

export interface SharingFilter {
  readonly referral?: string | undefined
  readonly outcome?: SharingDecision['outcome'] | undefined
  readonly recipientKind?: SharingDecision['recipientKind'] | undefined
  readonly basis?: NonNullable<SharingDecision['basis']> | undefined
  readonly withheldBecause?: NonNullable<SharingDecision['withheldBecause']> | undefined
  readonly decider?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly reviewOverdue?: true | undefined
}

/** Newest first, one more than the page shows. */
export async function listSharingShown(
  asking: Asking,
  { filter, today }: { filter: SharingFilter; today: string },
  page: Page,
): Promise<SharingDecision[]> {
  const table = sharingDecisions
  const conditions: (SQL | undefined)[] = [beyond(table.decidedAt, table.id, page.after)]
  if (filter.referral !== undefined) conditions.push(eq(table.referralId, filter.referral))
  if (filter.outcome !== undefined) conditions.push(eq(table.outcome, filter.outcome))
  if (filter.recipientKind !== undefined) conditions.push(eq(table.recipientKind, filter.recipientKind))
  if (filter.basis !== undefined) conditions.push(eq(table.basis, filter.basis))
  if (filter.withheldBecause !== undefined) conditions.push(eq(table.withheldBecause, filter.withheldBecause))
  if (filter.decider !== undefined) conditions.push(eq(table.decidedBy, filter.decider))
  if (filter.from !== undefined) conditions.push(gte(table.decidedAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(table.decidedAt, filter.to))
  if (filter.reviewOverdue) conditions.push(isNull(successor.id), lt(table.reviewOn, today))
  return await selectSharing(asking, { today, condition: and(...conditions), most: page.first + 1 })
}

/** All decisions of the register about some referrals, newest first. */
export async function sharingOf(asking: Asking, referralIds: readonly string[], today: string) {
  if (referralIds.length === 0) return []
  return await selectSharing(asking, { today, condition: inArray(sharingDecisions.referralId, [...referralIds]) })
}

const marker = alias(accounts, 'marker')
const lifter = alias(accounts, 'lifter')

async function selectMarks({ tx, actor }: Asking, condition: SQL | undefined, most?: number): Promise<SharingMark[]> {
  const own = actor.authorityId
  const query = tx
    .select({
      row: sharingMarks,
      name: marker.displayName,
      lifting: sharingMarkLiftings,
      lifterName: lifter.displayName,
    })
    .from(sharingMarks)
    .innerJoin(marker, and(eq(marker.authorityId, own), eq(marker.id, sharingMarks.markedBy)))
    .leftJoin(
      sharingMarkLiftings,
      and(eq(sharingMarkLiftings.authorityId, own), eq(sharingMarkLiftings.markId, sharingMarks.id)),
    )
    .leftJoin(lifter, and(eq(lifter.authorityId, own), eq(lifter.id, sharingMarkLiftings.liftedBy)))
    .where(and(eq(sharingMarks.authorityId, own), condition))
    .orderBy(desc(sharingMarks.markedAt), desc(sharingMarks.id))
  const rows = await (most === undefined ? query : query.limit(most))
  return rows.map(({ row, name, lifting, lifterName }) => ({
    id: row.id,
    referralId: row.referralId,
    audience: row.audience,
    revision: row.revision,
    pointer: row.pointer,
    words: row.words,
    reason: row.reason,
    markedAt: row.markedAt,
    markedBy: { accountId: row.markedBy, displayName: name },
    lifted: lifting && {
      reason: lifting.reason,
      at: lifting.liftedAt,
      by: { accountId: lifting.liftedBy, displayName: lifterName ?? '' },
    },
  }))
}

/** @throws Refusal not_found */
export async function getMark(asking: Asking, id: string): Promise<SharingMark> {
  const [row] = await selectMarks(asking, eq(sharingMarks.id, id), 1)
  if (!row) throw notFound('mark')
  return row
}

/** Newest first, one more than the page shows. */
export async function listMarksShown(
  asking: Asking,
  filter: {
    referral?: string | undefined
    audience?: SharingMark['audience'] | undefined
    standing?: boolean | undefined
  },
  page: Page,
): Promise<SharingMark[]> {
  const { markedAt, id } = sharingMarks
  const conditions: (SQL | undefined)[] = [beyond(markedAt, id, page.after)]
  if (filter.referral !== undefined) conditions.push(eq(sharingMarks.referralId, filter.referral))
  if (filter.audience !== undefined) conditions.push(eq(sharingMarks.audience, filter.audience))
  const { id: lifting } = sharingMarkLiftings
  if (filter.standing !== undefined) conditions.push(filter.standing ? isNull(lifting) : isNotNull(lifting))
  return await selectMarks(asking, and(...conditions), page.first + 1)
}

/** The marks of a referral that stand, for one audience. */
export async function standingMarks(
  asking: Asking,
  referralId: string,
  audience: SharingMark['audience'],
): Promise<SharingMark[]> {
  const about = [eq(sharingMarks.referralId, referralId), eq(sharingMarks.audience, audience)]
  return await selectMarks(asking, and(...about, isNull(sharingMarkLiftings.id)))
}

type Moment = typeof consents.recordedAt | typeof sharingDecisions.decidedAt | typeof sharingMarks.markedAt
type Key = typeof consents.id | typeof sharingDecisions.id | typeof sharingMarks.id

/** What comes after a cursor, newest first. */
export function beyond(at: Moment, id: Key, after: Cursor | undefined): SQL | undefined {
  return after && or(lt(at, after.at), and(eq(at, after.at), lt(id, after.id)))
}
