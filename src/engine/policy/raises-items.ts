/** What places a child, compared for the proof that a change only raises: levels, indicators, rules, clusters, points. */
import { canonical } from '../hash.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import { gradeRanks } from './assemble-indicators.ts'
import { isImplied, isLooserMeasure } from './raises-conditions.ts'
import { type Against, isSubset, kept, otherwise, unknownOf } from './raises-match.ts'
import { type ClusterSpec, type IndicatorSpec, levelRanks, type PolicyDocument, type RuleSpec } from './shape.ts'

const WORDS = ['because', 'citation']

/** Ranks of levels and of columns of matrices; −1 where none is named. */
export function rankOfLevel(document: PolicyDocument): (level: string | undefined) => number {
  const ranks = levelRanks(document)
  return (level) => ranks.get(level ?? '') ?? -1
}

/** The same levels in the same order, of the same bands; they may be described anew. */
export function checkLevels(from: PolicyDocument, to: PolicyDocument): Against {
  const codes = (document: PolicyDocument): string => canonical(document.levels.map(({ code }) => code))
  if (codes(from) !== codes(to)) return ['The levels are not the same.']
  return kept('level', from.levels, to.levels, {
    codeOf: ({ code }) => code,
    compare: (old, now) => otherwise(`the level ${now.code}`, old, now, ['label', 'description', 'colour']),
  })
}

/** Properties that are compared one by one, and those that are words alone. Age and evidence have to stay: what is
 * possible under a narrow one may be certain, and less, under a wide one. */
const COMPARED = ['level', 'grades', 'alone', 'absolute', 'triggers', 'urgency', 'setting', 'points', 'measure']
const INDICATOR_WORDS = ['text', 'definition', 'citation', 'national']
const INDICATOR_KNOWN = [...COMPARED, ...INDICATOR_WORDS, 'domains', 'categories', 'code', 'kind', 'age', 'evidence']

export function checkIndicators(from: PolicyDocument, to: PolicyDocument): Against {
  return kept('indicator', from.indicators, to.indicators, {
    codeOf: ({ code }) => code,
    compare: (old, now) => checkIndicator(from, to, old, now),
    added: (item) => [
      ...(item.kind === 'protective' || item.kind === 'expected'
        ? [`The indicator ${item.code} is new and ${item.kind}: it raises nothing.`]
        : []),
      ...unknownOf(`the indicator ${item.code}`, item, INDICATOR_KNOWN),
    ],
  })
}

function checkIndicator(from: PolicyDocument, to: PolicyDocument, old: IndicatorSpec, now: IndicatorSpec): Against {
  const except = [...COMPARED, ...INDICATOR_WORDS, 'domains', 'categories']
  const against = otherwise(`the indicator ${now.code}`, old, now, except)
  const less = (isLess: boolean, what: string): void => {
    if (isLess) against.push(`The indicator ${now.code} ${what}.`)
  }
  const ranks = ranksByOccurrence(to, now)
  less(
    ranksByOccurrence(from, old).some((rank, i) => (ranks[i] ?? -1) < rank),
    'is at a lower level, or lower for some grade',
  )
  less(old.absolute && !now.absolute, 'is no longer absolute')
  less(old.alone && !now.alone && !now.absolute, 'is no longer enough on its own')
  less(!isSubset(old.triggers, now.triggers), 'no longer expresses a statutory trigger')
  less(!isSubset(old.domains, now.domains), 'leaves a domain')
  less(!isSubset(old.categories, now.categories), 'leaves a category')
  less(!isAsUrgent(to, old.urgency, now.urgency), 'is less urgent')
  less((now.points ?? 0) < (old.points ?? 0), 'has fewer points')
  const outside = old.kind === 'protective' ? old.setting : now.setting
  less(old.setting !== now.setting && outside !== 'outside_family', 'is more open to being held back by strengths')
  const { measure } = old
  less(
    measure !== undefined && (measure.name !== now.measure?.name || !isLooserMeasure(measure, now.measure)),
    'is met by fewer numbers',
  )
  return against
}

/** Rank at each occurrence, least often first. */
export function ranksByOccurrence(document: PolicyDocument, spec: IndicatorSpec): readonly number[] {
  const ranks = levelRanks(document)
  return gradeRanks(spec, ranks) ?? OCCURRENCES.map(() => ranks.get(spec.level) ?? -1)
}

/** Bands stand most urgent first. */
export function isAsUrgent({ urgency }: PolicyDocument, old: string | undefined, now: string | undefined): boolean {
  const rank = (band: string): number => urgency.bands.findIndex(({ code }) => code === band)
  return old === undefined || (now !== undefined && rank(now) <= rank(old))
}

export function checkRules(from: PolicyDocument, to: PolicyDocument): Against {
  const known = ['id', 'when', 'then', 'unless', 'absolute', ...WORDS]
  const clusterKnown = ['id', 'count', 'ofLevel', 'acrossDomains', 'categories', 'atLeast', 'unless', ...WORDS]
  return [
    ...kept('rule', from.rules, to.rules, {
      codeOf: ({ id }) => id,
      compare: (old, now) => checkRule(to, old, now),
      added: (rule) => [
        ...unknownOf(`the rule ${rule.id}`, rule, known),
        ...unknownOf(`the rule ${rule.id}`, rule.then, CONSEQUENCES),
      ],
    }),
    ...kept('cluster', from.clusters, to.clusters, {
      codeOf: ({ id }) => id,
      compare: (old, now) => checkCluster(to, old, now),
      added: (cluster) => unknownOf(`the cluster ${cluster.id}`, cluster, clusterKnown),
    }),
    ...checkPoints(from, to),
  ]
}

const CONSEQUENCES = ['atLeast', 'urgency', 'response', 'review']

function checkRule(document: PolicyDocument, old: RuleSpec, now: RuleSpec): Against {
  const against = otherwise(`the rule ${now.id}`, old, now, ['when', 'then', 'unless', 'absolute', ...WORDS])
  against.push(...otherwise(`the rule ${now.id}`, old.then, now.then, CONSEQUENCES))
  const rank = rankOfLevel(document)
  const less = (isLess: boolean, what: string): void => {
    if (isLess) against.push(`The rule ${now.id} ${what}.`)
  }
  less(rank(now.then.atLeast) < rank(old.then.atLeast), 'places at a lower level')
  less(!isAsUrgent(document, old.then.urgency, now.then.urgency), 'is less urgent')
  less(old.then.response !== undefined && now.then.response !== old.then.response, 'asks for another response')
  less(old.then.review !== undefined && now.then.review === undefined, 'no longer asks for a review')
  less(old.absolute && !now.absolute, 'is no longer absolute')
  less(isHeldBackMore(old, now), 'is held back by more strengths, or by fewer of them')
  // What a rule looks at tells which strengths may hold it back, so that only a rule without “unless” may look at less.
  const isSameWhen = canonical(old.when) === canonical(now.when)
  less(!isSameWhen && now.unless !== undefined, 'has another condition beside “unless”')
  less(!isImplied(old.when, now.when, rank), 'does not hold wherever it held')
  return against
}

function checkCluster(document: PolicyDocument, old: ClusterSpec, now: ClusterSpec): Against {
  const compared = ['count', 'ofLevel', 'acrossDomains', 'categories', 'atLeast', 'unless']
  const against = otherwise(`the cluster ${now.id}`, old, now, [...compared, ...WORDS])
  const rank = rankOfLevel(document)
  const less = (isLess: boolean, what: string): void => {
    if (isLess) against.push(`The cluster ${now.id} ${what}.`)
  }
  less(now.count > old.count || now.acrossDomains > old.acrossDomains, 'needs more indicators or domains')
  less(rank(now.ofLevel) > rank(old.ofLevel), 'counts fewer indicators')
  less(rank(now.atLeast) < rank(old.atLeast), 'places at a lower level')
  less(now.categories !== undefined && !(old.categories && isSubset(old.categories, now.categories)), 'is narrowed')
  less(isHeldBackMore(old, now), 'is held back by more strengths, or by fewer of them')
  return against
}

type Held = Pick<RuleSpec, 'unless'>

function isHeldBackMore({ unless: old }: Held, { unless: now }: Held): boolean {
  if (now === undefined) return false
  if (old === undefined || otherwise('unless', old, now, ['protective', 'atLeast']).length > 0) return true
  return now.atLeast < old.atLeast || !isSubset(now.protective, old.protective)
}

function checkPoints({ points: old }: PolicyDocument, to: PolicyDocument): Against {
  const { points: now } = to
  if (old === undefined) return []
  if (now === undefined) return ['Points are no longer counted.']
  const rank = rankOfLevel(to)
  const lost = old.cutoffs.filter(
    ({ points, level }) => !now.cutoffs.some((cutoff) => cutoff.points <= points && rank(cutoff.level) >= rank(level)),
  )
  return [
    ...otherwise('points', old, now, ['cutoffs', ...WORDS]),
    ...lost.map(({ points, level }) => `${points} points no longer place at ${level}.`),
  ]
}
