/** Verifying a log of a million entries, as a ratio to hashing the same bytes with node:crypto. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { checkpointText, originOf } from '../src/engine/audit/checkpoint.ts'
import { checkpointsLine, entryLine, headerLine } from '../src/engine/audit/export.ts'
import { leafText } from '../src/engine/audit/leaf.ts'
import { append, EMPTY, leafHash, rootOf } from '../src/engine/audit/merkle.ts'
import { readVerifierKey, signNote, verifierKey } from '../src/engine/audit/note.ts'
import { ExportVerifier } from '../src/engine/audit/verify-export.ts'

const NAME = 'threshold.example/log'
const AUTHORITY = '01970000-0000-7000-8000-000000000001'
const ORIGIN = originOf('threshold.example', AUTHORITY, 'decisions')
/** Entries that are made, hashed and verified in turn, so that neither has a quieter machine than the other. */
const SEGMENT = 10_000

/** @param args `--entries` (1,000,000) and `--rounds` (3) */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { entries: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } },
  })
  const [entries, rounds] = [Number(values.entries), Number(values.rounds)]
  console.log(
    `${cpus()[0]?.model ?? 'a processor'} × ${cpus().length}, Node ${process.versions.node}; processor seconds of ${entries} entries`,
  )
  console.log(
    '\n| round | MB | SHA-256 of the lines, s | tree by itself, s | verified, s | × SHA-256 | µs an entry |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  )
  for (let round = 1; round <= rounds; round++) {
    const { bytes, hashed, tree, verified } = measured(entries)
    const row = [
      round,
      (bytes / 1e6).toFixed(0),
      hashed.toFixed(2),
      tree.toFixed(2),
      verified.toFixed(2),
      (verified / hashed).toFixed(2),
      ((verified / entries) * 1e6).toFixed(2),
    ]
    console.log(`| ${row.join(' | ')} |`)
  }
}

interface Times {
  bytes: number
  /** One running SHA-256, an update for each line. */
  hashed: number
  /** Leaf and node hashes of RFC 6962 as one writes them first, and nothing else. */
  tree: number
  verified: number
}

function measured(entries: number): Times {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = readVerifierKey(verifierKey(NAME, publicKey))
  const times: Times = { bytes: 0, hashed: 0, tree: 0, verified: 0 }
  const root = treeOf(entries, times)
  const note = signNote(checkpointText({ origin: ORIGIN, size: entries, root }), NAME, privateKey)
  const verifier = new ExportVerifier({ keys: [key], held: [note] })
  const sum = createHash('sha256')
  const header = { origin: ORIGIN, authority: AUTHORITY, log: 'decisions', size: entries } as const
  verifier.write(Buffer.from(headerLine(header)))
  for (let from = 0; from < entries; from += SEGMENT) {
    const lines = segment(from, Math.min(from + SEGMENT, entries)).map((leaf, i) =>
      Buffer.from(entryLine({ position: from + i, leaf })),
    )
    const file = Buffer.concat(lines)
    times.bytes += file.length
    times.hashed += seconds(() => {
      for (const line of lines) sum.update(line)
    })
    times.verified += seconds(() => verifier.write(file))
  }
  times.verified += seconds(() => verifier.write(Buffer.from(checkpointsLine([note]))))
  let result = 'nothing'
  times.verified += seconds(() => (result = verifier.end().status))
  if (result !== 'verified') throw new Error(`The log is ${result}`)
  return times
}

/** The root that the signer would sign. */
function treeOf(entries: number, times: Times): Buffer {
  let frontier = EMPTY
  for (let from = 0; from < entries; from += SEGMENT) {
    const leaves = segment(from, Math.min(from + SEGMENT, entries)).map((leaf) => Buffer.from(leaf))
    times.tree += seconds(() => {
      for (const leaf of leaves) ({ frontier } = append(frontier, leafHash(leaf)))
    })
  }
  return rootOf(frontier)
}

function segment(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => leafOf(from + i))
}

/** A leaf of some 600 bytes: a decision with its recommendation. */
function leafOf(position: number): string {
  const id = `01970000-0000-7000-8000-${position.toString(16).padStart(12, '0')}`
  const commitment = position.toString(16).padStart(8, '0').repeat(8)
  return leafText({
    authority: AUTHORITY,
    log: 'decisions',
    position,
    at: `2026-11-22T10:00:${`${position % 60}`.padStart(2, '0')}.000Z`,
    actor: id,
    event: 'decision.recorded',
    facts: { decision: id, referral: id, level: 'L3', isOverride: false, supersedes: null },
    records: [{ table: 'decisions', id, commitment }],
  })
}

function seconds(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1e6
}
