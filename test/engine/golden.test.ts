/** Every case and example comes out as it did, byte for byte, under the engine semantics that it was kept with. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { calendarOf, contentHash, ENGINE_SEMANTICS, SEMANTICS } from '../../src/engine/index.ts'
import { calendarWithHash, POLICIES_ROOT, readCalendar } from '../../src/features/policies/files.ts'
import { compareGolden, computed, type Golden, goldenVersions, readGolden, stillThere } from '../golden/corpus.ts'
import { temporaryFolder } from '../support/command.ts'

for (const { version } of SEMANTICS) {
  t.test(`the golden corpus of semantics ${version} comes out the same`, async (t) => {
    const kept = readGolden(version)
    const { added, dropped, changed } = compareGolden(kept, computed(kept))
    t.same(changed, [], 'results differ: mend the engine, or raise ENGINE_SEMANTICS')
    t.same(dropped, [], 'cases went or were edited: npm run golden')
    // What is new is kept under the present semantics alone.
    if (version === ENGINE_SEMANTICS) t.same(added, [], 'cases came: npm run golden')
  })
}

t.test('every version of the semantics has its corpus', async (t) => {
  t.same(goldenVersions(), SEMANTICS.map(({ version }) => version).sort())
})

t.test('the corpus comes out the same in another process, zone and language', async (t) => {
  const script = fileURLToPath(new URL('../golden/corpus.ts', import.meta.url))
  const env = { PATH: process.env['PATH'] ?? '', TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }
  const there = execFileSync(process.execPath, [script, ENGINE_SEMANTICS], { env, encoding: 'utf8' }).trim()
  t.equal(there, contentHash(readGolden(ENGINE_SEMANTICS)))
})

t.test('a calendar that was extended since is found by its hash while its file is kept', async (t) => {
  const folder = temporaryFolder(t)
  const shipped = readFileSync(join(POLICIES_ROOT, 'calendars/england-and-wales.json'), 'utf8')
  const earlier = { ...JSON.parse(shipped), version: 'earlier' }
  const { hash } = calendarOf(earlier)
  writeFileSync(join(folder, 'england-and-wales.json'), shipped)
  t.equal(calendarWithHash(hash, folder), undefined)
  writeFileSync(join(folder, 'england-and-wales-earlier.json'), JSON.stringify(earlier))
  t.equal(calendarWithHash(hash, folder)?.hash, hash)
  t.equal(calendarWithHash(readCalendar().hash), readCalendar())
})

t.test('another result is a change only where everything that went into it is the same', async (t) => {
  const kept = readGolden(ENGINE_SEMANTICS)
  const [name, policy] = Object.entries(kept.policies)[0]!
  const [entry, hashes] = Object.entries(policy.results)[0]!
  const [snapshot, result] = hashes.split(' ')
  const where = `${name} ${entry}`
  const withResult = (text: string): Golden => ({
    ...kept,
    policies: { ...kept.policies, [name]: { ...policy, results: { ...policy.results, [entry]: text } } },
  })
  const other = '0'.repeat(64)
  t.same(compareGolden(withResult(`${snapshot} ${other}`), kept), { added: [], dropped: [], changed: [where] })
  t.same(compareGolden(withResult(`${other} ${result}`), kept), { added: [where], dropped: [where], changed: [] })
  const otherPolicy = { ...kept, policies: { ...kept.policies, [name]: { ...policy, policyHash: other } } }
  t.same(compareGolden(otherPolicy, kept).changed, [])
  t.same(compareGolden(kept, kept), { added: [], dropped: [], changed: [] })
})

t.test(
  'what an earlier version of the semantics has of cases that are no more is dropped, and nothing is added',
  async (t) => {
    const kept = readGolden(ENGINE_SEMANTICS)
    const [[name, policy], ...others] = Object.entries(kept.policies) as [[string, Golden['policies'][string]], ...[]]
    const [gone, ...rest] = Object.entries(policy.results)
    const now = {
      ...kept,
      policies: { ...Object.fromEntries(others), [name]: { ...policy, results: Object.fromEntries(rest) } },
    }
    t.same(stillThere(kept, now), now)
    t.same(stillThere(now, kept), now, `${gone?.[0]} is not added`)
  },
)
