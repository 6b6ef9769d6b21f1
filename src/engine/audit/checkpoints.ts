/** Checkpoints against a log: which of them it bears out, where it first departs from one, and whether two contradict. */
import type { GrowingTree } from './growing-tree.ts'
import type { Opened } from './proof.ts'
import type { CheckpointFound, Fault, Fork } from './result.ts'

export interface Seen extends Opened {
  readonly from: 'export' | 'held'
}

export interface Compared {
  readonly checkpoints: readonly CheckpointFound[]
  readonly faults: readonly Fault[]
  readonly forks: readonly Fork[]
  /** Size of the largest one held outside that the log bears out: so many entries are what was signed. Null where there is none. */
  readonly anchored: number | null
}

/** Compares every checkpoint of this log with the tree of its entries. */
export function compareCheckpoints(seen: readonly Seen[], tree: GrowingTree): Compared {
  const sorted = [...seen].sort((a, b) => a.size - b.size)
  const faults: Fault[] = []
  const checkpoints: CheckpointFound[] = []
  const good: number[] = [0]
  let anchored: number | null = null
  for (const [i, { size, root, from }] of sorted.entries()) {
    const isLonger = size > tree.size
    const isOfThisLog = !isLonger && tree.rootAt(size).equals(root)
    checkpoints.push({ size, root: root.toString('base64'), from, isOfThisLog })
    if (isOfThisLog) {
      good.push(size)
      if (from === 'held') anchored = size
    } else if (!sorted.slice(0, i).some((other) => other.size === size && other.root.equals(root))) {
      // The same checkpoint may be in the export and held as well: what it shows is told once.
      faults.push(isLonger ? missing(tree.size, size) : departed(good.findLast((known) => known < size) ?? 0, size))
    }
  }
  return { checkpoints, faults, forks: forksOf(sorted), anchored }
}

function missing(entries: number, size: number): Fault {
  const what = `the log had ${size} entries when a checkpoint was signed, and now has ${entries}: it was cut off or an older copy put back`
  return { position: entries, to: size - 1, fault: what }
}

/** @param from size of the largest good checkpoint before this one */
function departed(from: number, size: number): Fault {
  if (size === 0) return { position: 0, fault: 'the checkpoint of the empty log has another root' }
  const fault = `at least one of these entries is not what it was when the checkpoint of ${size} entries was signed`
  return { position: from, to: size - 1, fault }
}

/** Pairs of one size with two roots: the first and the first that differs from it. */
export function forksOf(seen: readonly Opened[]): Fork[] {
  const first = new Map<number, Opened>()
  const forks = new Map<number, Fork>()
  for (const one of seen) {
    const other = first.get(one.size)
    if (!other) first.set(one.size, one)
    else if (!other.root.equals(one.root) && !forks.has(one.size))
      forks.set(one.size, { size: one.size, notes: [other.note, one.note] })
  }
  return [...forks.values()]
}
