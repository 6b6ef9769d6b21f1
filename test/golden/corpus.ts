/**
 * The golden corpus: what every case and every example comes to under every policy that is shipped, as hashes.
 * `<semantics>.json` beside this file is the oracle, `npm run golden` extends it, `test/engine/golden.test.ts` replays it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import {
  CasesFile,
  contentHash,
  Referral,
  type Snapshot,
  scoreUnder,
  snapshotOf,
  toSnapshot,
} from '../../src/engine/index.ts'
import { calendarWithHash, policyFiles, readCalendar } from '../../src/features/policies/files.ts'
import { policyOfFile } from '../support/policies.ts'

interface GoldenPolicy {
  readonly policyHash: string
  readonly statutoryHash: string
  /** `case <id> <child>` or `example <file> <child>` → hash of the snapshot, a space, hash of the recommendation. */
  readonly results: Readonly<Record<string, string>>
}

export interface Golden {
  readonly semantics: string
  /** The calendar that this corpus was begun with: it stays in policies/calendars/, and the corpus stays with it. */
  readonly calendarHash: string
  /** By `id@version`. */
  readonly policies: Readonly<Record<string, GoldenPolicy>>
}

/** The day after the examples were written: their dates and ages are counted from it. */
const EXAMPLES_RECEIVED_AT = '2026-11-22T10:00:00.000Z'
const EXAMPLES = new URL('../../examples/referrals/', import.meta.url)
const FIRST_REQUEST = new URL('../../examples/first-request.json', import.meta.url)
const FIRST_REQUEST_AUTHORITY = 'northmoor'

/** Everything that is shipped, scored anew under the semantics and the calendar of a corpus. */
export function computed({ semantics, calendarHash }: Golden): Golden {
  const calendar = calendarWithHash(calendarHash)
  if (!calendar) throw new Error(`policies/calendars/ has no file with the hash ${calendarHash} any more`)
  const policies = policyFiles().map((file) => {
    const policy = policyOfFile(file)
    const snapshots = [...caseSnapshots(file), ...exampleSnapshots(policy.id)]
    const results = snapshots.flatMap(([name, snapshot]) =>
      scoreUnder(semantics, policy, snapshot, calendar).map(
        (recommendation) =>
          [`${name} ${recommendation.child}`, `${contentHash(snapshot)} ${contentHash(recommendation)}`] as const,
      ),
    )
    return [
      `${policy.id}@${policy.version}`,
      {
        policyHash: policy.hash,
        statutoryHash: policy.statutory.hash,
        results: sorted(results),
      },
    ] as const
  })
  return { semantics, calendarHash, policies: sorted(policies) }
}

function caseSnapshots(policyFile: string): [string, Snapshot][] {
  const file = policyFile.replace(/\.yaml$/, '.cases.yaml')
  if (!existsSync(file)) return []
  const { cases } = CasesFile.parse(parse(readFileSync(file, 'utf8')))
  return cases.map((item) => [`case ${item.id}`, snapshotOf(item)])
}

/** The examples of an authority, under each of its policies. */
function exampleSnapshots(authority: string): [string, Snapshot][] {
  const folder = new URL(`${authority}/`, EXAMPLES)
  const files = existsSync(folder) ? readdirSync(folder).map((file) => [file, new URL(file, folder)] as const) : []
  const first = authority === FIRST_REQUEST_AUTHORITY ? [['first-request.json', FIRST_REQUEST] as const] : []
  return [...files, ...first].map(([file, url]) => {
    const referral = Referral.parse(JSON.parse(readFileSync(url, 'utf8')))
    return [`example ${file.replace('.json', '')}`, toSnapshot(referral, { receivedAt: EXAMPLES_RECEIVED_AT })]
  })
}

const fileOf = (semantics: string): URL => new URL(`${semantics}.json`, import.meta.url)

/** The semantics versions that have a corpus. */
export function goldenVersions(): string[] {
  return readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''))
    .sort()
}

/** What is kept for a version; nothing where there is no file yet. */
export function readGolden(semantics: string): Golden {
  const file = fileOf(semantics)
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Golden)
    : { semantics, calendarHash: readCalendar().hash, policies: {} }
}

/** Path of the corpus of a version, and its text: one line for each result, so that a diff shows which changed. */
export function goldenFile(golden: Golden): { file: URL; text: string } {
  return { file: fileOf(golden.semantics), text: `${JSON.stringify(golden, null, 2)}\n` }
}

export interface GoldenChange {
  readonly added: readonly string[]
  readonly dropped: readonly string[]
  /** Same policy, statutory pack and snapshot, and yet another result: never to be kept under one version. */
  readonly changed: readonly string[]
}

/** How what comes out now stands to what is kept, entry by entry: `<policy> <entry>`. */
export function compareGolden(kept: Golden, now: Golden): GoldenChange {
  const [before, after] = [flat(kept), flat(now)]
  return {
    added: [...after.keys()].filter((key) => before.get(key)?.given !== after.get(key)?.given),
    dropped: [...before.keys()].filter((key) => before.get(key)?.given !== after.get(key)?.given),
    changed: [...after].flatMap(([key, { given, result }]) => {
      const was = before.get(key)
      return was && was.given === given && was.result !== result ? [key] : []
    }),
  }
}

/** What is kept of a policy, a case or an example that is there still and unedited; nothing is added. */
export function stillThere(kept: Golden, now: Golden): Golden {
  const dropped = new Set(compareGolden(kept, now).dropped)
  const policies = Object.entries(kept.policies).flatMap(([policy, { results, ...rests }]) => {
    const left = Object.entries(results).filter(([entry]) => !dropped.has(`${policy} ${entry}`))
    return left.length > 0 ? [[policy, { ...rests, results: Object.fromEntries(left) }] as const] : []
  })
  return { ...kept, policies: Object.fromEntries(policies) }
}

/** Every entry with what went into it and what came out. */
function flat({ policies }: Golden): Map<string, { given: string; result: string }> {
  return new Map(
    Object.entries(policies).flatMap(([policy, { results, policyHash, statutoryHash }]) =>
      Object.entries(results).map(([entry, hashes]) => {
        const [snapshotHash = '', result = ''] = hashes.split(' ')
        return [`${policy} ${entry}`, { given: [policyHash, statutoryHash, snapshotHash].join(), result }]
      }),
    ),
  )
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const inOrder = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  const keys = inOrder.map(([key]) => key)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  if (twice !== undefined) throw new Error(`There are two entries ${twice}`)
  return Object.fromEntries(inOrder)
}

// In a process of its own, for another zone and language: the hash of the whole corpus of a version, scored anew.
if (import.meta.main) console.log(contentHash(computed(readGolden(process.argv[2] ?? ''))))
