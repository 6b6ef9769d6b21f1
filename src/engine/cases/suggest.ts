/** For a mutant that no case notices, the smallest referral found on which it differs from the policy, as a case. */
import { canonical } from '../hash.ts'
import { assemble } from '../policy/assemble.ts'
import type { Policy } from '../policy/policy.ts'
import type { Recommendation } from '../scoring/recommendation.ts'
import { type Calendar, score } from '../scoring/score.ts'
import { bare } from './bare.ts'
import { compare, unmetOf } from './compare.ts'
import { caseOf, type Draft, lessened, merged } from './draft.ts'
import type { Mutant } from './mutants.ts'
import { companions, seedsOf } from './seeds.ts'
import type { Case, Expectation } from './shape.ts'
import { snapshotOf } from './snapshot.ts'
import { fittingAge } from './ways.ts'

/** A search that has tried this many referrals ends: what it is looking for may not exist. */
const TRIED_MAX = 4000

/** The two to tell apart: both compiled, and both from documents without words. */
interface Pair {
  readonly policy: Policy
  readonly changed: Policy
  readonly mutant: Mutant
}

/** A case that comes out as expected of the policy and otherwise of the mutant; nothing where none was found. */
function suggest(pair: Pair, calendar: Calendar): Case | undefined {
  const tell = (draft: Draft): Case | undefined => telling(pair, draft, calendar)
  let tried = 0
  for (const draft of candidates(pair)) {
    if (tried++ > TRIED_MAX) return undefined
    if (tell(draft)) return tell(shrunk(draft, tell))
  }
  return undefined
}

/** A suggestion for a mutant of the policy that `measure` found to survive. */
export function suggestFor(policy: Policy, mutant: Mutant, calendar: Calendar): Case | undefined {
  const changed = assemble(mutant.document, policy.pack, mutant.id)
  return suggest({ policy: assemble(bare(policy.document), policy.pack), changed, mutant }, calendar)
}

/** The seeds alone, then each beside each companion. */
function* candidates({ policy, mutant }: Pair): Generator<Draft> {
  const { document } = policy
  const seen = new Set<string>()
  const seeds = seedsOf(document, mutant)
  for (const beside of companions(document))
    for (const seed of seeds) {
      const draft = merged(seed, beside)
      if (!draft) continue
      const whole = settled(document, draft)
      const key = canonical(whole)
      if (seen.has(key)) continue
      seen.add(key)
      yield whole
    }
}

/** With an age, and with the concern of now where an earlier referral is to share it. */
function settled(document: Policy['document'], draft: Draft): Draft {
  const found = document.indicators.find(({ code, categories }) => categories.length > 0 && draft.present?.[code])
  const history = (draft.history ?? []).map((earlier) => ({
    ...earlier,
    categories: earlier.categories.includes('*') ? (found?.categories.slice(0, 1) ?? []) : earlier.categories,
  }))
  return { ...draft, age: draft.age === undefined ? fittingAge(document, draft) : draft.age, history }
}

/** With one thing less as long as it still tells the two apart. */
function shrunk(draft: Draft, tell: (draft: Draft) => Case | undefined): Draft {
  const smaller = lessened(draft).find((less) => tell(less))
  return smaller ? shrunk(smaller, tell) : draft
}

/** The draft as a case, if policy and mutant differ in something that a case can expect. */
function telling({ policy, changed, mutant }: Pair, draft: Draft, calendar: Calendar): Case | undefined {
  const words = { id: 'suggested', title: `Tells the policy from ${mutant.id}` }
  const snapshot = snapshotOf(caseOf(draft, { ...words, expect: {} }))
  const [right] = score(policy, snapshot, calendar)
  const [wrong] = score(changed, snapshot, calendar)
  if (!right || !wrong) return undefined
  const isTold = (expect: Expectation): boolean =>
    compare(expect, right, policy).length === 0 && compare(expect, wrong, changed).length > 0
  // Where a finding is a reason no more, it may still stand among the findings of another; the list of reasons tells.
  const reasons = { ...levelOf(right), onlyReasons: right.reasons.map(({ id }) => id) }
  const expect = [difference(right, wrong), reasons].find((one) => one && isTold(one))
  return expect && caseOf(draft, { ...words, expect })
}

/** A reader wants to see the level in any case. */
function levelOf({ level }: Recommendation): Expectation {
  return level ? { level: level.code } : { withheld: true }
}

/** What to expect of the one so that the other fails it: everything in which they differ. */
function difference(right: Recommendation, wrong: Recommendation): Expectation | undefined {
  const codes = (items: readonly { code: string }[]): string[] => items.map(({ code }) => code)
  const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)
  const open = (of: Recommendation): string[] =>
    of.outcome === 'redirected' ? ids(of.gates.filter(({ answer }) => answer === 'yes')) : []
  const more = (a: readonly string[], b: readonly string[]): string[] | undefined => {
    const list = [...new Set(a)].filter((code) => !b.includes(code))
    return list.length > 0 ? list : undefined
  }
  const splitOf = ({ practice }: Recommendation): string | undefined => practice?.split?.code
  const steps = ({ practice }: Recommendation): string[] => ids(practice?.transitions ?? [])
  const targets = ({ practice }: Recommendation): string[] => codes((practice?.transitions ?? []).map(({ to }) => to))
  const same = (a: { code: string } | null, b: { code: string } | null): boolean => a?.code === b?.code
  const all: Expectation = {
    level: same(right.level, wrong.level) ? undefined : right.level?.code,
    low: same(right.low, wrong.low) || right.level ? undefined : right.low?.code,
    high: same(right.high, wrong.high) ? undefined : right.high?.code,
    floor: same(right.floor, wrong.floor) ? undefined : (right.floor?.code ?? null),
    withheld:
      right.withheldBecause.length > 0 === wrong.withheldBecause.length > 0
        ? undefined
        : right.withheldBecause.length > 0,
    redirected: more(open(right), open(wrong))?.[0],
    responses: more(codes(right.responses), codes(wrong.responses)),
    notResponses: more(codes(wrong.responses), codes(right.responses)),
    alternatives: more(codes(right.alternatives), codes(wrong.alternatives)),
    urgency: right.urgency.code === wrong.urgency.code ? undefined : right.urgency.code,
    reviews: more(right.reviews, wrong.reviews),
    reasons: more(ids(right.reasons), ids(wrong.reasons)),
    notReasons: more(ids(wrong.reasons), ids(right.reasons)),
    questions: more(ids(right.questions), ids(wrong.questions)),
    alerts: more(codes(right.alerts), codes(wrong.alerts)),
    split: splitOf(right) === splitOf(wrong) ? undefined : splitOf(right),
    unmet: more(unmetOf(right), unmetOf(wrong)),
    notUnmet: more(unmetOf(wrong), unmetOf(right)),
    transitions: more(steps(right), steps(wrong)) ?? more(targets(right), targets(wrong)),
    notTransitions: more(steps(wrong), steps(right)),
  }
  const told = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Expectation
  return Object.keys(told).length === 0 ? undefined : { ...levelOf(right), ...told }
}
