/** Conditions asked of a world, plainly: yes, maybe or no. */
import type { Condition } from '../../src/engine/conditions/shape.ts'
import type { PolicyDocument } from '../../src/engine/index.ts'
import type { Snapshot } from '../../src/engine/referral/snapshot.ts'
import {
  type Answer,
  ageAnswer,
  both,
  counted,
  type End,
  isAsBad,
  isRisky,
  OFTEN,
  rankOf,
  reaches,
  type Saying,
  type Sighting,
  topDomains,
  type World,
} from './naive-sightings.ts'

export const weaker = (a: Answer, b: Answer): Answer =>
  a === 'no' || b === 'no' ? 'no' : a === 'maybe' || b === 'maybe' ? 'maybe' : 'yes'

export function isEnough(document: PolicyDocument, found: readonly Sighting[], count: number, domains = 1): boolean {
  // Those on a measure that counts once are known by its name, every other by its own code.
  const names = found.map(({ spec }) =>
    document.measures.some(({ name, countsOnce }) => countsOnce && name === spec.measure?.name)
      ? `measure ${spec.measure?.name}`
      : spec.code,
  )
  return (
    new Set(names).size >= count && new Set(found.flatMap(({ spec }) => topDomains(document, spec))).size >= domains
  )
}

export function ask(world: World, condition: Condition): Answer {
  if ('all' in condition) return condition.all.map((part) => ask(world, part)).reduce(weaker, 'yes')
  if ('any' in condition) return opposite(condition.any.map((part) => opposite(ask(world, part))).reduce(weaker, 'yes'))
  if ('not' in condition) return opposite(ask(world, condition.not))
  if ('atLeast' in condition) {
    const answers = condition.atLeast.of.map((part) => ask(world, part))
    const { n } = condition.atLeast
    return both(answers.filter((a) => a === 'yes').length >= n, answers.filter((a) => a !== 'no').length >= n)
  }
  if ('present' in condition) return isPresent(world, condition)
  if ('count' in condition) {
    const { atLeast, acrossDomains, category, ...rest } = condition.count
    const wanted = { ...rest, categories: category && [category] }
    const end = (which: End): boolean => isEnough(world.document, counted(world, wanted, which), atLeast, acrossDomains)
    return both(end('low'), end('high'))
  }
  if ('measure' in condition) {
    const { measure, is, value } = condition
    return both(
      world.child.measurements.some((m) => m.measure === measure && reaches(m.value, is, value)),
      false,
    )
  }
  if ('history' in condition) return earlier(world, condition.history)
  if ('assessment' in condition) return assessed(world, condition)
  if ('reached' in condition) {
    const wanted = rankOf(world.document, condition.reached)
    return both((world.reached?.low ?? -1) >= wanted, (world.reached?.high ?? -1) >= wanted)
  }
  if ('age' in condition) return ageAnswer(condition.age, world.child.age)
  if ('fact' in condition) return fact(world.snapshot, condition.fact)
  return both(world.snapshot.consent === condition.consent, world.snapshot.consent === 'unknown')
}

const opposite = (answer: Answer): Answer => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'maybe')

export function fact(snapshot: Snapshot, code: string): Answer {
  const answers = snapshot.facts.filter((one) => one.code === code).map(({ answer }) => answer)
  const isDanger = code === 'immediate_danger' && snapshot.immediateDanger
  return both(isDanger || answers.includes('yes'), answers.includes('unknown'))
}

function assessed({ child }: World, leaf: Extract<Condition, { assessment: string }>): Answer {
  const done = (child.assessments ?? []).filter(
    ({ assessment, monthsAgo, result }) =>
      assessment === leaf.assessment &&
      (leaf.withinMonths === undefined || monthsAgo < leaf.withinMonths) &&
      (leaf.resultAtLeast === undefined || result === null || result >= leaf.resultAtLeast),
  )
  const isKnown = ({ result, version }: (typeof done)[number]): boolean =>
    (leaf.resultAtLeast === undefined || result !== null) &&
    (leaf.versions === undefined || (version !== null && leaf.versions.includes(version)))
  return both(done.some(isKnown), done.length > 0)
}

function isPresent({ seen }: World, leaf: Extract<Condition, { present: string }>): Answer {
  const sighting = seen.get(leaf.present)
  if (!sighting) return 'no'
  const { occurrence, evidence, withinMonths, durationMonths, trend } = leaf
  if ([occurrence, evidence, withinMonths, durationMonths, trend].every((part) => part === undefined))
    return sighting.answer
  const fits = (saying: Saying, unknown: boolean): boolean =>
    (occurrence === undefined ||
      (saying.occurrence === null ? unknown : OFTEN.indexOf(saying.occurrence) >= OFTEN.indexOf(occurrence))) &&
    (evidence === undefined || (saying.kind === null ? unknown : (evidence as string[]).includes(saying.kind))) &&
    (withinMonths === undefined || (saying.monthsAgo === null ? unknown : saying.monthsAgo < withinMonths)) &&
    (durationMonths === undefined ||
      (saying.durationMonths === undefined ? unknown : saying.durationMonths >= durationMonths)) &&
    (trend === undefined || (saying.trend === undefined ? unknown : isAsBad(saying.trend, trend)))
  const sure = sighting.sayings.some((saying) => saying.isSure && fits(saying, false))
  return weaker(
    sighting.answer,
    both(
      sure,
      sighting.sayings.some((saying) => fits(saying, true)),
    ),
  )
}

function earlier(
  { child, seen }: World,
  { referralsAtLeast, withinMonths, sameConcern, category }: Extract<Condition, { history: unknown }>['history'],
): Answer {
  const recent = child.history.filter(({ monthsAgo }) => monthsAgo < withinMonths)
  const concerns = (isSure: boolean): string[] =>
    [...seen.values()]
      .filter(({ spec, answer }) => isRisky(spec) && (!isSure || answer === 'yes'))
      .flatMap(({ spec }) => spec.categories)
  const fitting = (now: readonly string[], isOpen: boolean): number =>
    recent.filter(({ categories }) => {
      // What nobody recorded may have been about anything.
      if (categories.length === 0 && isOpen) return true
      if (category !== undefined && !categories.includes(category)) return false
      return !sameConcern || categories.some((shared) => now.includes(shared))
    }).length
  return both(fitting(concerns(true), false) >= referralsAtLeast, fitting(concerns(false), true) >= referralsAtLeast)
}
