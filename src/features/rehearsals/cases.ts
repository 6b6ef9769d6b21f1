/** The worked examples of what is rehearsed, under both policies. */
import { parse } from 'yaml'
import { CasesFile, snapshotOf } from '../../engine/index.ts'
import type { Comparison } from '../../engine/rehearsal/compare.ts'
import { compareChild } from './compared.ts'
import type { MovedCase } from './model.ts'

export interface ComparedCases {
  /** Children in them. */
  readonly total: number
  readonly moved: readonly MovedCase[]
}

/**
 * Every child of every case.
 * @param pause called between children, so that a long bank holds nobody up
 * @throws ZodError for a text that is no bank of cases: neither a draft nor a version is stored with one
 */
export async function compareCases(
  comparison: Comparison,
  text: string | null,
  pause: () => Promise<void> = async () => {},
): Promise<ComparedCases> {
  const cases = text === null ? [] : CasesFile.parse(parse(text, { maxAliasCount: 0 })).cases
  const moved: MovedCase[] = []
  let total = 0
  for (const item of cases) {
    const snapshot = snapshotOf(item)
    for (const child of snapshot.children) {
      await pause()
      total++
      const { movement } = compareChild(comparison, { ...snapshot, children: [child] })
      const { level, response, ways } = movement
      if (level[0] === level[1] && response[0] === response[1] && ways.length === 0) continue
      const [levelBefore, levelAfter, responseBefore, responseAfter] = [...level, ...response]
      const named = { id: item.id, title: item.title, child: child.id, ways: [...ways] }
      moved.push({ ...named, levelBefore, levelAfter, responseBefore, responseAfter })
    }
  }
  return { total, moved }
}
