// Mutants: every kind of small mistake is made, each in one place, and those that are said to mean the same do.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { concerns } from '../../src/engine/cases/concerned.ts'
import { isEquivalent } from '../../src/engine/cases/equivalent.ts'
import { type Mutant, mutantsOf } from '../../src/engine/cases/mutants.ts'
import { trialOf } from '../../src/engine/cases/trials.ts'
import { canonical, compile, type Policy, score } from '../../src/engine/index.ts'
import { assemble } from '../../src/engine/policy/assemble.ts'
import { fileText, POLICIES_ROOT } from '../../src/features/policies/files.ts'
import { anyPolicy, checkPairs, type Pair } from '../support/arbitraries.ts'
import { calendar, policyOf, SMALL } from '../support/policies.ts'
import { PRACTICE, result } from './fixtures/practice.ts'

const MADE = [
  // Indicators: level, grades, what one finding does, for whom, by what evidence, how soon.
  'indicators/R1/level = U',
  'indicators/R1/level = N',
  'indicators/G1/level = N',
  'indicators/G1/grades/often = E',
  'indicators/G1/grades/persistent = N',
  'indicators/R1/alone = true',
  'indicators/V1/alone = false',
  'indicators/R1/absolute = true',
  'indicators/A3/absolute = false',
  'indicators/B1/age/unborn dropped',
  'indicators/B1/age/toMonths = 10',
  'indicators/B1/age/toMonths = 12',
  'indicators/M1/measure/value = 79',
  'indicators/M1/measure/value = 81',
  'indicators/M1/measure/is = atMost',
  'indicators/V1/evidence dropped',
  'indicators/A1/triggers/disclosure dropped',
  'indicators/B1/urgency dropped',
  'indicators/B1/urgency = now',
  // Rules: the whole, each part of the condition, each effect, what withholds.
  'rules/K1 dropped',
  'rules/K1/when/all = any',
  'rules/K1/when/all/1 dropped',
  'rules/K1/when/all/3/age/toMonths = 58',
  'rules/K1/when/all/3/age/unborn = true',
  'rules/K1/then/atLeast = N',
  'rules/K1/then/atLeast dropped',
  'rules/K1/then/urgency = now',
  'rules/K1/absolute = true',
  'rules/K1/unless dropped',
  'rules/K1/unless/atLeast = 1',
  'rules/K1/unless/protective/PR1 dropped',
  'rules/K2/when/history/referralsAtLeast = 1',
  'rules/K2/when/history/withinMonths = 13',
  'rules/K3/then/response = PROTECT',
  'rules/K3/then/response dropped',
  // Clusters, gates, routes, responses.
  'clusters/C2 dropped',
  'clusters/C2/count = 3',
  'clusters/C2/acrossDomains = 1',
  'clusters/C2/ofLevel = N',
  'clusters/C2/atLeast = P',
  'clusters/C2/unless/atLeast = 2',
  'gates/open_case dropped',
  'gates/open_case/response = ADVICE',
  'routing/N.1 dropped',
  'routing/N.1/responses/EARLY dropped',
  'routing/N.1/responses/ASSESS = STRATEGY',
  'routing/N.1/alternatives/STRATEGY dropped',
  'responses/STRATEGY/urgency dropped',
  'responses/STRATEGY/urgency = now',
]

const RUNS = Number(process.env['LAWS_RUNS'] ?? 10)

t.test('each kind of mistake is made', async (t) => {
  const ids = new Set(mutantsOf(policyOf({}).document).map(({ id }) => id))
  for (const id of MADE) t.ok(ids.has(id), id)
})

t.test('conditions of every form are changed', async (t) => {
  const rule = (when: string): string[] => {
    const text = SMALL.replace('when: { history: { referralsAtLeast: 2, withinMonths: 12 } }', `when: ${when}`)
    return mutantsOf(policyOf({ policy: text }).document)
      .map(({ id }) => id)
      .filter((id) => id.startsWith('rules/K2/when'))
      .map((id) => id.slice('rules/K2/when'.length))
  }
  const table: [string, string[]][] = [
    [
      '{ present: G1, occurrence: often, withinMonths: 3 }',
      [
        '/occurrence = sometimes',
        '/occurrence = persistent',
        '/occurrence dropped',
        '/withinMonths = 2',
        '/withinMonths = 4',
        '/withinMonths dropped',
      ],
    ],
    [
      '{ present: G1, evidence: [fact, disclosure] }',
      ['/evidence dropped', '/evidence/fact dropped', '/evidence/disclosure dropped'],
    ],
    [
      '{ count: { atLeast: 1, level: N } }',
      ['/count/atLeast = 2', '/count/level = E', '/count/level = P', '/count/level dropped'],
    ],
    [
      '{ count: { atLeast: 2, acrossDomains: 2 } }',
      ['/count/atLeast = 1', '/count/atLeast = 3', '/count/acrossDomains = 1', '/count/acrossDomains = 3'],
    ],
    ['{ measure: attendance, is: atLeast, value: 0 }', ['/value = 1', '/is = above']],
    ['{ measure: attendance, is: above, value: 5 }', ['/value = 4', '/value = 6', '/is = atLeast']],
    [
      '{ history: { referralsAtLeast: 1, withinMonths: 1, sameConcern: true } }',
      ['/history/referralsAtLeast = 2', '/history/withinMonths = 2', '/history/sameConcern dropped'],
    ],
    ['{ not: { fact: not_seen } }', ['/not dropped']],
    ['{ any: [{ present: R1 }, { present: R2 }] }', ['/any = all', '/any/1 dropped', '/any/2 dropped']],
    ['{ any: [{ present: R1 }] }', []],
    [
      '{ atLeast: { n: 2, of: [{ present: R1 }, { present: R2 }] } }',
      ['/atLeast/n = 1', '/atLeast/n = 3', '/atLeast/of/1 dropped', '/atLeast/of/2 dropped'],
    ],
    ['{ consent: refused }', []],
  ]
  for (const [when, expected] of table) t.same(rule(when), expected, when)
})

t.test('a mutant differs in one thing, and no two are the same', async (t) => {
  fc.assert(
    fc.property(anyPolicy(), ({ document }) => {
      const mutants = mutantsOf(document)
      assert.equal(new Set(mutants.map(({ id }) => id)).size, mutants.length)
      for (const { id, section, document: changed } of mutants) {
        const differing = (Object.keys(document) as (keyof typeof document)[]).filter(
          (key) => document[key] !== changed[key],
        )
        assert.deepEqual(differing, [section], id)
        assert.notEqual(canonical(document[section]), canonical(changed[section] ?? null), id)
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
  t.pass()
})

const EQUIVALENT_MAX = 6

t.test('what is said to mean the same comes out the same', async (t) => {
  let compared = 0
  const cache = new WeakMap<Policy, Policy[]>()
  const same = (policy: Policy): Policy[] => {
    const known = cache.get(policy) ?? equivalents(policy)
    cache.set(policy, known)
    return known
  }
  const check = ({ policy, snapshot }: Pair): void => {
    for (const other of same(policy)) {
      compared += 1
      assert.deepEqual(
        score(other, snapshot, calendar).map(result),
        score(policy, snapshot, calendar).map(result),
        other.hash,
      )
    }
  }
  checkPairs(RUNS, check)
  // Of the policy with the parts that few have, every one of them is tried.
  const practice = policyOf({ policy: PRACTICE })
  cache.set(practice, equivalents(practice, Number.MAX_SAFE_INTEGER))
  checkPairs(3 * RUNS, check, practice)
  for (const name of ['saltmere/2026-01', 'northmoor/2026-04']) checkPairs(8, check, shipped(name))
  t.ok(compared > 10, `${compared} results compared`)
})

/** A shipped policy that stands by itself. */
function shipped(name: string): Policy {
  const statutory = fileText(join(POLICIES_ROOT, 'statutory/working-together-2023.yaml'))
  const { policy } = compile({ policy: fileText(join(POLICIES_ROOT, `${name}.yaml`)), statutory })
  if (!policy) throw new Error(`${name} does not compile`)
  return policy
}

function equivalents(policy: Policy, most = EQUIVALENT_MAX): Policy[] {
  const all = mutantsOf(policy.document).filter((mutant) => isEquivalent(policy, mutant))
  const step = Math.ceil(all.length / most)
  return all.filter((_, i) => i % step === 0).map(({ id, document }) => assemble(document, policy.pack, id))
}

t.test('a trial that is left out as not concerned comes out the same', async (t) => {
  let compared = 0
  const check = ({ policy, snapshot, at, draw }: Pair): void => {
    const child = snapshot.children[at]
    if (!child) return
    const trial = trialOf(policy, { case: 'one', snapshot: { ...snapshot, children: [child] }, expected: [] }, calendar)
    const mutant: Mutant = draw.pick(mutantsOf(policy.document))
    if (concerns(policy.document, mutant)(trial)) return
    compared += 1
    const changed = assemble(mutant.document, policy.pack, mutant.id)
    assert.deepEqual(
      score(changed, trial.snapshot, calendar).map(result),
      score(policy, trial.snapshot, calendar).map(result),
      mutant.id,
    )
  }
  checkPairs(RUNS, check)
  t.ok(compared > 5, `${compared} results compared`)
})
