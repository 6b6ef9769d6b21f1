// What CI makes of a control whose test was skipped, failed or did not run.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { type Claim, claimsOf, MAY_BE_SKIPPED, type Ran, testsIn, unshown } from '../scripts/controls-ran.ts'

const root = resolve(import.meta.dirname, '..')
const file = 'test/a.test.ts'
const passed = (name: string): Ran => ({ file, name, outcome: 'passed' })
const claim = (...names: string[]): Claim[] => [{ what: 'H1', tests: names.map((name) => `${file} > ${name}`) }]

t.test('what a test file wrote is read: nested, escaped, skipped and failed', async (t) => {
  const tap = `TAP version 14
# Subtest: a claim \\#1
    ok 1 - a claim \\#1
    # Subtest: within
        not ok 1 - an assertion # time=3ms
        1..1
    not ok 2 - within # time=4ms
    ok 3 - left out # SKIP no server
    1..3
not ok 1 - a claim \\#1 # time=5.1ms
ok 2 - a whole one # SKIP NO VECTORS at folder
# Subtest: it throws where it does not hold
    1..0
ok 3 - it throws where it does not hold # time=2ms
1..3
`
  t.strictSame(testsIn(file, tap), [
    { file, name: 'within', outcome: 'failed' },
    { file, name: 'left out', outcome: 'skipped' },
    { file, name: 'a claim #1', outcome: 'failed' },
    { file, name: 'a whole one', outcome: 'skipped' },
    { file, name: 'it throws where it does not hold', outcome: 'passed' },
  ])
})

t.test(
  'a control is shown by a test that passed, and not by one that was skipped, failed or did not run',
  async (t) => {
    t.strictSame(unshown(claim('a'), [passed('a')]), [])
    t.strictSame(unshown(claim('a'), [{ ...passed('a'), outcome: 'skipped' }]), [`H1 – ${file} > a: skipped`])
    t.strictSame(unshown(claim('a'), [passed('ab'), { ...passed('a'), file: 'test/b.test.ts' }]), [
      `H1 – ${file} > a: not run`,
    ])
    const both = [passed('a'), { ...passed('a'), outcome: 'failed' as const }]
    t.strictSame(unshown(claim('a'), both), [`H1 – ${file} > a: failed`], 'in one of the lanes')
    const inOne = [passed('a'), { ...passed('a'), outcome: 'skipped' as const }]
    t.strictSame(unshown(claim('a'), inOne), [], 'one lane is enough')
  },
)

t.test('names are known over a surface, as a row, and put together from a table', async (t) => {
  t.strictSame(unshown(claim('a'), [passed('a (REST)'), passed('a (GraphQL)')]), [])
  t.strictSame(unshown(claim('a'), [passed('12, a title: a')]), [])
  const told = claim(`a (\${surface})`)
  t.strictSame(unshown(told, [passed('a (REST)'), passed('a (GraphQL)')]), [])
  const halfTold = [passed('a (REST)'), { ...passed('a (GraphQL)'), outcome: 'skipped' as const }]
  t.strictSame(unshown(told, halfTold), [`H1 – ${file} > a (\${surface}): skipped`])
})

t.test('what may be skipped needs another that ran, and only what is on the list may be', async (t) => {
  const skipped = { ...passed('a'), outcome: 'skipped' as const }
  const may = { [`${file} > a`]: 'needs Python' }
  t.strictSame(unshown(claim('a', 'b'), [skipped, passed('b')], may), [])
  t.strictSame(unshown(claim('a'), [skipped], may), ['H1 – all that is named for it was skipped'])
  t.strictSame(unshown(claim('a', 'b'), [passed('b')], may), [`H1 – ${file} > a: not run`])
})

t.test('of the papers, every claim that rests on what may be skipped rests on something else as well', async (t) => {
  const claims = claimsOf(root)
  t.ok(claims.length > 150)
  const named = new Set(claims.flatMap(({ tests }) => tests))
  for (const test of Object.keys(MAY_BE_SKIPPED)) t.ok(named.has(test), `${test} is named`)
  for (const { what, tests } of claims)
    t.ok(
      tests.some((test) => !(test in MAY_BE_SKIPPED)),
      what,
    )
})

t.test('CI asks for it, and counts it', async (t) => {
  const ci = readFileSync(resolve(root, '.ci/run'), 'utf8')
  t.match(ci, /^export TEST_RAN$/m)
  t.match(ci, /^begin '[^']+' npm run --silent controls -- "\$TEST_RAN"$/m)
  t.match(ci, /^finish\nrm -rf "\$TEST_RAN"$/m, 'before what the tests wrote is taken away')
  t.ok(existsSync(resolve(root, 'scripts/controls.ts')))
})
