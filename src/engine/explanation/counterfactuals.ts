/** What would change the recommendation: the smallest sets of answers that raise it, the smallest without which it falls. */
import { YES } from '../conditions/kleene.ts'
import { factsOf, type Snapshot } from '../referral/snapshot.ts'
import { withAnswers } from './answers.ts'
import { type Searched, smallestSets } from './search.ts'
import type { Change, ChangeSet, Counterfactuals } from './shape.ts'
import type { Judge, Verdict, View } from './view.ts'
import { measureLabel, questionOf, textOf } from './words.ts'

/** So many changes are combined, the nearest of them. */
const CHANGES_MAX = 16
/** So many sets are shown, the smallest of them. */
const SETS_MAX = 40

export interface Trying {
  readonly judge: Judge
  /** How many sets are tried at most. Each is scored again. */
  readonly triesMax: number
}

/** Sets of answers, none of them known now, that raise the level, and others that change what is recommended first. */
export function wouldRaise(view: View, answers: readonly Change[], trying: Trying): Counterfactuals {
  const { snapshot, child } = view
  const now = trying.judge(snapshot)
  const used = answers.slice(0, CHANGES_MAX)
  const searched = smallestSets(used.length, ['raises_level', 'changes_response'] as const, {
    triesMax: trying.triesMax,
    judge: (members) => {
      const changes = chosen(used, members)
      if (new Set(changes.map(({ kind, code }) => `${kind}/${code}`)).size < changes.length) return null
      const result = trying.judge(withAnswers(snapshot, child.id, changes))
      const goals = [
        ...(result.low > now.low ? (['raises_level'] as const) : []),
        ...(isSameResponse(result, now) ? [] : (['changes_response'] as const)),
      ]
      return { goals, result }
    },
  })
  return shown(used, searched, answers.length - used.length)
}

/** Sets of what was found without which the level would be lower. */
export function wouldFall(view: View, found: readonly Change[], trying: Trying): Counterfactuals {
  const { snapshot, child } = view
  const now = trying.judge(snapshot)
  const used = now.low < 0 ? [] : found.slice(0, CHANGES_MAX)
  const searched = smallestSets(used.length, ['lowers_level'] as const, {
    triesMax: trying.triesMax,
    judge: (members) => {
      const result = trying.judge(without(snapshot, child.id, chosen(used, members)))
      return { goals: result.low < now.low ? ['lowers_level'] : [], result }
    },
  })
  return shown(used, searched, now.low < 0 ? 0 : found.length - used.length)
}

/** Everything found that could carry the level, what the decisive reasons rest on first. */
export function foundThings(view: View): Change[] {
  const { policy, snapshot, child, recommendation } = view
  const bare = { now: 'found', occurrence: null, evidence: null, value: null } as const
  const decisive = new Set(
    recommendation.reasons
      .filter((reason) => reason.decisive)
      .flatMap(({ findings }) => findings.map((one) => one.indicator)),
  )
  const sure = view.support.filter(
    (index) => view.found(index) === YES && policy.indicators[index]?.spec.kind !== 'protective',
  )
  const codes = sure.map((index) => policy.indicators[index]?.spec.code ?? '')
  const said = (code: string): boolean =>
    child.findings.some(({ indicator, state }) => indicator === code && state !== 'absent')
  const findings = [...codes.filter((code) => decisive.has(code)), ...codes.filter((code) => !decisive.has(code))]
    .filter(said)
    .map((code): Change => ({ ...bare, kind: 'finding', code, words: textOf(policy, code) }))
  const danger: Change[] = snapshot.immediateDanger
    ? [{ ...bare, kind: 'immediate_danger', code: 'immediate_danger', words: questionOf(policy, 'immediate_danger') }]
    : []
  const measures = [...new Set(child.measurements.map(({ measure }) => measure))]
  const facts = factsOf(snapshot, child.id).filter(({ answer }) => answer === 'yes')
  return [
    ...danger,
    ...findings,
    ...measures.map((code): Change => ({ ...bare, kind: 'measurement', code, words: measureLabel(policy, code) })),
    ...[...new Set(facts.map(({ code }) => code))].map(
      (code): Change => ({ ...bare, kind: 'fact', code, words: `yes to “${questionOf(policy, code)}”` }),
    ),
  ]
}

/** The snapshot without things that were found, as if nobody had mentioned them. */
export function without(snapshot: Snapshot, childId: string, changes: readonly Change[]): Snapshot {
  const gone = (kind: Change['kind'], code: string): boolean =>
    changes.some((change) => change.kind === kind && change.code === code)
  return {
    ...snapshot,
    immediateDanger: snapshot.immediateDanger && !gone('immediate_danger', 'immediate_danger'),
    facts: snapshot.facts.filter(({ code }) => !gone('fact', code)),
    children: snapshot.children.map((child) =>
      child.id === childId
        ? {
            ...child,
            findings: child.findings.filter(
              ({ indicator, state }) => state === 'absent' || !gone('finding', indicator),
            ),
            measurements: child.measurements.filter(({ measure }) => !gone('measurement', measure)),
          }
        : child,
    ),
  }
}

function chosen(changes: readonly Change[], members: readonly number[]): Change[] {
  return members.flatMap((member) => changes[member] ?? [])
}

function isSameResponse(one: Verdict, other: Verdict): boolean {
  const codes = ({ responses }: Verdict): string =>
    responses
      .map(({ code }) => code)
      .sort()
      .join()
  return codes(one) === codes(other)
}

/** Sets as they are told: one that does both is said to raise the level. */
function shown(
  changes: readonly Change[],
  { found, completeTo }: Searched<ChangeSet['effect'], Verdict>,
  left: number,
): Counterfactuals {
  const key = (members: readonly number[]): string => members.join()
  const raising = new Set(found.filter(({ goal }) => goal === 'raises_level').map(({ members }) => key(members)))
  const told = found.filter(({ goal, members }) => goal !== 'changes_response' || !raising.has(key(members)))
  const ordered = told
    .map((set, order) => ({ set, order }))
    .sort((a, b) => a.set.members.length - b.set.members.length || a.order - b.order)
  return {
    sets: ordered.slice(0, SETS_MAX).map(({ set: { members, goal, result } }) => ({
      changes: chosen(changes, members),
      effect: goal,
      level: result.level,
      responses: [...result.responses],
    })),
    completeTo,
    left,
    leftSets: Math.max(0, told.length - SETS_MAX),
  }
}
