/** `explain(policy, snapshot)`: why each recommendation is what it is, and what would change it. Pure, as scoring is. */
import type { Policy } from '../policy/policy.ts'
import type { Snapshot } from '../referral/snapshot.ts'
import type { Recommendation } from '../scoring/recommendation.ts'
import type { CitationRef } from '../scoring/refs.ts'
import { type Calendar, score } from '../scoring/score.ts'
import { plausibleAnswers } from './answers.ts'
import { consideredOf } from './considered.ts'
import { foundThings, wouldFall, wouldRaise } from './counterfactuals.ts'
import { saidOf } from './readings.ts'
import type { Considered, Explanation } from './shape.ts'
import { judgeOf, viewOf } from './view.ts'

/** Sets of changes that are tried for one child, either way, and at most for all children together. */
const TRIES_MAX = 700
const TRIES_ALL_MAX = 2000

/** One explanation for each child, in the snapshot's order. */
export function explain(policy: Policy, snapshot: Snapshot, calendar: Calendar): Explanation[] {
  const triesMax = Math.min(TRIES_MAX, Math.floor(TRIES_ALL_MAX / snapshot.children.length))
  return score(policy, snapshot, calendar).map((recommendation) =>
    explainChild(policy, snapshot, recommendation, triesMax),
  )
}

function explainChild(
  policy: Policy,
  snapshot: Snapshot,
  recommendation: Recommendation,
  triesMax: number,
): Explanation {
  const child = snapshot.children.find(({ id }) => id === recommendation.child)
  if (!child) throw new Error('A child was scored that is not in the snapshot')
  const { title, authority, effective } = policy.document.document
  const view = viewOf(policy, snapshot, child, recommendation)
  // All that is read off the view comes before anything is scored again.
  const considered = consideredOf(view).sort(byPlace(`${policy.id}@${policy.version}`))
  const said = saidOf(view)
  const answers = plausibleAnswers(view)
  const found = foundThings(view)
  const trying = { judge: judgeOf(policy, child.id), triesMax }
  return {
    child: child.id,
    document: { reference: `${policy.id}@${policy.version}`, title, authority, effective },
    levelWords: recommendation.level ? (policy.levels[recommendation.level.rank]?.description ?? null) : null,
    escalation: policy.document.oversight.escalation.map(({ role }) => role),
    recommendation,
    said,
    considered,
    wouldRaise: wouldRaise(view, answers, trying),
    wouldFall: wouldFall(view, found, trying),
  }
}

/** The order of the document's paragraphs, C2 before C10; other documents come after it, and what has no citation last. */
function byPlace(home: string): (one: Considered, other: Considered) => number {
  const placeOf = ({ document, section, paragraph, page }: CitationRef): (string | number)[] => [
    section === '' ? 1 : 0,
    document === home ? 0 : 1,
    ...[document, section, paragraph ?? '', String(page ?? '')].flatMap(numbersApart),
  ]
  return (one, other) => compareParts(placeOf(one.citation), placeOf(other.citation))
}

function numbersApart(text: string): (string | number)[] {
  return [...(text.match(/\d+|\D+/g) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part)), '']
}

function compareParts(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const [a = '', b = ''] = [one[i], other[i]]
    if (a === b) continue
    if (typeof a === typeof b) return a < b ? -1 : 1
    return typeof a === 'number' ? 1 : -1
  }
  return one.length - other.length
}
