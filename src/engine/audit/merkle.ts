/**
 * Merkle trees of RFC 6962 (Certificate Transparency), 2.1: the hash of a list of leaves, the proof that a leaf is in it, and
 * the proof that one list continues another. A hash is 32 bytes; sizes and positions are safe integers.
 */
import { createHash, hash as hashOnce } from 'node:crypto'

export const HASH_BYTES = 32
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** Hash of the bytes of a leaf. Its prefix keeps a leaf from being taken for a node. */
export function leafHash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(bytes).digest()
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest()
}

/** Room for what is hashed, with the prefix in front. A text for an answer is three times as quick to get as a buffer. */
const nodeRoom = Buffer.alloc(1 + 2 * HASH_BYTES, NODE)

/** Hash over the two hashes that stand side by side at an offset, as a text of one-byte characters. */
export function nodeBytes(pairs: Buffer, offset: number): string {
  pairs.copy(nodeRoom, 1, offset, offset + 2 * HASH_BYTES)
  return hashOnce('sha256', nodeRoom, 'binary')
}

/** Hash of a leaf whose bytes stand from 1 to `end` of a room; its first byte is set to the prefix of a leaf. */
export function leafBytes(room: Buffer, end: number): string {
  room[0] = 0
  return hashOnce('sha256', room.subarray(0, end), 'binary')
}

/** A full subtree: the leaves from `index * 2^level` on, `2^level` of them. Level 0 is a leaf. */
export interface Node {
  readonly level: number
  readonly index: number
}
type Lookup = (node: Node) => Uint8Array

/** Leaves from `from` up to and without `to`. */
type Range = readonly [from: number, to: number]

/** The largest power of two that is smaller than `n`; n > 1. */
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** The full subtrees that make up a range which a proof or a root asks for, from left to right. */
function fullNodes([from, to]: Range): Node[] {
  const nodes: Node[] = []
  for (let at = from; at < to; ) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** Hash of a range out of its full subtrees: the right ones are joined first, because the left one of a pair is always full. */
function rangeHash(range: Range, of: Lookup): Buffer {
  const [last, ...others] = fullNodes(range).map(of).reverse()
  if (last === undefined) return createHash('sha256').digest()
  return others.reduce<Buffer>((right, left) => nodeHash(left, right), Buffer.from(last))
}

/** The subtrees beside the way from a leaf to the root, from the leaf upwards. */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = []
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + split(to - from)
    if (index < middle) {
      ranges.push([middle, to])
      to = middle
    } else {
      ranges.push([from, middle])
      from = middle
    }
  }
  return ranges.reverse()
}

/** SUBPROOF of RFC 6962, 2.1.2, for 0 < first < second. */
function consistencyRanges(first: number, second: number): Range[] {
  const ranges: Range[] = []
  let [from, to] = [0, second]
  while (to !== first) {
    const middle = from + split(to - from)
    if (first <= middle) {
      ranges.push([middle, to])
      to = middle
    } else {
      ranges.push([from, middle])
      from = middle
    }
  }
  // The whole of the first list needs no hash of its own: whoever verifies has its root.
  return (from === 0 ? ranges : [...ranges, [from, to] as const]).reverse()
}

/** A proof in two steps, so that its subtrees can be fetched in between. */
export interface Plan {
  readonly needed: readonly Node[]
  hashes(of: Lookup): Buffer[]
}

function plan(ranges: readonly Range[]): Plan {
  return { needed: ranges.flatMap(fullNodes), hashes: (of) => ranges.map((range) => rangeHash(range, of)) }
}

/** @throws RangeError when no leaf of that index is in a tree of that size. */
export function inclusionPlan(index: number, size: number): Plan {
  requireSize(index)
  requireSize(size)
  if (index >= size) throw new RangeError(`There is no leaf ${index} in a tree of ${size}`)
  return plan(inclusionRanges(index, size))
}

/** @throws RangeError unless 0 < first <= second: an empty tree is the beginning of every tree, which proves nothing. */
export function consistencyPlan(first: number, second: number): Plan {
  requireSize(first)
  requireSize(second)
  if (first === 0 || first > second) throw new RangeError(`A tree of ${second} does not continue one of ${first}`)
  return plan(first === second ? [] : consistencyRanges(first, second))
}

function requireSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('A size is a whole number from 0')
}

/** What has to be kept of a tree to make it longer: its full subtrees from left to right, the largest first. */
export interface Frontier {
  readonly size: number
  readonly hashes: readonly Uint8Array[]
}

export const EMPTY: Frontier = { size: 0, hashes: [] }

/** The tree with one more leaf, and the subtrees of level 1 and up which that leaf made full, the smallest first. */
export function append(frontier: Frontier, leaf: Uint8Array): { frontier: Frontier; completed: readonly Buffer[] } {
  const hashes = [...frontier.hashes]
  const completed: Buffer[] = []
  let top: Uint8Array = leaf
  for (let rest = frontier.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const joined = nodeHash(hashes.pop() as Uint8Array, top)
    completed.push(joined)
    top = joined
  }
  return { frontier: { size: frontier.size + 1, hashes: [...hashes, top] }, completed }
}

/** Hash of the whole tree; of none it is the hash of nothing. */
export function rootOf({ hashes }: Frontier): Buffer {
  const [last, ...others] = [...hashes].reverse()
  if (last === undefined) return createHash('sha256').digest()
  return others.reduce<Buffer>((right, left) => nodeHash(left, right), Buffer.from(last))
}

/** How many subtrees a frontier of this size has. */
export function frontierLength(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}

/** Why a proof is none; null where it is one. Never a bare truth value, so that a forgotten check cannot pass for one. */
export type Verdict = { readonly isProven: true } | { readonly isProven: false; readonly why: string }
const PROVEN: Verdict = { isProven: true }
const unproven = (why: string): Verdict => ({ isProven: false, why })

export interface Tree {
  readonly size: number
  readonly root: Uint8Array
}

/** Whether a leaf of this hash stands at `index` of the tree (RFC 9162, 2.1.3.2, which says how RFC 6962's proof is verified). */
export function verifyInclusion(
  { index, leaf }: { index: number; leaf: Uint8Array },
  { size, root }: Tree,
  proof: readonly Uint8Array[],
): Verdict {
  if (!areSizes(index, size) || index >= size) return unproven('there is no such leaf in a tree of this size')
  if (!areHashes(leaf, root, ...proof)) return unproven('a hash is not 32 bytes')
  let hash: Buffer = Buffer.from(leaf)
  let [at, last] = [index, size - 1]
  for (const sibling of proof) {
    if (last === 0) return unproven('the proof is too long')
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else hash = nodeHash(hash, sibling)
    ;[at, last] = [half(at), half(last)]
  }
  if (last !== 0) return unproven('the proof is too short')
  return hash.equals(root) ? PROVEN : unproven('the proof leads to another root')
}

/** Whether the second tree begins with all of the first (RFC 9162, 2.1.4.2). An empty first tree proves nothing and is refused. */
export function verifyConsistency(first: Tree, second: Tree, proof: readonly Uint8Array[]): Verdict {
  if (!areSizes(first.size, second.size) || first.size > second.size) return unproven('the second tree is smaller')
  if (first.size === 0) return unproven('an empty tree is the beginning of every tree')
  if (!areHashes(first.root, second.root, ...proof)) return unproven('a hash is not 32 bytes')
  if (first.size === second.size) {
    if (proof.length > 0) return unproven('the proof is too long')
    return Buffer.from(first.root).equals(second.root) ? PROVEN : unproven('two roots of one size')
  }
  const isPower = split(first.size + 1) === first.size
  const [start, ...path] = isPower ? [first.root, ...proof] : proof
  if (start === undefined) return unproven('the proof is too short')
  let [at, last] = [first.size - 1, second.size - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  let [old, now]: [Buffer, Buffer] = [Buffer.from(start), Buffer.from(start)]
  for (const sibling of path) {
    if (last === 0) return unproven('the proof is too long')
    if (at % 2 === 1 || at === last) {
      old = nodeHash(sibling, old)
      now = nodeHash(sibling, now)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else now = nodeHash(now, sibling)
    ;[at, last] = [half(at), half(last)]
  }
  if (last !== 0) return unproven('the proof is too short')
  if (!old.equals(first.root)) return unproven('the proof leads to another first root')
  return now.equals(second.root) ? PROVEN : unproven('the proof leads to another second root')
}

const half = (n: number): number => Math.floor(n / 2)
const areSizes = (...sizes: readonly number[]): boolean => sizes.every((n) => Number.isSafeInteger(n) && n >= 0)
const areHashes = (...hashes: readonly Uint8Array[]): boolean => hashes.every(({ length }) => length === HASH_BYTES)
