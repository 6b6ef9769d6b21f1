/**
 * An independent reading of DESIGN.md §4, slow and plain: straight from the documents and the snapshot, without
 * anything of the engine but its types. It says where a child is placed, what is floor and what surely holds.
 */
import type { Condition } from '../../src/engine/conditions/shape.ts'
import type { PolicyDocument, StatutoryPack } from '../../src/engine/index.ts'
import type { Snapshot, SnapshotChild } from '../../src/engine/referral/snapshot.ts'
import { ask, fact, isEnough } from './naive-conditions.ts'
import {
  type Answer,
  both,
  counted,
  type End,
  look,
  rank,
  rankOf,
  type Sighting,
  type World,
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

function naiveChild(
  document: PolicyDocument,
  pack: StatutoryPack,
  snapshot: Snapshot,
  child: SnapshotChild,
): NaiveResult {
  const { seen, isUnplaceable, isPassedOver } = look(document, snapshot, child)
  const world: World = { document, snapshot, child, seen }
  const asks = (rule: RuleSpec): boolean => JSON.stringify(rule.when).includes('"reached":')
  const rest = [...triggers(world, pack), ...singles(world), ...clusters(world), ...points(world)]
  const first = [...rest, ...rules(world, (rule) => !asks(rule))]
  const lifting = first.filter(({ id }) => world.seen.get(id)?.spec.kind !== 'expected')
  const most = (places: readonly Place[]): number => Math.max(-1, ...places.map((place) => place.high))
  world.reached = {
    low: Math.max(-1, ...lifting.filter(({ answer }) => answer === 'yes').map((place) => place.low)),
    high: most(lifting.filter(({ answer }) => answer !== 'no')),
  }
  const placed = [...first, ...rules(world, asks)]
  const sure = placed.filter(({ answer }) => answer === 'yes')
  const top = document.levels.length - 1
  const low = Math.max(-1, ...sure.map((place) => place.low))
  const high = Math.max(-1, ...placed.filter(({ answer }) => answer !== 'no').map((place) => place.high))
  return {
    low,
    high: isUnplaceable || isPassedOver ? top : high,
    floor: Math.max(-1, ...sure.filter(({ isFloor }) => isFloor).map((place) => place.low)),
    isWithheld: low < top && (low < 0 || isUnplaceable),
    holding: [...new Set(sure.map(({ id }) => id))].sort(),
  }
}

type RuleSpec = PolicyDocument['rules'][number]

interface Place {
  readonly id: string
  readonly answer: Answer
  readonly low: number
  readonly high: number
  readonly isFloor: boolean
}

function triggers({ document, snapshot, seen }: World, pack: StatutoryPack): Place[] {
  return pack.triggers.map(({ code, atLeast }) => {
    const level = document.levels.findIndex(({ common }) => BANDS.indexOf(common) >= BANDS.indexOf(atLeast))
    const answers = [...seen.values()].filter(({ spec }) => spec.triggers.includes(code)).map(({ answer }) => answer)
    if (code === 'immediate-danger') answers.push(fact(snapshot, 'immediate_danger'))
    return {
      id: code,
      answer: both(answers.includes('yes'), answers.includes('maybe')),
      low: level,
      high: level,
      isFloor: true,
    }
  })
}

function singles({ document, seen }: World): Place[] {
  return [...seen.values()]
    .filter(({ spec }) => spec.alone || spec.absolute || spec.kind === 'expected')
    .map((sighting) => ({
      id: sighting.spec.code,
      answer: sighting.answer,
      isFloor: sighting.spec.absolute,
      low: rank(document, sighting, 'low'),
      high: rank(document, sighting, 'high'),
    }))
}

/** Withheld where enough protective factors bear: at the low end possible ones count, at the high end sure ones. */
function isHeldBack(
  { seen }: World,
  unless: { protective: string[]; atLeast: number } | undefined,
  resting: readonly Sighting[],
  end: End,
): boolean {
  if (!unless) return false
  const isOutside = resting.some(
    ({ spec, answer }) => spec.setting === 'outside_family' && (end === 'high' || answer === 'yes'),
  )
  const bearing = unless.protective.filter((code) => {
    const factor = seen.get(code)
    if (!factor || (end === 'high' && factor.answer !== 'yes')) return false
    return !isOutside || factor.spec.setting === 'outside_family'
  })
  return bearing.length >= unless.atLeast
}

function rules(world: World, which: (rule: RuleSpec) => boolean): Place[] {
  return world.document.rules.filter(which).map((rule) => {
    const holds = ask(world, rule.when)
    const held = (end: End): boolean => isHeldBack(world, rule.unless, looksAt(world, rule.when, end), end)
    const level = rule.then.atLeast === undefined ? -1 : rankOf(world.document, rule.then.atLeast)
    return {
      id: rule.id,
      low: level,
      high: level,
      isFloor: rule.absolute,
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
      const found = counted(
        world,
        { level: cluster.ofLevel, categories: cluster.categories, matrix: cluster.matrix },
        end,
      )
      return (
        isEnough(world.document, found, cluster.count, cluster.acrossDomains) &&
        !isHeldBack(world, cluster.unless, found, end)
      )
    }
    const level = rankOf(world.document, cluster.atLeast)
    return { id: cluster.id, answer: both(holds('low'), holds('high')), low: level, high: level, isFloor: false }
  })
}

function points({ document, seen }: World): Place[] {
  const sum = (end: End): number =>
    [...seen.values()].reduce(
      (total, { spec, answer }) => total + (end === 'high' || answer === 'yes' ? (spec.points ?? 0) : 0),
      0,
    )
  return (document.points?.cutoffs ?? []).map((cutoff) => {
    const level = rankOf(document, cutoff.level)
    return {
      id: `points-${cutoff.points}`,
      answer: both(sum('low') >= cutoff.points, sum('high') >= cutoff.points),
      low: level,
      high: level,
      isFloor: false,
    }
  })
}
