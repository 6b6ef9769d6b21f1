/**
 * An independent reading of DESIGN.md §4, slow and plain: straight from the documents and the snapshot, without
 * anything of the engine but its types. It says where a child is placed, what is floor and what surely holds.
 */
import type { Condition } from '../../src/engine/conditions/shape.ts'
import type { PolicyDocument, StatutoryPack } from '../../src/engine/index.ts'
import type { Snapshot, SnapshotChild } from '../../src/engine/referral/snapshot.ts'
import {
  ageAnswer, type Answer, both, counted, type End, isRisky, look, OFTEN, rank, rankOf, reaches, type Saying, type Sighting, topDomains, type World,
} from './naive-sightings.ts'

export interface NaiveResult {
  readonly low: number
  readonly high: number
  readonly floor: number
  readonly isWithheld: boolean
  readonly holding: readonly string[]
}

const BANDS = ['universal', 'early_help', 'child_in_need', 'child_protection']

export function naiveScore(document: PolicyDocument, pack: StatutoryPack, snapshot: Snapshot): NaiveResult[] {
  return snapshot.children.map((child) => naiveChild(document, pack, snapshot, child))
}

function naiveChild(document: PolicyDocument, pack: StatutoryPack, snapshot: Snapshot, child: SnapshotChild): NaiveResult {
  const { seen, isUnplaceable } = look(document, snapshot, child)
  const world: World = { document, snapshot, child, seen }
  const placed = [
    ...triggers(world, pack), ...singles(world), ...rules(world), ...clusters(world), ...points(world),
  ]
  const sure = placed.filter(({ answer }) => answer === 'yes')
  const top = document.levels.length - 1
  const low = Math.max(-1, ...sure.map((place) => place.low))
  const high = Math.max(-1, ...placed.filter(({ answer }) => answer !== 'no').map((place) => place.high))
  return {
    low,
    high: isUnplaceable ? top : high,
    floor: Math.max(-1, ...sure.filter(({ isFloor }) => isFloor).map((place) => place.low)),
    isWithheld: low < top && (low < 0 || isUnplaceable),
    holding: [...new Set(sure.map(({ id }) => id))].sort(),
  }
}

interface Place { readonly id: string; readonly answer: Answer; readonly low: number; readonly high: number; readonly isFloor: boolean }

const weaker = (a: Answer, b: Answer): Answer => (a === 'no' || b === 'no' ? 'no' : a === 'maybe' || b === 'maybe' ? 'maybe' : 'yes')

function isEnough(document: PolicyDocument, found: readonly Sighting[], count: number, domains = 1): boolean {
  return found.length >= count && new Set(found.flatMap(({ spec }) => topDomains(document, spec))).size >= domains
}

function ask(world: World, condition: Condition): Answer {
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
    return both(world.child.measurements.some((m) => m.measure === measure && reaches(m.value, is, value)), false)
  }
  if ('history' in condition) return earlier(world, condition.history)
  if ('age' in condition) return ageAnswer(condition.age, world.child.age)
  if ('fact' in condition) return fact(world.snapshot, condition.fact)
  return both(world.snapshot.consent === condition.consent, world.snapshot.consent === 'unknown')
}

const opposite = (answer: Answer): Answer => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'maybe')

function fact(snapshot: Snapshot, code: string): Answer {
  const answers = snapshot.facts.filter((one) => one.code === code).map(({ answer }) => answer)
  const isDanger = code === 'immediate_danger' && snapshot.immediateDanger
  return both(isDanger || answers.includes('yes'), answers.includes('unknown'))
}

function isPresent({ seen }: World, leaf: Extract<Condition, { present: string }>): Answer {
  const sighting = seen.get(leaf.present)
  if (!sighting) return 'no'
  const { occurrence, evidence, withinMonths } = leaf
  if (occurrence === undefined && evidence === undefined && withinMonths === undefined) return sighting.answer
  const fits = (saying: Saying, unknown: boolean): boolean =>
    (occurrence === undefined || (saying.occurrence === null ? unknown : OFTEN.indexOf(saying.occurrence) >= OFTEN.indexOf(occurrence))) &&
    (evidence === undefined || (saying.kind === null ? unknown : (evidence as string[]).includes(saying.kind))) &&
    (withinMonths === undefined || (saying.monthsAgo === null ? unknown : saying.monthsAgo < withinMonths))
  const sure = sighting.sayings.some((saying) => saying.isSure && fits(saying, false))
  return weaker(sighting.answer, both(sure, sighting.sayings.some((saying) => fits(saying, true))))
}

function earlier({ child, seen }: World, { referralsAtLeast, withinMonths, sameConcern }: Extract<Condition, { history: unknown }>['history']): Answer {
  const recent = child.history.filter(({ monthsAgo }) => monthsAgo < withinMonths)
  if (!sameConcern) return both(recent.length >= referralsAtLeast, false)
  const concerns = (isSure: boolean): string[] =>
    [...seen.values()].filter(({ spec, answer }) => isRisky(spec) && (!isSure || answer === 'yes')).flatMap(({ spec }) => spec.categories)
  const sharing = (with_: readonly string[]) => recent.filter(({ categories }) => categories.some((category) => with_.includes(category)))
  const silent = recent.filter(({ categories }) => categories.length === 0)
  return both(sharing(concerns(true)).length >= referralsAtLeast, sharing(concerns(false)).length + silent.length >= referralsAtLeast)
}

function triggers({ document, snapshot, seen }: World, pack: StatutoryPack): Place[] {
  return pack.triggers.map(({ code, atLeast }) => {
    const level = document.levels.findIndex(({ common }) => BANDS.indexOf(common) >= BANDS.indexOf(atLeast))
    const answers = [...seen.values()].filter(({ spec }) => spec.triggers.includes(code)).map(({ answer }) => answer)
    if (code === 'immediate-danger') answers.push(fact(snapshot, 'immediate_danger'))
    return { id: code, answer: both(answers.includes('yes'), answers.includes('maybe')), low: level, high: level, isFloor: true }
  })
}

function singles({ document, seen }: World): Place[] {
  return [...seen.values()]
    .filter(({ spec }) => spec.alone || spec.absolute || spec.kind === 'expected')
    .map((sighting) => ({
      id: sighting.spec.code, answer: sighting.answer, isFloor: sighting.spec.absolute,
      low: rank(document, sighting, 'low'), high: rank(document, sighting, 'high'),
    }))
}

/** Withheld at an end where enough protective factors bear: at the low end possible ones count, at the high end sure ones. */
function isHeldBack({ seen }: World, unless: { protective: string[]; atLeast: number } | undefined, resting: readonly Sighting[], end: End): boolean {
  if (!unless) return false
  const isOutside = resting.some(({ spec, answer }) => spec.setting === 'outside_family' && (end === 'high' || answer === 'yes'))
  const bearing = unless.protective.filter((code) => {
    const factor = seen.get(code)
    if (!factor || (end === 'high' && factor.answer !== 'yes')) return false
    return !isOutside || factor.spec.setting === 'outside_family'
  })
  return bearing.length >= unless.atLeast
}

function rules(world: World): Place[] {
  return world.document.rules.map((rule) => {
    const holds = ask(world, rule.when)
    const held = (end: End): boolean => isHeldBack(world, rule.unless, looksAt(world, rule.when, end), end)
    const level = rule.then.atLeast === undefined ? -1 : rankOf(world.document, rule.then.atLeast)
    return {
      id: rule.id, low: level, high: level, isFloor: rule.absolute,
      answer: both(holds === 'yes' && !held('low'), holds !== 'no' && !held('high')),
    }
  })
}

/** Sightings that a condition names or counts. */
function looksAt(world: World, condition: Condition, end: End): Sighting[] {
  if ('all' in condition) return condition.all.flatMap((part) => looksAt(world, part, end))
  if ('any' in condition) return condition.any.flatMap((part) => looksAt(world, part, end))
  if ('atLeast' in condition) return condition.atLeast.of.flatMap((part) => looksAt(world, part, end))
  const seen = [...world.seen.values()]
  if ('present' in condition) return seen.filter(({ spec }) => spec.code === condition.present)
  if ('measure' in condition) return seen.filter(({ spec }) => spec.measure?.name === condition.measure)
  if (!('count' in condition)) return []
  const { category, ...rest } = condition.count
  return counted(world, { ...rest, categories: category && [category] }, end)
}

function clusters(world: World): Place[] {
  return world.document.clusters.map((cluster) => {
    const holds = (end: End): boolean => {
      const found = counted(world, { level: cluster.ofLevel, categories: cluster.categories }, end)
      return isEnough(world.document, found, cluster.count, cluster.acrossDomains) && !isHeldBack(world, cluster.unless, found, end)
    }
    const level = rankOf(world.document, cluster.atLeast)
    return { id: cluster.id, answer: both(holds('low'), holds('high')), low: level, high: level, isFloor: false }
  })
}

function points({ document, seen }: World): Place[] {
  const sum = (end: End): number =>
    [...seen.values()].reduce((total, { spec, answer }) => total + (end === 'high' || answer === 'yes' ? (spec.points ?? 0) : 0), 0)
  return (document.points?.cutoffs ?? []).map((cutoff) => {
    const level = rankOf(document, cutoff.level)
    return { id: `points-${cutoff.points}`, answer: both(sum('low') >= cutoff.points, sum('high') >= cutoff.points), low: level, high: level, isFloor: false }
  })
}
