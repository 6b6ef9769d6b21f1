/**
 * A tree of RFC 6962 that grows leaf by leaf and tells its root at any size it had. It keeps the full subtrees, 64 bytes a
 * leaf: enough for checkpoints that are named after the leaves, and little beside what the leaves say.
 */
import { EMPTY, HASH_BYTES, nodeBytes, rootOf } from './merkle.ts'

/** The full subtrees of one level, side by side. */
interface Level {
  bytes: Buffer
  count: number
}

export class GrowingTree {
  readonly #levels: Level[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a leaf by its hash, as the one-byte characters of `leafBytes`. */
  push(leaf: string): void {
    let hash = leaf
    let rest = this.#size++
    for (let level = 0; ; level++, rest = (rest - 1) / 2) {
      const at = this.#levels[level] ?? this.#newLevel()
      if (at.bytes.length === at.count * HASH_BYTES) at.bytes = Buffer.concat([at.bytes], at.bytes.length * 2)
      at.bytes.write(hash, at.count * HASH_BYTES, 'latin1')
      at.count++
      if (rest % 2 === 0) return
      hash = nodeBytes(at.bytes, (at.count - 2) * HASH_BYTES)
    }
  }

  #newLevel(): Level {
    const level = { bytes: Buffer.alloc(64 * HASH_BYTES), count: 0 }
    this.#levels.push(level)
    return level
  }

  /**
   * The root that the tree had when it held so many leaves.
   * @throws RangeError for more leaves than there are
   */
  rootAt(size: number): Buffer {
    if (size > this.#size) throw new RangeError(`The tree never had ${size} leaves`)
    const hashes: Buffer[] = []
    for (let [level, rest] = [0, size]; rest > 0; level++, rest = Math.floor(rest / 2))
      if (rest % 2 === 1) hashes.unshift(this.#node(level, rest - 1))
    return size === 0 ? rootOf(EMPTY) : rootOf({ size, hashes })
  }

  #node(level: number, index: number): Buffer {
    const { bytes } = this.#levels[level] as Level
    return bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
  }
}
