// Measuring cases: what they cover, which mutants they notice, and the case that is suggested for one that they do not.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { parse } from 'yaml'
import { bare } from '../../src/engine/cases/bare.ts'
import { isEquivalent } from '../../src/engine/cases/equivalent.ts'
import { pinned } from '../../src/engine/cases/measure.ts'
import { mutantsOf } from '../../src/engine/cases/mutants.ts'
import { fails, likeliest, trialsOf } from '../../src/engine/cases/trials.ts'
import { contentHash } from '../../src/engine/hash.ts'
import { CasesFile, caseText, coverage, measure, readCases, runCases, suggestFor } from '../../src/engine/index.ts'
import { assemble } from '../../src/engine/policy/assemble.ts'
import { refusals } from '../../src/engine/policy/compile.ts'
import { POLICIES_ROOT } from '../../src/features/policies/files.ts'
import { anyPolicy } from '../support/arbitraries.ts'
import { calendar, compiledPolicies, compileTexts, policyOf, SMALL } from '../support/policies.ts'
import { drawFrom } from './arbitrary/draw.ts'

const policy = policyOf({})

/** Cases of the small policy, written as YAML under `cases:`. */
function casesOf(text: string, more = ''): CasesFile {
  const file = `format: threshold.cases/1\npolicy: test-policy@1.10\ncases:\n${text}\n${more}`
  const { cases, problems } = readCases(policy, { file: 'cases.yaml', text: file })
  assert.deepEqual(problems, [])
  assert.ok(cases)
  return cases
}

/** What stands on the small policy's cluster of three pairs: two in two domains, and one short. */
const PAIR = `
  - id: two
    title: Two signs in two domains
    child: { ageMonths: 84, present: [R1, R2] }
    expect: { level: N, onlyReasons: [C1, C2] }
  - id: one
    title: One sign
    each: { present: [R1, R2] }
    child: { ageMonths: 84 }
    expect: { level: E, floor: null, onlyReasons: [C1] }`

t.test('each look-alike child is a trial of its own, and one that comes out otherwise is named', async (t) => {
  const text = `format: threshold.cases/1\npolicy: test-policy@1.10\ncases:\n${PAIR.replace('[R1, R2] }\n    child', '[R1, A1], unknown: [R2] }\n    child')}`
  const { results, problems } = runCases(policy, { file: 'cases.yaml', text }, calendar)
  t.same(problems, [])
  t.same(results[0]?.failures, [])
  const failing = results[1]?.failures.map((failure) => failure.split(':')[0])
  t.same([...new Set(failing)], ['A1', 'R2 unknown'])
})

t.test('look-alike children have one child and one expectation to resemble', async (t) => {
  for (const wrong of ['children: [{ id: a }]', 'expect: [{ child: a, level: E }]', 'each: {}']) {
    const own = { id: 'a', title: 'A', each: { present: ['R1'] }, expect: {}, ...(parse(wrong) as object) }
    t.notOk(CasesFile.safeParse({ format: 'threshold.cases/1', policy: 'a@1', cases: [own] }).success, wrong)
  }
})

t.test('a floor, reviews and the whole list of reasons can be expected', async (t) => {
  const outcomes: [expect: string, passes: boolean][] = [
    ['{ floor: P }', true],
    ['{ floor: N }', false],
    ['{ floor: null }', false],
    ['{ reviews: [K2] }', true],
    ['{ reviews: [Read everything] }', true],
    ['{ reviews: [K1] }', false],
    ['{ onlyReasons: [disclosure, A1, K2, C1] }', true],
    ['{ onlyReasons: [disclosure, A1, K2] }', false],
    ['{ onlyReasons: [disclosure, A1, K2, C1, C2] }', false],
  ]
  for (const [expect, passes] of outcomes) {
    const history = '[{ monthsAgo: 1 }, { monthsAgo: 11 }]'
    const text = `format: threshold.cases/1\npolicy: test-policy@1.10\ncases: [{ id: a, title: A, child: { ageMonths: 84, present: [A1], history: ${history} }, expect: ${expect} }]`
    const [result] = runCases(policy, { file: 'cases.yaml', text }, calendar).results
    t.equal(result?.failures.length === 0, passes, expect)
  }
})

t.test('coverage names what no case touches', async (t) => {
  const kinds = new Map(coverage(policy, casesOf(PAIR).cases, calendar).map((kind) => [kind.kind, kind]))
  t.match(kinds.get('clusters that hold'), { of: 3, covered: 2, percent: 66, missing: ['C3'] })
  t.match(kinds.get('clusters one finding short'), { of: 2, covered: 1, missing: ['C3'] })
  t.match(kinds.get('rules that hold'), { covered: 0, percent: 0, missing: ['K1', 'K2', 'K3', 'K4'] })
  t.match(kinds.get('routes taken'), { missing: ['U.1', 'N.1', 'P.1'] })
  t.match(kinds.get('levels reached'), { missing: ['U', 'P'] })
  t.match(kinds.get('gates answered yes'), { missing: ['open_case'] })
  t.match(kinds.get('rises withheld by strengths'), { missing: ['K1', 'C2'] })
  t.notOk(kinds.has('points on each side of a cut-off'), 'a policy without points has no cut-offs')
  const more = `${PAIR}
  - id: near
    title: All of K1 but the age
    child: { ageMonths: 60, present: [R1, R3] }
    expect: { level: N }
  - id: held
    title: A strength holds C2 back
    child: { ageMonths: 84, present: [R1, R2, PR1] }
    expect: { level: E, notReasons: [C2] }
  - id: gate
    title: The case is open
    facts: { open_case: "yes" }
    child: { ageMonths: 84, present: [R1] }
    expect: { redirected: open_case }`
  const then = new Map(coverage(policy, casesOf(more).cases, calendar).map((kind) => [kind.kind, kind.missing]))
  t.notOk(then.get('rules one condition short')?.includes('K1'))
  t.same(then.get('rises withheld by strengths'), ['K1'])
  t.same(then.get('gates answered yes'), [])
  t.notOk(then.get('routes taken')?.includes('N.1'))
})

t.test('a gap is found, the suggested case closes it, and what cannot be closed can be explained', async (t) => {
  const cases = casesOf(PAIR)
  const mutant = 'clusters/C2/unless/atLeast = 2'
  const fates = new Map(measure(policy, cases, calendar).fates.map((fate) => [fate.mutant.id, fate]))
  t.match(fates.get('clusters/C2/count = 3'), { fate: 'noticed', by: 'two' })
  t.match(fates.get('indicators/R1/level = U'), { fate: 'noticed', by: 'two' })
  t.match(fates.get('indicators/A1/triggers/disclosure dropped'), { fate: 'refused', by: 'trigger-not-covered' })
  const survivor = fates.get(mutant)
  t.equal(survivor?.fate, 'survived')
  const suggestion = survivor && suggestFor(policy, survivor.mutant, calendar)
  t.match(suggestion?.expect, { level: 'E' })
  t.equal(Object.keys(suggestion?.child ?? {}).length, 2, 'an age and what was found, and nothing more')
  const after = measure(policy, casesOf(`${PAIR}\n${caseText(suggestion!)}`), calendar)
  t.match(
    after.fates.find((fate) => fate.mutant.id === mutant),
    { fate: 'noticed', by: 'suggested' },
  )

  const why = `unmutated:\n  - { mutant: ${mutant}, why: Nobody can tell. }\n  - { mutant: clusters/C2 dropped, why: Wrong. }\n  - { mutant: nosuch, why: Gone. }`
  const explained = measure(policy, casesOf(PAIR, why), calendar)
  t.match(
    explained.fates.find((fate) => fate.mutant.id === mutant),
    { fate: 'explained', by: 'Nobody can tell.' },
  )
  t.same(explained.stale, ['clusters/C2 dropped', 'nosuch'])
})

t.test('every suggested case comes out of the policy as it says, and of the mutant otherwise', async (t) => {
  let suggested = 0
  let none = 0
  fc.assert(
    fc.property(anyPolicy(), fc.gen(), (random, gen) => {
      const mutants = mutantsOf(bare(random.document))
      for (let i = 0; i < 6; i++) {
        const mutant = drawFrom(gen).pick(mutants)
        const found = suggestFor(random, mutant, calendar)
        if (!found) none += 1
        else {
          suggested += 1
          const base = assemble(bare(random.document), random.pack)
          const [trial] = trialsOf(base, [found], calendar)
          assert.ok(trial)
          assert.equal(fails(base, trial, calendar), false, `${mutant.id}: ${caseText(found)}`)
          assert.equal(
            fails(assemble(mutant.document, random.pack), trial, calendar),
            true,
            `${mutant.id}: ${caseText(found)}`,
          )
          // What was proven to mean the same may still show in the reasons, and in nothing else.
          if (isEquivalent(base, mutant)) assert.ok(/reasons|Reasons/.test(JSON.stringify(found.expect)), mutant.id)
        }
      }
    }),
    { numRuns: 4, endOnFailure: true },
  )
  t.ok(suggested > 0, `${suggested} suggested, ${none} without`)
})

t.test('refusals are those of the check', async (t) => {
  const wrong = SMALL.replace('absolute: true\n    triggers: [disclosure]', 'triggers: [disclosure]')
  const mutant = mutantsOf(policy.document).find(({ id }) => id === 'indicators/A1/absolute = false')
  t.same(refusals(mutant!.document, policy.pack), [
    ...new Set(compileTexts({ policy: wrong }).problems.map(({ code }) => code)),
  ])
  t.same(refusals(policy.document, policy.pack), [])
})

/** How many mutants there are of each, and the hash of their ids: what is stored of a measurement is about these. */
const MEASURED: Readonly<Record<string, readonly [count: number, hash: string]>> = {
  northmoor: [1669, '7367ee32c17ddb2b98ac751c58d6fb204e4123c8964d2d7af3692de53375c825'],
  oakhaven: [1671, '0fcdaee36e915296fefaa34d0ef8f922f085d78954979819bb4c1a888432e83f'],
  saltmere: [1549, 'e1baea8bc4b3f2ad68a6f74689fdf1be215ca87c9b37821895c1a823a23fa66c'],
}
/** Of so many mutants one is tried here; all of them by `threshold policy test --write`, whose result is stored. */
const SAMPLE = 120

for (const { file, policy: shipped } of compiledPolicies().filter(({ policy }) => policy.id in MEASURED)) {
  t.test(`${file}: the cases cover everything, and notice every mutant`, async (t) => {
    const path = join(POLICIES_ROOT, file.replace('.yaml', '.cases.yaml'))
    const cases = readCases(shipped, { file, text: readFileSync(path, 'utf8') }).cases as CasesFile
    for (const { kind, percent, missing } of coverage(shipped, cases.cases, calendar))
      t.equal(percent, 100, `${kind}: ${missing.join(', ')}`)
    const stored = join(POLICIES_ROOT, file.replace('.yaml', '.mutation.json'))
    t.match(
      JSON.parse(readFileSync(stored, 'utf8')),
      { ...pinned(shipped, cases), survived: 0 },
      `run: npx threshold policy test --write policies/${file}`,
    )
    const document = bare(shipped.document)
    const base = assemble(document, shipped.pack)
    const trials = trialsOf(base, cases.cases, calendar)
    const ids = mutantsOf(document).map(({ id }) => id)
    t.same([ids.length, contentHash(ids)], MEASURED[shipped.id], 'raise MUTANTS_VERSION where this is meant')
    const explained = (cases.unmutated ?? []).map(({ mutant }) => mutant)
    for (const [i, mutant] of mutantsOf(document).entries()) {
      if (i % SAMPLE !== 0 || explained.includes(mutant.id)) continue
      const changed = assemble(mutant.document, shipped.pack, mutant.id)
      const isCaught =
        likeliest(trials, document, mutant).some((trial) => fails(changed, trial, calendar)) ||
        refusals(mutant.document, shipped.pack).length > 0 ||
        isEquivalent(base, mutant)
      t.ok(isCaught, mutant.id)
    }
  })
}
