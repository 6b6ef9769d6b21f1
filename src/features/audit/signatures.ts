/** What was signed of a log: what the database stored of it, and what was kept outside. */
import type { auditCheckpoints } from '../../db/tables/audit.ts'
import { rootOf } from '../../engine/audit/merkle.ts'
import { NoteError, type NoteKey } from '../../engine/audit/note.ts'
import { type Opened, openByAny } from '../../engine/audit/proof.ts'
import type { Walk } from './verify.ts'

type Stored = typeof auditCheckpoints.$inferSelect

interface Signature {
  readonly size: number
  readonly root: Uint8Array
  readonly isHeld: boolean
  readonly note: string
}

export interface Signatures {
  /** By how many entries they cover. */
  readonly bySize: ReadonlyMap<number, readonly Signature[]>
  /** By one of them what is stored has to be signed; nothing is asked of it where there is none. */
  readonly keys: readonly NoteKey[]
}

const NOT_SIGNED = 'the entries are not those that were signed'
const NOT_HELD = 'the entries are not those of the checkpoint that you hold'

export function signaturesOf(stored: readonly Stored[], keys: readonly NoteKey[], held: readonly Opened[]): Signatures {
  const all: Signature[] = [
    ...stored.map(({ size, root, note }) => ({ size, root, note, isHeld: false })),
    ...held.map(({ size, root, note }) => ({ size, root, note, isHeld: true })),
  ]
  return { keys, bySize: Map.groupBy(all, ({ size }) => size) }
}

/** What is stored of a checkpoint is only as good as its signature: whoever rewrites a log writes the rest of the row as well. */
function whyUnsigned(row: Signature, keys: readonly NoteKey[]): string | undefined {
  try {
    const { size, root } = openByAny(row.note, keys)
    return size === row.size && root.equals(row.root) ? undefined : 'the note is of another size or root'
  } catch (error) {
    if (error instanceof NoteError) return error.message
    throw error
  }
}

/**
 * At the size of a checkpoint the tree has to have the root that was signed. Signatures are checked here, one by one on the way,
 * because a log of years has as many as would hold up everything else for seconds.
 */
export function compareSigned(walk: Walk, { bySize, keys }: Signatures): void {
  const { size } = walk.frontier
  for (const signature of bySize.get(size) ?? []) {
    const { root, isHeld } = signature
    const fault = !isHeld && keys.length > 0 && whyUnsigned(signature, keys)
    const [from, words] = isHeld ? [walk.held, NOT_HELD] : [walk.signed, NOT_SIGNED]
    const report = (text: string): void => {
      walk.faults.push({ position: from, table: null, id: null, fault: text })
    }
    if (fault) report(`the checkpoint of ${size} entries is not what was signed: ${fault}`)
    else if (rootOf(walk.frontier).equals(root)) advance(walk, size, isHeld)
    else if (!walk.faults.some((one) => one.fault.startsWith(words)))
      report(`${words}: the first that was changed is among entries ${from} to ${size - 1}`)
  }
}

function advance(walk: Walk, size: number, isHeld: boolean): void {
  if (isHeld) {
    walk.held = size
    walk.unheldSince = null
  } else walk.signed = size
}
