/** A version of the semantics is asked for by name, goes through to the result, and is refused where it is not known. */
import t from 'tap'
import { canonical, ENGINE_SEMANTICS, SEMANTICS, score, scoreUnder, semanticsOf } from '../../src/engine/index.ts'
import { calendar, child, policyOf, snapshot } from '../support/policies.ts'

const policy = policyOf({})
const referred = snapshot([child(['R1']), child([], { id: 'b' })])

t.test('the present version is the newest, and every version says what changed', async (t) => {
  t.equal(ENGINE_SEMANTICS, SEMANTICS.at(-1)?.version)
  t.equal(new Set(SEMANTICS.map(({ version }) => version)).size, SEMANTICS.length, 'each once')
  for (const { version, changed } of SEMANTICS) t.ok(changed, version)
})

t.test('scoring without a version is scoring under the present one', async (t) => {
  const present = canonical(score(policy, referred, calendar))
  t.equal(canonical(scoreUnder(ENGINE_SEMANTICS, policy, referred, calendar)), present)
})

t.test('the version that is asked for reaches every child and is named in the pins', async (t) => {
  for (const semantics of [...SEMANTICS, { ...SEMANTICS[0]!, version: 'of this test' }]) {
    const results = score(policy, referred, calendar, semantics)
    t.same(
      results.map(({ pins }) => pins.engine),
      [semantics.version, semantics.version],
    )
  }
})

t.test('a version that the engine does not have is refused, and not taken for another', async (t) => {
  for (const version of ['', '0', '01', '1.0', ' 1', 'latest', 'constructor', 'of this test']) {
    t.equal(semanticsOf(version), undefined, version)
    t.throws(
      () => scoreUnder(version, policy, referred, calendar),
      new RangeError(`This engine does not have the semantics ${version}.`),
    )
  }
})
