/**
 * The words of a policy as JSON text, escaped once and not at every child. Each is byte for byte what `JSON.stringify` makes
 * of the same part of a recommendation; `reasons-json.ts` puts them together with what was said of a child.
 */
import type { Policy } from '../policy/policy.ts'
import { kindOf } from './place.ts'
import { wordsOf } from './reasons.ts'
import { citationOf, levelRef } from './refer.ts'

export interface Fragments {
  /** The level of a rank as an object; of −1 null. */
  level(rank: number): string
  /** The code of the level of a rank, for a finding of an indicator. */
  levelCode(rank: number): string
  /** A reason, by its number in the policy's `places`: up to its level, and from its words to its findings. */
  reason(place: number): Ends
  /** A finding, by its indicator: up to its level, and from its citation to its evidence. */
  finding(index: number): Ends
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
  const codes = policy.levels.map(({ code }) => JSON.stringify(code))
  const reasons: Ends[] = []
  const findings: Ends[] = []
  const fragments: Fragments = {
    level: (rank) => levels[rank + 1] ?? 'null',
    levelCode: (rank) => codes[rank] ?? 'null',
    reason: (place) => (reasons[place] ??= reasonEnds(policy, place)),
    finding: (index) => (findings[index] ??= findingEnds(policy, index)),
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

function findingEnds(policy: Policy, index: number): Ends {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  return {
    head: `${opened({ indicator: spec.code, text: spec.text })},"level":`,
    tail: `,${members({ citation: citationOf(policy, spec.code, spec.citation) })},"evidence":[`,
  }
}

/** An object's text without its closing brace. */
function opened(value: object): string {
  return JSON.stringify(value).slice(0, -1)
}

/** An object's text without its braces. */
function members(value: object): string {
  return JSON.stringify(value).slice(1, -1)
}
