/** The smallest sets of changes that do something: by size, every set tried until a limit, none that contains a smaller one. */

/** Larger sets are no longer something that a person could hold in mind. */
export const SIZE_MAX = 3

export interface Found<G, R> {
  /** Positions of the changes. */
  readonly members: readonly number[]
  readonly goal: G
  readonly result: R
}

export interface Searched<G, R> {
  readonly found: readonly Found<G, R>[]
  /** Every set of at most this size was tried. */
  readonly completeTo: number
  readonly tried: number
}

/**
 * Tries sets of changes, smaller ones first. `judge` says which goals a set reaches and what comes of it; null where its
 * members do not go together. A set that contains one which reaches a goal is not tried for that goal again.
 */
export function smallestSets<G extends string, R>(
  count: number,
  goals: readonly G[],
  {
    triesMax,
    judge,
  }: { triesMax: number; judge(members: readonly number[]): { goals: readonly G[]; result: R } | null },
): Searched<G, R> {
  const found: Found<G, R>[] = []
  let tried = 0
  for (let size = 1; size <= SIZE_MAX; size++) {
    for (const members of combinations(count, size)) {
      const open = goals.filter((goal) => !found.some((set) => set.goal === goal && isWithin(set.members, members)))
      if (open.length === 0) continue
      if (tried === triesMax) return { found, completeTo: size - 1, tried }
      const judged = judge(members)
      if (!judged) continue
      tried++
      for (const goal of open.filter((one) => judged.goals.includes(one)))
        found.push({ members, goal, result: judged.result })
    }
  }
  return { found, completeTo: SIZE_MAX, tried }
}

function isWithin(part: readonly number[], whole: readonly number[]): boolean {
  return part.every((member) => whole.includes(member))
}

/** Every choice of `size` of the numbers below `count`, in order. */
function* combinations(count: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) {
    yield []
    return
  }
  for (let first = from; first <= count - size; first++) {
    for (const rest of combinations(count, size - 1, first + 1)) yield [first, ...rest]
  }
}
