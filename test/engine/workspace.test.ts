/** One room serves child after child: nothing of one may be found by the next, whatever happened in between. */
import fc from 'fast-check'
import t from 'tap'
import { type Policy, recompile, type Snapshot, score } from '../../src/engine/index.ts'
import { anyPolicy, snapshotsOf } from '../support/arbitraries.ts'
import { calendar, child, finding, policyOf, snapshot } from '../support/policies.ts'

/** As a process would that never scored before. */
const anew = (policy: Policy, one: Snapshot) => score(recompile(policy.document, policy.pack), one, calendar)
const again = (policy: Policy, one: Snapshot) => score(policy, one, calendar)
const policies = [policyOf({}), ...fc.sample(anyPolicy(), { numRuns: 8, seed: 5 })]

t.test('a child is scored as if nobody had been scored before', async (t) => {
  for (const policy of policies) {
    const many = fc.sample(snapshotsOf(policy), { numRuns: 12, seed: 1 })
    for (const one of many) again(policy, one)
    for (const one of many.slice(0, 4)) t.same(again(policy, one), anew(policy, one), policy.id)
  }
})

t.test('what was left half-read is found by nobody', async (t) => {
  for (const policy of policies) {
    const codes = policy.indicators.map(({ spec }) => spec.code)
    const all = child(codes.map((code) => finding(code)))
    for (const fails of [0, 1, codes.length >> 1, codes.length - 1]) {
      t.throws(() => again(policy, snapshot([{ ...all, findings: failing(all.findings, fails) }])), /cannot be read/)
      t.same(
        again(policy, snapshot([child([])])),
        anew(policy, snapshot([child([])])),
        `after ${fails} of ${policy.id}`,
      )
    }
  }
})

t.test('scoring within scoring disturbs neither', async (t) => {
  for (const policy of policies) {
    const [outer, inner] = fc.sample(snapshotsOf(policy), { numRuns: 2, seed: 2 }) as [Snapshot, Snapshot]
    const results: unknown[] = []
    const nested = {
      ...outer,
      children: outer.children.map((one) =>
        Object.defineProperty({ ...one }, 'unmapped', {
          enumerable: true,
          get: () => {
            results.push(again(policy, inner))
            return one.unmapped
          },
        }),
      ),
    }
    t.same(again(policy, nested), anew(policy, outer))
    t.ok(results.length > 0)
    for (const result of results) t.same(result, anew(policy, inner))
  }
})

/** The findings, of which one fails when its state is read by scoring (and not when the snapshot is hashed before). */
function failing<T extends { state: string }>(findings: readonly T[], at: number): T[] {
  return findings.map((one, i) => {
    if (i !== at) return one
    let reads = 0
    return Object.defineProperty({ ...one }, 'state', {
      enumerable: true,
      get: () => {
        if (reads++ > 0) throw new Error('The finding cannot be read')
        return one.state
      },
    })
  })
}
