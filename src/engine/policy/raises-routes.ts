/** What a level leads to, compared for the proof that a change only raises: routes, responses with their clocks, urgency. */
import { leaves } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import { canonical } from '../hash.ts'
import { RESPONSE_TYPES } from '../vocabulary.ts'
import { isAsUrgent, rankOfLevel, ranksByOccurrence } from './raises-items.ts'
import { type Against, isSubset, kept, otherwise } from './raises-match.ts'
import type { IndicatorSpec, PolicyDocument, ResponseSpec, RouteSpec } from './shape.ts'

/**
 * The same routes, with no response less. A level may then be raised only to one that leads to nothing less serious, and a
 * route that could now be taken sooner may not lead to less than those after it.
 */
export function checkRouting(from: PolicyDocument, to: PolicyDocument): Against {
  const against = sameRoutes(from, to)
  if (against.length > 0 || placing(from) === placing(to)) return against
  return [...checkSteps(to), ...checkSooner(from, to)]
}

function sameRoutes(from: PolicyDocument, to: PolicyDocument): Against {
  const ofLevel = ({ routing }: PolicyDocument, level: string): RouteSpec[] =>
    routing.filter((route) => route.level === level)
  return to.levels.flatMap(({ code }) => {
    const [old, now] = [ofLevel(from, code), ofLevel(to, code)]
    if (old.length !== now.length) return [`The routes of ${code} are not the same.`]
    return old.flatMap((route, i) => {
      const same = now[i] as RouteSpec
      const less = !isSubset(route.responses, same.responses) || !isSubset(route.alternatives, same.alternatives)
      return [
        ...otherwise(`a route of ${code}`, route, same, ['responses', 'alternatives', 'because', 'citation']),
        ...(less ? [`A route of ${code} leads to fewer responses.`] : []),
      ]
    })
  })
}

/** Everything that bears on where a child is placed, without the words. */
function placing({ indicators, rules, clusters, points }: PolicyDocument): string {
  const wordless = (item: object): object => ({ ...item, because: '', citation: '', text: '', definition: '' })
  return canonical([indicators.map(wordless), rules.map(wordless), clusters.map(wordless), points ?? null])
}

/** How serious the most serious response of a route is; less is more serious. */
function seriousness({ responses }: PolicyDocument, route: RouteSpec): number {
  const types = responses
    .filter(({ code }) => route.responses.includes(code))
    .map(({ type }) => RESPONSE_TYPES.indexOf(type))
  return Math.min(...types)
}

function checkSteps(document: PolicyDocument): Against {
  const of = (level: string): number[] =>
    document.routing.filter((route) => route.level === level).map((route) => seriousness(document, route))
  return document.levels.slice(1).flatMap(({ code }, i) => {
    const below = document.levels.slice(0, i + 1).filter((lower) => Math.max(...of(code)) > Math.min(...of(lower.code)))
    return below.map((lower) => `A child raised from ${lower.code} to ${code} could be given a response less serious.`)
  })
}

/** Routes are taken in order, and one whose condition rests on what changes may hold where it did not. */
function checkSooner(from: PolicyDocument, to: PolicyDocument): Against {
  const changed = changedIndicators(from, to)
  return to.levels.flatMap(({ code }) => {
    const routes = to.routing.filter((route) => route.level === code)
    return routes.flatMap((route, i) => {
      const isReached = route.when !== undefined && restsOn(to, route.when, changed)
      const later = routes.slice(i + 1).some((other) => seriousness(to, other) < seriousness(to, route))
      return isReached && later
        ? [
            `A route of ${code} to ${route.responses.join(', ')} could be taken in the place of one to something more serious.`,
          ]
        : []
    })
  })
}

const BEARING = ['level', 'grades', 'absolute', 'domains', 'categories', 'measure'] as const

function changedIndicators(from: PolicyDocument, to: PolicyDocument): IndicatorSpec[] {
  const bearing = (spec: IndicatorSpec): string => canonical(BEARING.map((name) => spec[name] ?? null))
  const old = new Map(from.indicators.map((spec) => [spec.code, bearing(spec)]))
  return to.indicators.filter((spec) => old.get(spec.code) !== bearing(spec))
}

function restsOn(document: PolicyDocument, condition: Condition, changed: readonly IndicatorSpec[]): boolean {
  const rank = rankOfLevel(document)
  return leaves(condition).some(({ leaf }) =>
    changed.some((spec) => {
      if ('present' in leaf) return leaf.present === spec.code
      if ('history' in leaf) return leaf.history.sameConcern === true
      if (!('count' in leaf)) return false
      const { level, category, kind } = leaf.count
      const isKind = kind === undefined || kind === spec.kind
      const isAbout = category === undefined || spec.categories.includes(category)
      return isKind && isAbout && Math.max(...ranksByOccurrence(document, spec)) >= rank(level)
    }),
  )
}

/** The same responses in the same order of seriousness; sooner, with more steps, never later. */
export function checkResponses(from: PolicyDocument, to: PolicyDocument): Against {
  const codes = ({ responses }: PolicyDocument): string => canonical(responses.map(({ code }) => code))
  if (codes(from) !== codes(to)) return ['The responses are not the same, or stand in another order.']
  return kept('response', from.responses, to.responses, {
    codeOf: ({ code }) => code,
    compare: (old, now) => checkResponse(to, old, now),
  })
}

function checkResponse(document: PolicyDocument, old: ResponseSpec, now: ResponseSpec): Against {
  const against = otherwise(`the response ${now.code}`, old, now, ['label', 'nextSteps', 'urgency', 'clock'])
  if (!isSubset(old.nextSteps, now.nextSteps)) against.push(`The response ${now.code} has steps fewer.`)
  if (!isAsUrgent(document, old.urgency, now.urgency)) against.push(`The response ${now.code} is less urgent.`)
  if (old.clock && !(now.clock && isAsQuick(old.clock, now.clock)))
    against.push(`The response ${now.code} has more time.`)
  return against
}

type Clock = NonNullable<ResponseSpec['clock']>

function isAsQuick(old: Clock, now: Clock): boolean {
  const isSame = otherwise('the clock', old, now, ['label', 'workingDays', 'hours']).length === 0
  const isShorter = (one: number | undefined, other: number | undefined): boolean =>
    one === undefined ? other === undefined : other !== undefined && other <= one
  return isSame && isShorter(old.workingDays, now.workingDays) && isShorter(old.hours, now.hours)
}

/** The same bands, none of them slower, and no slower one where nothing else is said. */
export function checkUrgency(from: PolicyDocument, to: PolicyDocument): Against {
  const codes = ({ urgency }: PolicyDocument): string => canonical(urgency.bands.map(({ code }) => code))
  if (codes(from) !== codes(to)) return ['The bands of urgency are not the same.']
  return [
    ...otherwise('urgency', from.urgency, to.urgency, ['default', 'bands']),
    ...(isAsUrgent(to, from.urgency.default, to.urgency.default) ? [] : ['What nothing makes urgent has more time.']),
    ...kept('band', from.urgency.bands, to.urgency.bands, {
      codeOf: ({ code }) => code,
      compare: (old, now) => {
        const isQuick = now.hours <= old.hours && (now.clock === old.clock || now.clock === 'calendar')
        const against = otherwise(`the band ${now.code}`, old, now, ['label', 'hours', 'clock'])
        return isQuick ? against : [...against, `The band ${now.code} has more time.`]
      },
    }),
  ]
}
