import type { SQL } from 'drizzle-orm'
import { and, asc, desc, eq, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { letterDecisions, letterDeliveries, letterReceipts, letters } from '../../db/tables/letters.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { contentHash } from '../../engine/index.ts'
import type { LetterKind } from '../../engine/letters/facts.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { hiddenFrom } from '../judgements/index.ts'
import type { Letter, LetterState } from './model.ts'

/** Roles that read every letter of their authority; others read those that are for them. */
export const STAFF = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

function readable(actor: Actor): SQL | undefined {
  const own = eq(letters.authorityId, actor.authorityId)
  return hasRole(actor, ...STAFF) ? own : and(own, eq(letters.accountId, actor.accountId))
}

/** What is known of a letter: that it came, by its reader's word or by the last delivery; that it failed; or that it was sent. */
const stateSql = sql<LetterState>`case
  when exists (
    select from letter_receipts confirmed
    where confirmed.authority_id = letters.authority_id and confirmed.letter_id = letters.id
  ) then 'received'
  else coalesce((
    select latest.outcome from letter_deliveries latest
    where latest.authority_id = letters.authority_id and latest.letter_id = letters.id
    order by latest.recorded_at desc, latest.id desc limit 1), 'sent')
end`

const isHidden = (actor: Actor) => sql<boolean>`exists (
  select from letter_decisions tells
  join decisions on decisions.authority_id = tells.authority_id and decisions.id = tells.decision_id
  where tells.authority_id = letters.authority_id and tells.letter_id = letters.id and (${hiddenFrom(actor)}))`

export interface LetterFilter {
  readonly kind?: LetterKind | undefined
  readonly state?: LetterState | undefined
  readonly referral?: string | undefined
  readonly overdue?: boolean | undefined
}

/** Newest first, one more than the page shows. */
export async function listLetters(
  tx: TenantTx,
  actor: Actor,
  { filter, now, page }: { filter: LetterFilter; now: string; page: { first: number; after: Cursor | undefined } },
): Promise<Letter[]> {
  const conditions: (SQL | undefined)[] = []
  if (filter.kind !== undefined) conditions.push(eq(letters.kind, filter.kind))
  if (filter.state !== undefined) conditions.push(sql`${stateSql} = ${filter.state}`)
  if (filter.referral !== undefined) conditions.push(eq(letters.referralId, filter.referral))
  if (filter.overdue !== undefined) conditions.push(sql`(${overdueAt(now)}) = ${filter.overdue}`)
  if (page.after) {
    const { at, id } = page.after
    conditions.push(or(lt(letters.writtenAt, at), and(eq(letters.writtenAt, at), lt(letters.id, id))))
  }
  return await select(tx, actor, { condition: and(...conditions), now, most: page.first + 1 })
}

const overdueAt = (now: string) => sql<boolean>`${stateSql} in ('sent', 'failed') and ${letters.dueAt} < ${now}`

/** All letters of some referrals that this reader may read, newest first. */
export async function lettersOf(
  tx: TenantTx,
  actor: Actor,
  { referralIds, now }: { referralIds: readonly string[]; now: string },
): Promise<Letter[]> {
  if (referralIds.length === 0) return []
  return await select(tx, actor, { condition: inArray(letters.referralId, [...referralIds]), now })
}

/** @throws Refusal not_found, alike for what does not exist and for what is not for this reader */
export async function getLetterShown(
  tx: TenantTx,
  actor: Actor,
  { id, now }: { id: string; now: string },
): Promise<Letter> {
  const [found] = await select(tx, actor, { condition: eq(letters.id, id), now, most: 1 })
  if (!found) throw notFound('letter')
  return found
}

async function select(
  tx: TenantTx,
  actor: Actor,
  { condition, now, most }: { condition: SQL | undefined; now: string; most?: number },
): Promise<Letter[]> {
  const of = actor.authorityId
  const query = tx
    .select({
      letter: letters,
      reference: referrals.reference,
      policy: policyVersions.policyId,
      policyVersion: policyVersions.version,
      receipt: letterReceipts,
      state: stateSql,
      isOverdue: overdueAt(now),
      isHidden: isHidden(actor),
    })
    .from(letters)
    .innerJoin(referrals, and(eq(referrals.authorityId, of), eq(referrals.id, letters.referralId)))
    .leftJoin(policyVersions, and(eq(policyVersions.authorityId, of), eq(policyVersions.id, letters.policyVersionId)))
    .leftJoin(letterReceipts, and(eq(letterReceipts.authorityId, of), eq(letterReceipts.letterId, letters.id)))
    .where(and(readable(actor), condition))
    .orderBy(desc(letters.writtenAt), desc(letters.id))
  const rows: Row[] = await (most === undefined ? query : query.limit(most))
  const ids = rows.map(({ letter }) => letter.id)
  const told = await decisionsOfLetters(tx, actor, ids)
  const deliveries = await deliveriesOf(tx, actor, ids)
  const ofLetter = <T extends { letterId: string }>(all: readonly T[], id: string) =>
    all.filter(({ letterId }) => letterId === id)
  return rows.map((row) =>
    shown(row, { told: ofLetter(told, row.letter.id), deliveries: ofLetter(deliveries, row.letter.id) }),
  )
}

interface Row {
  readonly letter: typeof letters.$inferSelect
  readonly reference: string
  readonly policy: string | null
  readonly policyVersion: string | null
  readonly receipt: typeof letterReceipts.$inferSelect | null
  readonly state: LetterState
  readonly isOverdue: boolean
  readonly isHidden: boolean
}

interface Belonging {
  readonly told: readonly (typeof letterDecisions.$inferSelect)[]
  readonly deliveries: readonly (typeof letterDeliveries.$inferSelect)[]
}

async function decisionsOfLetters(tx: TenantTx, actor: Actor, ids: readonly string[]) {
  if (ids.length === 0) return []
  return await tx
    .select()
    .from(letterDecisions)
    .where(and(eq(letterDecisions.authorityId, actor.authorityId), inArray(letterDecisions.letterId, [...ids])))
    .orderBy(asc(letterDecisions.childKey))
}

async function deliveriesOf(tx: TenantTx, actor: Actor, ids: readonly string[]) {
  if (ids.length === 0) return []
  return await tx
    .select()
    .from(letterDeliveries)
    .where(and(eq(letterDeliveries.authorityId, actor.authorityId), inArray(letterDeliveries.letterId, [...ids])))
    .orderBy(asc(letterDeliveries.recordedAt), asc(letterDeliveries.id))
}

/** @throws Refusal integrity_violation when what is stored is not what was sent: it is then not shown at all. */
function shown({ letter, reference, receipt, ...row }: Row, { told, deliveries }: Belonging): Letter {
  const { title, text, html } = letter
  if (contentHash({ title, text, html }) !== letter.contentHash)
    throw new Refusal('integrity_violation', `The letter ${letter.id} is not the one that was sent.`)
  return {
    ...{ id: letter.id, referralId: letter.referralId, reference, kind: letter.kind, to: letter.addressee },
    decisions: told.map(({ decisionId }) => decisionId),
    children: told.map(({ childKey }) => childKey),
    ...{ dueAt: letter.dueAt, state: row.state, isOverdue: row.isOverdue },
    ...{ hidden: row.isHidden ? ('second_screening' as const) : null },
    ...(row.isHidden ? { title: null, text: null, html: null } : { title, text, html }),
    ...{ contentHash: letter.contentHash, policy: row.policy, policyVersion: row.policyVersion },
    writtenBy:
      letter.writtenBy === null ? null : { accountId: letter.writtenBy, displayName: letter.writtenByName ?? '' },
    writtenAt: letter.writtenAt,
    deliveries: deliveries.map((delivery) => ({
      ...{ means: delivery.means, outcome: delivery.outcome, reason: delivery.reason, at: delivery.happenedAt },
      recordedBy: { accountId: delivery.recordedBy, displayName: delivery.recordedByName },
      recordedAt: delivery.recordedAt,
    })),
    receipt: receipt && {
      by: { accountId: receipt.confirmedBy, displayName: receipt.confirmedByName },
      at: receipt.confirmedAt,
    },
  }
}
