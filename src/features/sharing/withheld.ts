/** What must not be shared with whom: as words that a letter may not say. */

import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { contentOfRevision, listRevisionRows } from '../referrals/index.ts'
import type { SharingMark } from './model.ts'
import { standingMarks } from './queries.ts'

/** One thing that must not reach a reader. */
export interface Withheld {
  readonly markId: string
  /** The place in the content of that revision; null where only words were marked. */
  readonly pointer: string | null
  readonly revision: number | null
  /** Every text that may not be said: what stood at the place, and the words that were marked. */
  readonly texts: readonly string[]
  readonly reason: string
}

/**
 * What must not be shared with an audience of a letter about a referral. The texts are those of the revision that was marked,
 * so that they stay withheld when a later revision puts them elsewhere.
 */
export async function withheldFrom(
  tx: TenantTx,
  actor: Actor,
  referralId: string,
  audience: SharingMark['audience'],
): Promise<Withheld[]> {
  const marks = await standingMarks({ tx, actor }, referralId, audience)
  if (marks.length === 0) return []
  const revisions = new Map((await listRevisionRows(tx, actor, referralId)).map((row) => [row.revision, row]))
  return marks.map(({ id, pointer, revision, words, reason }) => {
    const marked = revision === null ? undefined : revisions.get(revision)
    const there = pointer === null || !marked ? undefined : valueAt(contentOfRevision(marked), pointer)
    const texts = [...(words === null ? [] : [words]), ...textsIn(there)]
    return { markId: id, pointer, revision, texts: [...new Set(texts)], reason }
  })
}

/** Shorter texts stand in any letter: `no`, `F`, `a`. */
const TEXT_MIN = 3

/** The marks of which a letter says something, by id: case and spacing do not hide it. */
export function revealedBy(letter: string, withheld: readonly Withheld[]): string[] {
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  const said = plain(letter)
  return withheld
    .filter(({ texts }) => texts.some((text) => plain(text).length >= TEXT_MIN && said.includes(plain(text))))
    .map(({ markId }) => markId)
}

/** What stands at an RFC 6901 pointer; undefined where nothing does. */
export function valueAt(content: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Readonly<Record<string, unknown>>)[part]
          : undefined,
      content,
    )
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
