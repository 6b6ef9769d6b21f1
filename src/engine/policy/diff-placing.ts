/** What changed in what places a child and in what follows: indicators, matrices, rules, clusters, routes, steps. Pure. */
import { OCCURRENCES } from '../vocabulary.ts'
import type { Change } from './diff.ts'
import { type ItemOf, kindOf, list, type Sentence, spoken, type Teller } from './diff-items.ts'
import { isSame, levelStep, type Versions, without } from './diff-match.ts'
import { conditionInWords, differences, routeInWords, sentence, strengthsInWords } from './diff-words.ts'
import type { ClusterSpec, IndicatorSpec, PolicyDocument, RouteSpec, RuleSpec } from './shape.ts'

type Said = Pick<Change, 'kind' | 'text'>

export const indicatorChanges = list('indicators', {
  code: ({ code }) => code,
  removed: (_, { text }) => `“${text}” is no longer an indicator.`,
  added: (_, { text, level }) => `New at ${level}: “${text}”`,
  changed: indicatorChange,
})

/** Properties of an indicator that are told one by one. */
const ONE_BY_ONE = ['level', 'alone', 'absolute', 'text']

function indicatorChange(versions: Versions, old: IndicatorSpec, now: IndicatorSpec): Said[] {
  const said: Said[] = []
  if (old.level !== now.level) said.push(levelChange(versions, old, now))
  for (const property of ['alone', 'absolute'] as const) {
    if (old[property] === now[property]) continue
    const meaning = property === 'alone' ? 'is enough on its own' : 'is absolute'
    const text = `“${now.text}” ${now[property] ? 'now' : 'no longer'} ${meaning}.`
    said.push({ kind: now[property] ? 'raised' : 'lowered', text })
  }
  if (old.text !== now.text) said.push({ kind: 'reworded', text: `“${old.text}” now reads “${now.text}”` })
  const [was, is] = [without(old, ONE_BY_ONE), without(now, ONE_BY_ONE)]
  const rest = differences(versions, was, is)
  if (rest.length > 0)
    said.push({
      kind: kindOf(was, is, gradeSteps(versions, old, now)),
      text: sentence(`“${now.text}”: ${rest.join('; ')}`),
    })
  return said
}

function levelChange(versions: Versions, old: IndicatorSpec, now: IndicatorSpec): Said {
  const step = levelStep(versions, old.level, now.level)
  const fromTo = `from ${old.level} to ${now.level}`
  if (step < 0) return { kind: 'lowered', text: `“${now.text}” moves down ${fromTo}.` }
  if (step > 0) return { kind: 'raised', text: `“${now.text}” moves up ${fromTo}.` }
  return { kind: 'changed', text: `“${now.text}” moves ${fromTo}, which is the same level.` }
}

/** The steps of the grades that both have. */
function gradeSteps(versions: Versions, { grades: old }: IndicatorSpec, { grades: now }: IndicatorSpec): number[] {
  return OCCURRENCES.filter((occurrence) => old?.[occurrence] && now?.[occurrence]).map((occurrence) =>
    levelStep(versions, old?.[occurrence], now?.[occurrence]),
  )
}

/** A column that stands for another level takes its indicators with it. */
export function columnSteps(versions: Versions, old: ItemOf<'matrices'>, now: ItemOf<'matrices'>): number[] {
  return now.columns.flatMap(({ code, level }) => {
    const column = old.columns.find((other) => other.code === code)
    return column ? [levelStep(versions, column.level, level)] : []
  })
}

export const ruleChanges = spoken(
  'rules',
  (document, { when, then, unless }): Sentence => ({
    when: `when ${conditionInWords(document, when)}: `,
    then: consequence(then),
    unless: unlessInWords(document, unless),
  }),
  (versions, old, now) => [
    levelStep(versions, old.then.atLeast, now.then.atLeast),
    Number(now.absolute) - Number(old.absolute),
  ],
)

function consequence({ atLeast, urgency, response, review }: RuleSpec['then']): string {
  return [
    ...(atLeast ? [`at least ${atLeast}`] : []),
    ...(urgency ? [`urgency ${urgency}`] : []),
    ...(response ? [response] : []),
    ...(review ? [`review: ${review}`] : []),
  ].join('; ')
}

function unlessInWords(document: PolicyDocument, unless: RuleSpec['unless']): string {
  return unless ? `, unless ${unless.atLeast} of these strengths: ${strengthsInWords(document, unless.protective)}` : ''
}

export const clusterChanges = spoken(
  'clusters',
  (document, { count, ofLevel, categories, matrix, acrossDomains, atLeast, unless }: ClusterSpec): Sentence => ({
    count: `${count} of `,
    ofLevel: `${ofLevel} or above`,
    categories: categories ? ` about ${categories.map(plain).join(' or ')}` : '',
    matrix: matrix ? ` in the matrix ${matrix}` : '',
    acrossDomains: acrossDomains > 1 ? ` across ${acrossDomains} domains` : '',
    atLeast: `: at least ${atLeast}`,
    unless: unlessInWords(document, unless),
  }),
  (versions, old, now) => [levelStep(versions, old.atLeast, now.atLeast)],
)

export const requirementChanges = spoken(
  'requirements',
  (document, { levels, responses, when, needs, withinMonths }): Sentence => ({
    needs: labels(document.assessments, needs),
    withinMonths: withinMonths ? ` of the last ${withinMonths} months` : '',
    levels: levels ? ` at ${levels.join(', ')}` : '',
    responses: responses ? ` for ${labels(document.responses, responses)}` : '',
    when: when ? ` when ${conditionInWords(document, when)}` : '',
  }),
)

export const forbiddenChanges = spoken(
  'forbidden',
  (document, { response, atLevels, together }): Sentence => ({
    response: `never ${labels(document.responses, [response])}`,
    atLevels: atLevels ? ` at ${atLevels.join(', ')}` : '',
    together: together ? ` together with ${labels(document.responses, together)}` : '',
  }),
)

export const transitionChanges = spoken(
  'transitions',
  (document, { from, to, when, approver }): Sentence => ({
    from: `from ${from}`,
    to: ` to ${to}`,
    when: when ? ` when ${conditionInWords(document, when)}` : '',
    approver: `, approved by ${approver}`,
  }),
)

function labels(
  list: readonly { readonly code: string; readonly label: string }[] | undefined,
  codes: readonly string[],
) {
  return codes.map((code) => list?.find((item) => item.code === code)?.label ?? plain(code)).join(', ')
}

function plain(code: string): string {
  return code.replaceAll('_', ' ')
}

/** One change for each level whose routes are not the same; in what order levels stand among the routes means nothing. */
export const routingChanges: Teller = (versions) => {
  const { before, after } = versions
  const levels = [...before.levels, ...after.levels].map(({ code }) => code)
  return [...new Set(levels)].flatMap((code): Change[] => {
    const routesOf = ({ routing }: PolicyDocument): RouteSpec[] => routing.filter(({ level }) => level === code)
    const [old, now] = [routesOf(before), routesOf(after)]
    if (isSame(old, now)) return []
    const label = [...after.levels, ...before.levels].find((level) => level.code === code)?.label ?? code
    const text = `What “${label}” leads to. ${routesInWords(versions, old, now)}`
    return [{ section: 'routing', code, kind: 'changed', text }]
  })
}

function routesInWords(versions: Versions, old: readonly RouteSpec[], now: readonly RouteSpec[]): string {
  const was = old.map((route) => routeInWords(versions.before, route))
  const is = now.map((route) => routeInWords(versions.after, route))
  const kept = is.filter((route) => was.includes(route))
  const said = [
    ...was.filter((route) => !is.includes(route)).map((route) => `No longer: ${route}.`),
    ...is.filter((route) => !was.includes(route)).map((route) => `Now: ${route}.`),
    ...kept.flatMap((route) => {
      const rest = differences(versions, old[was.indexOf(route)], now[is.indexOf(route)])
      return rest.length > 0 ? [`Still: ${route}.`, sentence(`What differs: ${rest.join('; ')}`)] : []
    }),
  ]
  const isReordered = !isSame(
    kept,
    was.filter((route) => is.includes(route)),
  )
  return [...said, ...(isReordered || said.length === 0 ? ['Its routes stand in another order.'] : [])].join(' ')
}
