/**
 * Referrals that belong together are linked when the later one comes: perhaps about the same event, perhaps about the same
 * household. Nothing is merged, nothing dropped; a person says whether it is so.
 */
import { and, between, eq, inArray, or, sql } from '../../db/drizzle.ts'
import {
  childMatchKeys,
  childTraits,
  householdMatchKeys,
  type LinkKind,
  referralLinks,
} from '../../db/tables/children.ts'
import { referrals } from '../../db/tables/referrals.ts'
import { lookingPast } from '../../db/tenant.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertAllRecorded, type StoredRecord } from '../../kernel/record.ts'
import { compared, type FoundMatch, possiblePairs } from './candidates.ts'
import type { ReferralContent } from './model.ts'
import { childKeys, householdKeys, traitsOf } from './traits.ts'

/** Referrals of one child within so many days may be about one event. */
const DUPLICATE_DAYS = 7
/** Of one home or person, the newest referrals do. */
const REFERRALS_A_KEY = 50

interface Said {
  readonly referralId: string
  readonly revision: number
  readonly content: ReferralContent
}

interface Storing extends Pick<Context, 'tx' | 'newId'> {
  readonly actor: Pick<Context['actor'], 'authorityId'>
}

/** Stores what the children of a revision are known by, and under which keys they are found. */
export async function storeTraits(
  { tx, actor: { authorityId }, newId }: Storing,
  { referralId, revision, content }: Said,
): Promise<StoredRecord[]> {
  const children = content.children.map((child) => ({ childKey: child.id, traits: traitsOf(content, child) }))
  const rows = children.map(({ childKey, traits: { given, family, ...plain } }) => ({
    ...{ authorityId, id: newId(), referralId, revision, childKey, ...plain },
    ...{ given: given?.plain ?? null, givenSounds: [...(given?.sounds ?? [])] },
    ...{ family: family?.plain ?? null, familySounds: [...(family?.sounds ?? [])] },
  }))
  const records = await insertAllRecorded(tx, childTraits, rows)
  const keys = children.flatMap(({ childKey, traits }) => childKeys(traits).map((key) => ({ childKey, key })))
  const ofAll = { authorityId, referralId }
  if (keys.length > 0)
    await tx
      .insert(childMatchKeys)
      .values(keys.map((key) => ({ ...ofAll, ...key })))
      .onConflictDoNothing()
  const home = householdKeys(content)
  if (home.length > 0)
    await tx
      .insert(householdMatchKeys)
      .values(home.map((key) => ({ ...ofAll, key })))
      .onConflictDoNothing()
  return records
}

type NewLink = Pick<typeof referralLinks.$inferInsert, 'kind' | 'because'> & { readonly other: string }

/**
 * Links a referral to those that it belongs with. To be called after the entry of its receipt was appended: from there on
 * the head of the log is held, so that of two that come at once the second sees the first.
 */
export async function linkRelated(context: Context, referralId: string, receivedAt: string): Promise<void> {
  // That the other is restricted, or about the kin of the sender, is no reason not to link it.
  await lookingPast(context.tx, () => link(context, referralId, receivedAt))
}

async function link(context: Context, referralId: string, receivedAt: string): Promise<void> {
  const { tx, actor, now } = context
  const { authorityId } = actor
  const wanted = [
    ...(await possibleDuplicates(context, referralId, receivedAt)),
    ...(await sameHouseholds(context, referralId)),
  ]
  if (wanted.length === 0) return
  const known = await linksOf(context, referralId)
  const added = wanted.filter(({ kind, other }) => !known.has(`${kind} ${other}`))
  if (added.length === 0) return
  const records = await insertAllRecorded(
    tx,
    referralLinks,
    added.map(({ kind, because, other }) => {
      const [firstReferralId, secondReferralId] = [referralId, other].sort() as [string, string]
      const pair = { firstReferralId, secondReferralId }
      return { authorityId, id: context.newId(), kind, because, ...pair, madeAt: now }
    }),
  )
  const count = (kind: LinkKind): number => added.filter((link) => link.kind === kind).length
  await context.record({
    event: 'referral.linked',
    facts: {
      referral: referralId,
      possibleDuplicates: count('possible_duplicate'),
      households: count('household'),
    },
    records,
  })
}

async function possibleDuplicates(context: Context, referralId: string, receivedAt: string): Promise<NewLink[]> {
  const { tx, actor } = context
  const pairs = await possiblePairs(tx, actor.authorityId, [referralId])
  const near = await receivedNear(
    context,
    pairs.map(({ other }) => other.referralId),
    receivedAt,
  )
  const matches = await compared(
    tx,
    actor.authorityId,
    pairs.filter(({ other }) => near.has(other.referralId)),
  )
  const best = new Map<string, FoundMatch>()
  for (const found of matches) {
    const isSame = found.match.standing === 'certain' || found.match.standing === 'proposed'
    const before = best.get(found.other.referralId)
    if (isSame && (!before || before.match.score < found.match.score)) best.set(found.other.referralId, found)
  }
  return [...best].map(([other, { match }]) => ({
    kind: 'possible_duplicate',
    other,
    because: match.parts.filter(({ points }) => points > 0).map(({ text }) => text),
  }))
}

/** Those of the referrals that were received within the days before or after. */
async function receivedNear(
  { tx, actor }: Context,
  ids: readonly string[],
  receivedAt: string,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .select({ id: referrals.id })
    .from(referrals)
    .where(
      and(
        eq(referrals.authorityId, actor.authorityId),
        inArray(referrals.id, [...new Set(ids)]),
        between(
          referrals.receivedAt,
          sql`${receivedAt}::timestamptz - make_interval(hours => ${24 * DUPLICATE_DAYS})`,
          sql`${receivedAt}::timestamptz + make_interval(hours => ${24 * DUPLICATE_DAYS})`,
        ),
      ),
    )
  return new Set(rows.map(({ id }) => id))
}

async function sameHouseholds({ tx, actor }: Context, referralId: string): Promise<NewLink[]> {
  const { rows } = await tx.execute<{ other: string; home: boolean; person: boolean }>(sql`
    select found.referral_id as other, bool_or(own.key like 'home:%') as home, bool_or(own.key like 'person:%') as person
    from household_match_keys own cross join lateral (
      select held.referral_id from household_match_keys held
      where held.authority_id = own.authority_id and held.key = own.key and held.referral_id <> own.referral_id
      order by held.referral_id desc limit ${REFERRALS_A_KEY}
    ) found
    where own.authority_id = ${actor.authorityId} and own.referral_id = ${referralId}
    group by 1 order by 1`)
  return rows.map(({ other, home, person }) => ({
    kind: 'household',
    other,
    because: [
      ...(home ? ['The addresses are the same.'] : []),
      ...(person ? ['Somebody of the same name and date of birth is named in both.'] : []),
    ],
  }))
}

/** As `kind other`. */
async function linksOf({ tx, actor }: Context, referralId: string): Promise<ReadonlySet<string>> {
  const { firstReferralId, secondReferralId } = referralLinks
  const rows = await tx
    .select()
    .from(referralLinks)
    .where(
      and(
        eq(referralLinks.authorityId, actor.authorityId),
        or(eq(firstReferralId, referralId), eq(secondReferralId, referralId)),
      ),
    )
  return new Set(
    rows.map(({ kind, firstReferralId: first, secondReferralId: second }) => {
      return `${kind} ${first === referralId ? second : first}`
    }),
  )
}
