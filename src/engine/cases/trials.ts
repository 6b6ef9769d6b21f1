/** Cases taken apart into trials: one child each, with what is expected of it and what it is about. */
import type { Policy } from '../policy/policy.ts'
import type { IndicatorSpec, PolicyDocument } from '../policy/shape.ts'
import type { Snapshot, SnapshotChild } from '../referral/snapshot.ts'
import { type Calendar, score } from '../scoring/score.ts'
import { compare } from './compare.ts'
import { concerns, foundSpecs } from './concerned.ts'
import { changedIn, type Mutant, stringsOf } from './mutants.ts'
import { expectationsOf } from './run.ts'
import type { Case, Expectation } from './shape.ts'
import { snapshotOf } from './snapshot.ts'

export interface Trial {
  /** Id of the case. */
  readonly case: string
  /** The referral as scored for this one child. */
  readonly snapshot: Snapshot
  readonly expected: readonly Expectation[]
  /** Codes of the findings and names of the measures. */
  readonly findings: ReadonlySet<string>
  /** Indicators that may be found. */
  readonly specs: readonly IndicatorSpec[]
  /** Levels at the low and the high end, and the responses, as the policy has them. */
  readonly reached: ReadonlySet<string>
  readonly responses: ReadonlySet<string>
  /** Codes of findings and assessments, what they stand for, and every code that is expected: the more of a mutant's words, the likelier it notices. */
  readonly words: ReadonlySet<string>
}

/** One trial for each child of whom a case expects something. */
export function trialsOf(policy: Policy, cases: readonly Case[], calendar: Calendar): Trial[] {
  return cases.flatMap((item) => {
    const snapshot = snapshotOf(item)
    const expectations = expectationsOf(
      item,
      snapshot.children.map(({ id }) => id),
    )
    return snapshot.children.flatMap((child) => {
      const expected = expectations.filter((one) => one.child === child.id).map((one) => one.expected)
      const one = { case: item.id, snapshot: { ...snapshot, children: [child] }, expected }
      return expected.length === 0 ? [] : [trialOf(policy, one, calendar)]
    })
  })
}

/** The trial of a snapshot with one child in it. */
export function trialOf(policy: Policy, one: Pick<Trial, 'case' | 'snapshot' | 'expected'>, calendar: Calendar): Trial {
  const [child] = one.snapshot.children as [SnapshotChild]
  const [got] = score(policy, one.snapshot, calendar)
  const specs = foundSpecs(policy.document, child)
  const findings = new Set([
    ...child.findings.map(({ indicator }) => indicator),
    ...child.measurements.map(({ measure }) => measure),
  ])
  return {
    ...one,
    findings,
    specs,
    reached: new Set([got?.low?.code, got?.high?.code].filter((code) => code !== undefined)),
    responses: new Set(got?.responses.map(({ code }) => code)),
    words: new Set([
      ...findings,
      ...specs.flatMap(({ level, categories }) => [level, ...categories]),
      ...one.snapshot.facts.map(({ code }) => code),
      ...(child.assessments ?? []).map(({ assessment }) => assessment),
      ...stringsOf(one.expected),
    ]),
  }
}

/** Whether a policy gives for the trial something else than is expected. */
export function fails(policy: Policy, { snapshot, expected }: Trial, calendar: Calendar): boolean {
  const [got] = score(policy, snapshot, calendar)
  return got !== undefined && expected.some((one) => compare(one, got, policy).length > 0)
}

/** The trials that could notice a mutant, the likeliest first. */
export function likeliest(trials: readonly Trial[], document: PolicyDocument, mutant: Mutant): readonly Trial[] {
  const concerned = trials.filter(concerns(document, mutant))
  if (mutant.section === 'indicators') return concerned
  const about = new Set([mutant.code, ...stringsOf(changedIn(document, mutant))])
  const shared = ({ words }: Trial): number =>
    (words.has(mutant.code) ? 10 : 0) + [...words].filter((word) => about.has(word)).length
  return concerned
    .map((trial) => ({ trial, weight: shared(trial) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ trial }) => trial)
}
