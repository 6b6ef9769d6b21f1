/** Every case and example comes out as it did, byte for byte, under the engine semantics that it was kept with. */
import t from 'tap'
import { ENGINE_SEMANTICS } from '../../src/engine/index.ts'
import { compareGolden, computed, type Golden, goldenVersions, readGolden } from '../golden/corpus.ts'

t.test('the golden corpus comes out the same, and is complete', async (t) => {
  const kept = readGolden(ENGINE_SEMANTICS)
  const { added, dropped, changed } = compareGolden(kept, computed(ENGINE_SEMANTICS))
  t.same(changed, [], 'results differ: mend the engine, or raise ENGINE_SEMANTICS')
  t.same([added, dropped], [[], []], 'cases came or went: npm run golden')
  t.ok(goldenVersions().includes(ENGINE_SEMANTICS))
})

t.test('another result is a change only where everything that went into it is the same', async (t) => {
  const kept = readGolden(ENGINE_SEMANTICS)
  const [name = '', policy] = Object.entries(kept.policies)[0] ?? t.fail('there is a policy')
  const [entry = '', hashes = ''] = Object.entries(policy?.results ?? {})[0] ?? t.fail('there is an entry')
  const [snapshot, result] = hashes.split(' ')
  const where = `${name} ${entry}`
  const withResult = (text: string): Golden => ({
    ...kept,
    policies: { ...kept.policies, [name]: { ...policy!, results: { ...policy!.results, [entry]: text } } },
  })
  const other = '0'.repeat(64)
  t.same(compareGolden(withResult(`${snapshot} ${other}`), kept), { added: [], dropped: [], changed: [where] })
  t.same(compareGolden(withResult(`${other} ${result}`), kept), { added: [where], dropped: [where], changed: [] })
  const otherCalendar = { ...kept, policies: { [name]: { ...policy!, calendarHash: other } } }
  t.same(compareGolden(otherCalendar, kept).changed, [])
  t.same(compareGolden(kept, kept), { added: [], dropped: [], changed: [] })
})
