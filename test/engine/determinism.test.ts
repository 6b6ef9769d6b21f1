/** Same policy, same snapshot, same bytes: again, in another process, zone and language, however written. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { canonical, contentHash, recompile, score } from '../../src/engine/index.ts'
import { calendar, PACK, policyOf, SMALL } from '../support/policies.ts'
import { digest, samples } from './fixtures/score-samples.ts'

const SAMPLES = 6

t.test(
  'scoring asks for no clock, chance or locale, and comes out the same in another process, zone and language',
  async (t) => {
    const here = digest(SAMPLES)
    const script = fileURLToPath(new URL('fixtures/score-samples.ts', import.meta.url))
    for (const env of [
      { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' },
    ]) {
      const there = execFileSync(process.execPath, [script, String(SAMPLES)], {
        env: { PATH: process.env['PATH'] ?? '', ...env },
        encoding: 'utf8',
      }).trim()
      t.equal(there, here, `${env.TZ} ${env.LANG}`)
    }
  },
)

t.test('a hundred times the same comes out the same, and nothing that is given is changed', async (t) => {
  for (const { policy, snapshots } of samples(3)) {
    for (const snapshot of snapshots) {
      const given = frozen(structuredClone(snapshot)) as Parameters<typeof score>[1]
      const first = canonical(score(policy, given, calendar))
      const again = Array.from({ length: 100 / snapshots.length }, () => canonical(score(policy, given, calendar)))
      t.ok(
        again.every((bytes) => bytes === first),
        policy.id,
      )
      t.equal(canonical(given), canonical(snapshot))
    }
  }
})

t.test('a stored policy compiled again scores to the same bytes, whatever the order of its keys', async (t) => {
  for (const { policy, snapshots } of samples(SAMPLES)) {
    const again = recompile(reversed(structuredClone(policy.document)), reversed(structuredClone(policy.pack)))
    t.equal(again.hash, policy.hash)
    t.equal(again.statutory.hash, policy.statutory.hash)
    for (const snapshot of snapshots as Parameters<typeof score>[1][]) {
      t.equal(
        canonical(score(again, reversed(snapshot) as typeof snapshot, calendar)),
        canonical(score(policy, snapshot, calendar)),
        policy.id,
      )
    }
  }
})

t.test('white space, comments, quotes and style are no part of a policy', async (t) => {
  const plain = policyOf({})
  const styles = [
    JSON.stringify(parse(SMALL)),
    stringify(parse(SMALL)),
    stringify(parse(SMALL), { defaultStringType: 'QUOTE_SINGLE' }),
    SMALL.replaceAll('\n', '\r\n'),
    SMALL.replaceAll(/^#.*\n/gm, ''),
  ]
  t.same(
    styles.map((policy) => policyOf({ policy }).hash),
    styles.map(() => plain.hash),
  )
  t.equal(policyOf({ pack: stringify(parse(PACK)) }).statutory.hash, plain.statutory.hash)
})

t.test('every word of a policy is part of its hash', async (t) => {
  t.not(policyOf({ policy: SMALL.replace('Grandmother.', 'Grandmother') }).hash, policyOf({}).hash)
  t.not(policyOf({ policy: SMALL.replace('label: Universal,', 'label: universal,') }).hash, policyOf({}).hash)
  t.equal(contentHash(policyOf({}).document), policyOf({}).hash)
})

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) frozen(part)
  return value
}

/** The same value with every object's keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  )
}
