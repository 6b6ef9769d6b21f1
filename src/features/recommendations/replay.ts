/** Computing a stored recommendation again, from what is stored with it, and comparing byte for byte. */
import type { Database } from '../../db/connect.ts'
import {
  canonical,
  contentHash,
  ENGINE_SEMANTICS,
  type Policy,
  type Snapshot,
  scoreUnder,
  semanticsOf,
  sha256,
} from '../../engine/index.ts'
import { pointer } from '../../engine/problem.ts'
import type { Cursor } from '../../kernel/page.ts'
import { calendarWithHash, compiledPolicy, getVersion, type PolicyRow } from '../policies/index.ts'
import type { Replay } from './model.ts'
import { listToReplay, type ReplayRange, type StoredRecommendation } from './queries.ts'

/** The policy version that a recommendation names, or why it cannot be used. */
export type ReplayPolicy = { readonly policy: Policy } | { readonly reason: string }

/** Hashes the stored documents anew, which `compiledPolicy` does only once for each hash. */
export function replayPolicy(row: PolicyRow): ReplayPolicy {
  const name = `${row.policyId} ${row.version}`
  if (hashOf(row.document) !== row.contentHash || hashOf(row.statutoryDocument) !== row.statutoryHash)
    return { reason: `The stored policy ${name} is not the one that was published.` }
  return { policy: compiledPolicy(row) }
}

/** Null where the text is no JSON. */
function hashOf(json: string): string | null {
  const value = parsed(json)
  return value === undefined ? null : contentHash(value)
}

/** What a stored recommendation comes to now, under the semantics and the calendar that it was made with. */
export function replayed(row: StoredRecommendation, pinned: ReplayPolicy): Replay {
  const answer = (more: Partial<Replay>): Replay => ({
    identical: false,
    storedHash: row.contentHash,
    recomputedHash: null,
    reason: null,
    differences: [],
    ...more,
  })
  const altered = alteredParts(row)
  if (altered.length > 0)
    return answer({
      reason: `What is stored is not what was recorded: ${altered.join(' and ')} and hash do not agree.`,
    })
  if ('reason' in pinned) return answer({ reason: pinned.reason })
  const again = scoredAgain(row, pinned.policy)
  if ('reason' in again) return answer(again)
  const recomputedHash = sha256(again.text)
  if (again.text === row.content) return answer({ identical: true, recomputedHash })
  return answer({
    recomputedHash,
    reason: 'What comes out now differs from what is stored.',
    differences: differingPointers(parsed(row.content), JSON.parse(again.text)),
  })
}

function alteredParts({ content, contentHash, snapshot, snapshotHash }: StoredRecommendation): string[] {
  return [
    ...(sha256(content) === contentHash ? [] : ['recommendation']),
    ...(sha256(snapshot) === snapshotHash ? [] : ['snapshot']),
  ]
}

/** The canonical text that comes out now, or why there is none. */
function scoredAgain(
  { engineSemantics, snapshot, content }: StoredRecommendation,
  policy: Policy,
): { readonly text: string } | { readonly reason: string } {
  if (!semanticsOf(engineSemantics))
    return {
      reason: `It was made under engine semantics ${engineSemantics}, which this service does not have; it runs ${ENGINE_SEMANTICS}.`,
    }
  const { pins } = (parsed(content) ?? {}) as { pins?: { calendarHash?: string } }
  const calendar = calendarWithHash(pins?.calendarHash ?? '')
  if (!calendar) return { reason: 'The calendar that it was made with is not kept in policies/calendars/.' }
  const inputs = parsed(snapshot) as Snapshot | undefined
  const [again] = inputs ? scoreUnder(engineSemantics, policy, inputs, calendar) : []
  return again ? { text: canonical(again) } : { reason: 'The stored snapshot holds no child.' }
}

/** Undefined where the text is no JSON: somebody put it there by hand. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const DIFFERENCES_MAX = 10

/**
 * Where two JSON values first differ, as RFC 6901 pointers, at most ten. They say nothing of the child.
 * The empty pointer, which is the whole, also stands for values that are equal and written otherwise.
 */
function differingPointers(stored: unknown, now: unknown): string[] {
  const found: string[] = []
  const compare = (a: unknown, b: unknown, path: readonly (string | number)[]): void => {
    if (found.length === DIFFERENCES_MAX || Object.is(a, b)) return
    if (!isNested(a) || !isNested(b) || Array.isArray(a) !== Array.isArray(b)) {
      found.push(pointer(path))
      return
    }
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])]) compare(a[key], b[key], [...path, key])
  }
  compare(stored, now, [])
  return found.length > 0 ? found : ['']
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** A page is one transaction, and what is held of it at a time. */
const REPLAY_PAGE = 100

export interface ReplayedRecommendation extends Replay {
  readonly id: string
  readonly createdAt: string
}

/** Replays what an authority has stored, oldest first, page by page: memory does not grow with the number. */
export async function* replayStored(
  database: Database,
  authorityId: string,
  range: Pick<ReplayRange, 'id' | 'from' | 'before'>,
): AsyncGenerator<ReplayedRecommendation> {
  const policies = new Map<string, ReplayPolicy>()
  let after: Cursor | undefined
  for (;;) {
    const page = { ...range, after, limit: REPLAY_PAGE }
    const rows = await database.withTenant(authorityId, async (tx) => {
      const found = await listToReplay(tx, authorityId, page)
      for (const { policyVersionId: id } of found)
        if (!policies.has(id)) policies.set(id, replayPolicy(await getVersion(tx, authorityId, { id })))
      return found
    })
    for (const row of rows) {
      const pinned = policies.get(row.policyVersionId) ?? { reason: 'Its policy version is gone.' }
      yield { id: row.id, createdAt: row.createdAt, ...replayed(row, pinned) }
    }
    const last = rows.at(-1)
    if (rows.length < REPLAY_PAGE || !last) return
    after = { at: last.createdAt, id: last.id }
  }
}
