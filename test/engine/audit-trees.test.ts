/** Trees of RFC 6962: against the RFC's own definition, written here as it stands there, and against themselves. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { GrowingTree } from '../../src/engine/audit/growing-tree.ts'
import {
  append,
  consistencyPlan,
  EMPTY,
  frontierLength,
  inclusionPlan,
  leafBytes,
  leafHash,
  type Node,
  type Plan,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../src/engine/audit/merkle.ts'

const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** MTH of section 2.1, to the letter. */
function treeHead(entries: readonly Buffer[]): Buffer {
  const [only] = entries
  if (only === undefined) return sha()
  if (entries.length === 1) return sha(Buffer.from([0x00]), only)
  const k = largestPowerBelow(entries.length)
  return sha(Buffer.from([0x01]), treeHead(entries.slice(0, k)), treeHead(entries.slice(k)))
}
/** PATH of section 2.1.1. */
function auditPath(m: number, entries: readonly Buffer[]): Buffer[] {
  if (entries.length === 1) return []
  const k = largestPowerBelow(entries.length)
  return m < k
    ? [...auditPath(m, entries.slice(0, k)), treeHead(entries.slice(k))]
    : [...auditPath(m - k, entries.slice(k)), treeHead(entries.slice(0, k))]
}
/** PROOF and SUBPROOF of section 2.1.2. */
function consistency(m: number, entries: readonly Buffer[], isWhole = true): Buffer[] {
  if (m === entries.length) return isWhole ? [] : [treeHead(entries)]
  const k = largestPowerBelow(entries.length)
  return m <= k
    ? [...consistency(m, entries.slice(0, k), isWhole), treeHead(entries.slice(k))]
    : [...consistency(m - k, entries.slice(k), false), treeHead(entries.slice(0, k))]
}
const largestPowerBelow = (n: number): number => 2 ** Math.floor(Math.log2(n - 1))

const leaves = Array.from({ length: 130 }, (_, i) => Buffer.from(`leaf ${i}`.repeat((i % 5) + 1)))
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129]
const lookup = ({ level, index }: Node): Buffer => treeHead(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
const hashesOf = (plan: Plan): Buffer[] => {
  const known = new Map(plan.needed.map((node) => [`${node.level}/${node.index}`, lookup(node)]))
  return plan.hashes(({ level, index }) => known.get(`${level}/${index}`) ?? Buffer.alloc(0))
}

t.test('heads are those of the RFC, whichever way the tree grows', async (t) => {
  const growing = new GrowingTree()
  let frontier = EMPTY
  t.same(growing.rootAt(0), treeHead([]))
  t.same(rootOf(frontier).toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  for (const [i, leaf] of leaves.entries()) {
    const room = Buffer.concat([Buffer.alloc(1), leaf])
    growing.push(leafBytes(room, room.length))
    const completed = append(frontier, leafHash(leaf))
    frontier = completed.frontier
    const head = treeHead(leaves.slice(0, i + 1))
    if (!rootOf(frontier).equals(head) || !growing.rootAt(i + 1).equals(head)) t.fail(`the head of ${i + 1} leaves`)
    if (frontier.hashes.length !== frontierLength(i + 1)) t.fail(`the frontier of ${i + 1} leaves`)
  }
  for (let size = 0; size <= leaves.length; size++)
    if (!growing.rootAt(size).equals(treeHead(leaves.slice(0, size)))) t.fail(`the head that ${size} leaves had`)
  t.throws(() => growing.rootAt(leaves.length + 1), RangeError)
  t.equal(growing.size, leaves.length)
})

t.test('proofs are those of the RFC and verify, at every index round the powers of two', async (t) => {
  let proofs = 0
  for (const size of SIZES) {
    const entries = leaves.slice(0, size)
    const tree = { size, root: treeHead(entries) }
    for (let index = 0; index < size; index++) {
      const proof = hashesOf(inclusionPlan(index, size))
      const isSame = Buffer.concat(proof).equals(Buffer.concat(auditPath(index, entries)))
      const { isProven } = verifyInclusion({ index, leaf: leafHash(entries[index] as Buffer) }, tree, proof)
      if (!isSame || !isProven) t.fail(`leaf ${index} of ${size}`)
      const first = index + 1
      const path = hashesOf(consistencyPlan(first, size))
      const old = { size: first, root: treeHead(leaves.slice(0, first)) }
      const isSamePath = Buffer.concat(path).equals(Buffer.concat(consistency(first, entries)))
      if (!isSamePath || !verifyConsistency(old, tree, path).isProven) t.fail(`${first} to ${size}`)
      proofs += 2
    }
  }
  t.equal(proofs, 2 * SIZES.reduce((sum, size) => sum + size, 0))
  t.throws(() => inclusionPlan(4, 4), RangeError)
  t.throws(() => inclusionPlan(-1, 4), RangeError)
  for (const [first, second] of [
    [0, 4],
    [5, 4],
    [1.5, 4],
  ] as const)
    t.throws(() => consistencyPlan(first, second), RangeError)
})

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7))
  return copy
}
const place = fc.integer({ min: 1, max: leaves.length }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)))

t.test('no bit of an inclusion proof can be another', async (t) => {
  const property = fc.property(place, ([size, index]) => {
    const tree = { size, root: treeHead(leaves.slice(0, size)) }
    const leaf = leafHash(leaves[index] as Buffer)
    const proof = hashesOf(inclusionPlan(index, size))
    const isTaken = (at: number, hash: Buffer, root: Buffer, path: readonly Buffer[]): boolean =>
      verifyInclusion({ index: at, leaf: hash }, { size, root }, path).isProven
    const all = [leaf, tree.root, ...proof]
    for (let bit = 0; bit < all.length * 256; bit++) {
      const [hash, root, ...path] = all.map((part, i) => (i === bit >> 8 ? flipped(part, bit & 255) : part))
      if (isTaken(index, hash as Buffer, root as Buffer, path)) return false
    }
    const others = [...Array(size).keys()].filter((at) => at !== index)
    if (others.some((at) => isTaken(at, leaf, tree.root, proof))) return false
    const longer = [[...proof, leaf], [leaf, ...proof], proof.slice(1), proof.slice(0, -1)].slice(
      0,
      proof.length > 0 ? 4 : 2,
    )
    return isTaken(index, leaf, tree.root, proof) && !longer.some((path) => isTaken(index, leaf, tree.root, path))
  })
  fc.assert(property, { numRuns: 20 })
  t.pass('20 proofs, every bit, every other place, a hash more and a hash less')
})

t.test('no bit of a consistency proof can be another', async (t) => {
  const property = fc.property(place, ([size, index]) => {
    const [old, now] = [treeHead(leaves.slice(0, index + 1)), treeHead(leaves.slice(0, size))]
    const proof = hashesOf(consistencyPlan(index + 1, size))
    const isTaken = (first: Buffer, second: Buffer, path: readonly Buffer[]): boolean =>
      verifyConsistency({ size: index + 1, root: first }, { size, root: second }, path).isProven
    const all = [old, now, ...proof]
    for (let bit = 0; bit < all.length * 256; bit++) {
      const [first, second, ...path] = all.map((part, i) => (i === bit >> 8 ? flipped(part, bit & 255) : part))
      if (isTaken(first as Buffer, second as Buffer, path)) return false
    }
    return (
      isTaken(old, now, proof) &&
      !isTaken(old, now, [...proof, old]) &&
      (proof.length === 0 || !isTaken(old, now, proof.slice(1)))
    )
  })
  fc.assert(property, { numRuns: 20 })
  t.pass('20 proofs, every bit')
})
