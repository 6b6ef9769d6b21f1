/**
 * The words of a policy as JSON text, escaped once and not at every child. Each is byte for byte what `JSON.stringify` makes
 * of the same part of a recommendation; `reasons-json.ts` puts them together with what was said of a child.
 */
import type { Policy } from '../policy/policy.ts'
import { kindOf } from './place.ts'
import { wordsOf } from './reasons.ts'
import { citationOf, levelRef, matrixRef } from './refer.ts'

export interface Fragments {
  /** The level of a rank as an object; of −1 null. */
  level(rank: number): string
  /** A reason, by its number in the policy's `places`: up to its level, and from its words to its findings. */
  reason(place: number): Ends
  /** A finding, by its indicator, the rank of its level and whether it is sure: up to its subjects. */
  findingHead(index: number, rank: number, isSure: boolean): string
  /** From the citation of an indicator to its evidence. */
  findingTail(index: number): string
}

interface Ends {
  readonly head: string
  readonly tail: string
}

const made = new WeakMap<Policy, Fragments>()

/** Made when it is first asked for: most policies are never read aloud. */
export function fragmentsOf(policy: Policy): Fragments {
  const known = made.get(policy)
  if (known) return known
  const levels = [null, ...policy.levels].map((_, i) => JSON.stringify(levelRef(policy, i - 1)))
  // Of their full length from the start: an array that is filled here and there is slow.
  const size = policy.indicators.length
  const reasons = new Array<Ends>(policy.places.count)
  const heads = new Array<string>(2 * size * policy.levels.length)
  const tails = new Array<string>(size)
  const fragments: Fragments = {
    level: (rank) => levels[rank + 1] ?? 'null',
    reason: (place) => (reasons[place] ??= reasonEnds(policy, place)),
    findingHead: (index, rank, isSure) =>
      (heads[(index * policy.levels.length + rank) * 2 + (isSure ? 1 : 0)] ??= findingHead(policy, index, {
        rank,
        isSure,
      })),
    findingTail: (index) => (tails[index] ??= findingTail(policy, index)),
  }
  made.set(policy, fragments)
  return fragments
}

function reasonEnds(policy: Policy, place: number): Ends {
  const { kind, at } = kindOf(policy, place)
  const id = policy.places.ids[place] ?? ''
  return {
    head: `${opened({ id, kind })},"level":`,
    tail: `,${members(wordsOf(policy, { id, kind, at }))},"findings":[`,
  }
}

function findingHead(policy: Policy, index: number, { rank, isSure }: { rank: number; isSure: boolean }): string {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  const level = policy.levels[rank]?.code ?? spec.level
  const column = matrixRef(policy, index, rank)
  const said = { indicator: spec.code, text: spec.text, level, ...column, state: isSure ? 'present' : 'possible' }
  return `${opened(said)},"subjects":[`
}

function findingTail(policy: Policy, index: number): string {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  return `],${members({ citation: citationOf(policy, spec.code, spec.citation) })},"evidence":[`
}

/** An object's text without its closing brace. */
function opened(value: object): string {
  return JSON.stringify(value).slice(0, -1)
}

/** An object's text without its braces. */
function members(value: object): string {
  return JSON.stringify(value).slice(1, -1)
}
