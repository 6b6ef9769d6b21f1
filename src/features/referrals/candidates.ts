/** Children of other referrals who may be the same as those of a referral: found by keys, then compared. */
import { and, desc, eq, inArray, sql } from '../../db/drizzle.ts'
import { childTraits } from '../../db/tables/children.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type Match, matchOf, type Shared, type Traits } from '../../engine/matching/match.ts'
import type { Name } from '../../engine/matching/names.ts'

/** A child as one referral names it. */
export interface ChildRef {
  readonly referralId: string
  readonly childKey: string
}

export interface Pair {
  readonly own: ChildRef
  readonly other: ChildRef
  readonly shared: Shared
}

export interface FoundMatch extends Pair {
  readonly match: Match
}

export const refKey = ({ referralId, childKey }: ChildRef): string => `${referralId}/${childKey}`

/** Of one key the newest referrals do: a key that more children share tells nobody apart. */
const CHILDREN_A_KEY = 100

type PairRow = { own_id: string; own_key: string; other_id: string; other_key: string }

/** Children who share an identifier with a child of these referrals. */
export async function identifierPairs(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Pair[]> {
  if (referralIds.length === 0) return []
  const { rows } = await tx.execute<PairRow & { trusted: boolean; other: boolean }>(sql`
    select own.referral_id as own_id, own.child_key as own_key, held.referral_id as other_id, held.child_key as other_key,
      bool_or(own.scheme <> 'other') as trusted, bool_or(own.scheme = 'other') as other
    from child_identifiers own join child_identifiers held
      on held.authority_id = own.authority_id and held.scheme = own.scheme and held.value = own.value
        and held.referral_id <> own.referral_id
    where own.authority_id = ${authorityId} and own.referral_id in ${[...referralIds]}
    group by 1, 2, 3, 4`)
  return rows.map((row) => ({ ...refsOf(row), shared: { trusted: row.trusted, other: row.other } }))
}

/** Children who share an identifier or a key with a child of these referrals. */
export async function possiblePairs(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Pair[]> {
  const identified = await identifierPairs(tx, authorityId, referralIds)
  if (referralIds.length === 0) return identified
  const { rows } = await tx.execute<PairRow>(sql`
    select distinct own.referral_id as own_id, own.child_key as own_key,
      found.referral_id as other_id, found.child_key as other_key
    from child_match_keys own cross join lateral (
      select held.referral_id, held.child_key from child_match_keys held
      where held.authority_id = own.authority_id and held.key = own.key and held.referral_id <> own.referral_id
      order by held.referral_id desc limit ${CHILDREN_A_KEY}
    ) found
    where own.authority_id = ${authorityId} and own.referral_id in ${[...referralIds]}`)
  const known = new Set(identified.map(pairKey))
  const found = rows.map((row) => ({ ...refsOf(row), shared: { trusted: false, other: false } }))
  return [...identified, ...found.filter((pair) => !known.has(pairKey(pair)))]
}

function pairKey({ own, other }: Pick<Pair, 'own' | 'other'>): string {
  return `${refKey(own)} ${refKey(other)}`
}

function refsOf(row: PairRow): Pick<Pair, 'own' | 'other'> {
  return {
    own: { referralId: row.own_id, childKey: row.own_key },
    other: { referralId: row.other_id, childKey: row.other_key },
  }
}

/** How each pair stands, by the latest that is known of both. */
export async function compared(tx: TenantTx, authorityId: string, pairs: readonly Pair[]): Promise<FoundMatch[]> {
  const ids = new Set(pairs.flatMap(({ own, other }) => [own.referralId, other.referralId]))
  const traits = await latestTraits(tx, authorityId, [...ids])
  const of = (ref: ChildRef): Traits => traits.get(refKey(ref)) ?? NOTHING_KNOWN
  return pairs.map((pair) => ({ ...pair, match: matchOf(of(pair.own), of(pair.other), pair.shared) }))
}

const NOTHING_KNOWN: Traits = {
  given: null,
  family: null,
  dateOfBirth: null,
  sex: null,
  postcode: null,
  dwelling: null,
}

/** By `referral/child`. */
async function latestTraits(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Map<string, Traits>> {
  if (referralIds.length === 0) return new Map()
  const rows = await tx
    .selectDistinctOn([childTraits.referralId, childTraits.childKey])
    .from(childTraits)
    .where(and(eq(childTraits.authorityId, authorityId), inArray(childTraits.referralId, [...referralIds])))
    .orderBy(childTraits.referralId, childTraits.childKey, desc(childTraits.revision))
  return new Map(
    rows.map((row) => [
      refKey(row),
      { ...row, given: nameOf(row.given, row.givenSounds), family: nameOf(row.family, row.familySounds) },
    ]),
  )
}

function nameOf(plain: string | null, sounds: readonly string[]): Name | null {
  return plain === null ? null : { plain, sounds }
}
