/** What is stored of consent. */
import type { SQL } from 'drizzle-orm'
import { alias, and, desc, eq, inArray, isNotNull, isNull, max, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { consents } from '../../db/tables/sharing.ts'
import type { ConsentRecord } from './model.ts'
import { type Asking, beyond, type Page } from './queries.ts'

const recorder = alias(accounts, 'recorder')
const laterConsent = alias(consents, 'later_consent')

async function selectConsents(
  { tx, actor }: Asking,
  condition: SQL | undefined,
  most?: number,
): Promise<ConsentRecord[]> {
  const own = actor.authorityId
  const query = tx
    .select({ row: consents, name: recorder.displayName, later: laterConsent.id })
    .from(consents)
    .innerJoin(recorder, and(eq(recorder.authorityId, own), eq(recorder.id, consents.recordedBy)))
    .leftJoin(
      laterConsent,
      and(
        eq(laterConsent.authorityId, own),
        eq(laterConsent.referralId, consents.referralId),
        eq(laterConsent.childKey, consents.childKey),
        eq(laterConsent.response, consents.response),
        eq(laterConsent.sequence, sql`${consents.sequence} + 1`),
      ),
    )
    .where(and(eq(consents.authorityId, own), condition))
    .orderBy(desc(consents.recordedAt), desc(consents.id))
  const rows = await (most === undefined ? query : query.limit(most))
  return rows.map(({ row, name, later }) => ({
    id: row.id,
    referralId: row.referralId,
    child: row.childKey,
    response: row.response,
    state: row.state,
    by: row.givenBy,
    manner: row.manner,
    statedOn: row.statedOn,
    reason: row.reason,
    override: row.overrideGround === null ? null : { ground: row.overrideGround, reason: row.overrideReason ?? '' },
    isLatest: later === null,
    recordedAt: row.recordedAt,
    recordedBy: { accountId: row.recordedBy, displayName: name },
  }))
}

export interface ConsentFilter {
  readonly referral?: string | undefined
  readonly response?: string | undefined
  readonly state?: ConsentRecord['state'] | undefined
  readonly overridden?: boolean | undefined
  readonly latest?: true | undefined
}

/** Newest first, one more than the page shows. */
export async function listConsentsShown(asking: Asking, filter: ConsentFilter, page: Page): Promise<ConsentRecord[]> {
  const { overrideGround: ground, recordedAt, id } = consents
  const conditions: (SQL | undefined)[] = [beyond(recordedAt, id, page.after)]
  if (filter.referral !== undefined) conditions.push(eq(consents.referralId, filter.referral))
  if (filter.response !== undefined) conditions.push(eq(consents.response, filter.response))
  if (filter.state !== undefined) conditions.push(eq(consents.state, filter.state))
  if (filter.overridden !== undefined) conditions.push(filter.overridden ? isNotNull(ground) : isNull(ground))
  if (filter.latest) conditions.push(isNull(laterConsent.id))
  return await selectConsents(asking, and(...conditions), page.first + 1)
}

/** All that is recorded of consent in some referrals, newest first. */
export async function consentsOf(asking: Asking, referralIds: readonly string[]): Promise<ConsentRecord[]> {
  if (referralIds.length === 0) return []
  return await selectConsents(asking, inArray(consents.referralId, [...referralIds]))
}

/** The latest of consent to one response for one child; undefined where nothing is recorded. */
export async function latestConsent(
  asking: Asking,
  { referralId, child, response }: { referralId: string; child: string; response: string },
): Promise<ConsentRecord | undefined> {
  const about = [eq(consents.referralId, referralId), eq(consents.childKey, child), eq(consents.response, response)]
  const [row] = await selectConsents(asking, and(...about, isNull(laterConsent.id)), 1)
  return row
}

/** How many times consent to a response was recorded for a child. */
export async function lastConsentSequence(
  { tx, actor }: Asking,
  { referralId, child, response }: { referralId: string; child: string; response: string },
): Promise<number> {
  const [row] = await tx
    .select({ last: max(consents.sequence) })
    .from(consents)
    .where(
      and(
        eq(consents.authorityId, actor.authorityId),
        eq(consents.referralId, referralId),
        eq(consents.childKey, child),
        eq(consents.response, response),
      ),
    )
  return row?.last ?? 0
}
