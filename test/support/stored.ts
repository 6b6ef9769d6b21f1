/** Many stored referrals, made from their number alone, so that they can be made again to be counted by other means. */
import type { Database } from '../../src/db/connect.ts'
import { recommendations } from '../../src/db/tables/recommendations.ts'
import { referralChildren, referralRevisions, referrals } from '../../src/db/tables/referrals.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { canonical, type Policy, Referral, type Snapshot, score, sha256, toSnapshot } from '../../src/engine/index.ts'
import { groupsOf } from '../../src/engine/rehearsal/groups.ts'
import { uuidv7 } from '../../src/kernel/ids.ts'
import { calendar } from './policies.ts'

/** The first is received here, each a minute after the one before. */
const FIRST = Date.parse('2026-04-10T08:00:00.000Z')

export interface Made {
  readonly receivedAt: string
  readonly content: Referral
}

/** The referral of a number, about one or two children, each with up to four findings of the policy. */
export function madeReferral(policy: Policy, number: number): Made {
  const draw = chance(number)
  const { indicators } = policy.document
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(draw() ** 2 * list.length)] as T
  // Of some the finding is the one of PHY-04 alone, which the drafts of the tests move.
  const codes = (): string[] =>
    draw() < 0.1
      ? ['PHY-04']
      : Array.from(
          { length: Math.floor(draw() * 4) + 1 },
          () => indicators[Math.floor(draw() * indicators.length)]!.code,
        )
  const child = (id: string) => ({
    id,
    ...(draw() < 0.9 ? { dateOfBirth: `20${String(8 + Math.floor(draw() * 18)).padStart(2, '0')}-03-14` } : {}),
    ...(draw() < 0.8 ? { ethnicity: oneOf(['WBRI', 'APKN', 'BAFR', 'MWBC', 'WROM']) } : {}),
    ...(draw() < 0.2 ? { disabilities: [oneOf(['LD', 'AUT', 'HEAR'])] } : {}),
    findings: codes().map((indicator) => ({
      indicator,
      state: draw() < 0.9 ? 'present' : 'unknown',
      evidence: [{ kind: 'observation', source: 'Class teacher', text: 'Seen in class on several mornings.' }],
    })),
  })
  const content = Referral.parse({
    referrer: {
      agency: 'Hillside Primary School',
      role: 'Designated lead',
      sourceCode: oneOf(['2A', '3B', '6', '1A']),
    },
    reason: 'We are worried, and the parents know that we write.',
    immediateDanger: draw() < 0.01,
    consent: { sought: true, obtained: true },
    children: draw() < 0.2 ? [child('a'), child('b')] : [child('a')],
  })
  return { receivedAt: new Date(FIRST + number * 60_000).toISOString(), content }
}

/** Numbers from 0 up to 1, always the same for the same start. */
function chance(start: number): () => number {
  let state = (start + 1) * 0x9e3779b1
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Owner {
  readonly authorityId: string
  readonly accountId: string
  readonly policyVersionId: string
  readonly policy: Policy
}

/** Numbers that are stored with a recommendation; the others were received and not scored. */
const isScored = (number: number): boolean => number % 2 === 0
const AT_ONCE = 500

/** Stores the referrals of the numbers from, up to and without, to. */
export async function storeReferrals(database: Database, owner: Owner, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - start) }, (_, i) => start + i)
    await database.withTenant(owner.authorityId, (tx) => storePart(tx, owner, numbers))
  }
}

async function storePart(tx: TenantTx, owner: Owner, numbers: readonly number[]): Promise<void> {
  const { authorityId, accountId, policy } = owner
  const made = numbers.map((number) => ({ number, id: idOf(number, 0), ...madeReferral(policy, number) }))
  await tx.insert(referrals).values(
    made.map(({ number, id, receivedAt, content }) => ({
      ...{ authorityId, id, reference: `R-${number}`, receivedAt, receivedBy: accountId },
      ...{ sourceCode: content.referrer.sourceCode, agency: content.referrer.agency },
    })),
  )
  await tx.insert(referralRevisions).values(
    made.map(({ number, id, receivedAt, content }) => {
      const text = canonical(content)
      const said = { content: text, contentHash: sha256(text), recordedAt: receivedAt, recordedBy: accountId }
      return { authorityId, id: idOf(number, 1), referralId: id, revision: 1, ...said }
    }),
  )
  const children = made.flatMap((one) => one.content.children.map((child, i) => ({ ...one, child, i })))
  await tx.insert(referralChildren).values(
    children.map(({ number, id, child, i }) => ({
      ...{ authorityId, id: idOf(number, 2 + i), referralId: id, childKey: child.id },
    })),
  )
  const scored = children.filter(({ number }) => isScored(number))
  if (scored.length > 0) await tx.insert(recommendations).values(scored.map((one) => recommendationOf(owner, one)))
}

type StoredChild = Made & { number: number; id: string; child: Referral['children'][number]; i: number }

function recommendationOf(owner: Owner, { number, id, receivedAt, content, child, i }: StoredChild) {
  const { authorityId, accountId, policyVersionId, policy } = owner
  const own = snapshotOf({ receivedAt, content }, child.id)
  const [result] = score(policy, own, calendar)
  if (!result) throw new Error('A child was not scored')
  const [text, snapshot] = [canonical(result), canonical(own)]
  return {
    ...{ authorityId, id: idOf(number, 10 + i), referralId: id, revision: 1, childKey: child.id, sequence: 1 },
    ...{ policyVersionId, outcome: result.outcome, level: result.level?.code ?? null, low: result.low?.code ?? null },
    ...{ high: result.high?.code ?? null, levelRank: result.level?.rank ?? null, provisional: result.provisional },
    ...{ floorLevel: result.floor?.code ?? null, primaryResponse: result.responses[0]?.code ?? '' },
    ...{ urgency: result.urgency.code, categories: result.categories, content: text, contentHash: sha256(text) },
    ...{ snapshot, snapshotHash: sha256(snapshot), engineSemantics: result.pins.engine },
    ...{ createdAt: receivedAt, createdBy: accountId },
  }
}

function snapshotOf({ receivedAt, content }: Made, child: string): Snapshot {
  const whole = toSnapshot(content, { receivedAt, asOf: receivedAt })
  return { ...whole, children: whole.children.filter(({ id }) => id === child) }
}

/** Ids that tell records and numbers apart. */
function idOf(number: number, kind: number): string {
  const random = Buffer.alloc(8)
  random.writeUInt32BE(number, 1)
  random.writeUInt16BE(kind, 6)
  return uuidv7(FIRST + number * 60_000, 0, random)
}

/**
 * What a rehearsal of the first `size` referrals has to count, by scoring every child whole, one after the other, and counting
 * in the plainest way.
 */
export function recounted(before: Policy, after: Policy, size: number): Record<string, number> {
  const counts: Record<string, number> = {}
  const add = (key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1
  }
  for (let number = 0; number < size; number++) {
    const made = madeReferral(before, number)
    for (const child of made.content.children) {
      const snapshot = snapshotOf(made, child.id)
      const [was] = score(before, snapshot, calendar)
      const [is] = score(after, snapshot, calendar)
      const moves = [`level|${stated(was)}|${stated(is)}`, `response|${first(was)}|${first(is)}`]
      add('children')
      for (const move of moves) add(move)
      const { sourceCode } = made.content.referrer
      const groups = groupsOf(before, { sourceCode, child, snapshot: snapshot.children[0]! })
      for (const [by, list] of Object.entries(groups)) {
        for (const group of list)
          for (const key of [`size|${by}|${group}`, ...moves.map((m) => `${m}|${by}|${group}`)]) add(key)
      }
    }
  }
  return counts
}

type Scored = ReturnType<typeof score>[number] | undefined

function stated(scored: Scored): string {
  if (scored?.outcome === 'recommended') return String(scored.level?.code)
  return `(${scored?.outcome})`
}

function first(scored: Scored): string {
  return scored?.responses[0]?.code ?? '(none)'
}
