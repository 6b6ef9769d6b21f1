/** What changed between two versions of a policy, in words: the briefing that practitioners get with a new version. Pure. */
import { canonical } from '../hash.ts'
import { letterChanges } from './diff-letters.ts'
import { type Item, type Matched, match } from './diff-match.ts'
import { conditionInWords, differences, routeInWords } from './diff-words.ts'
import type { ClusterSpec, IndicatorSpec, PolicyDocument, RouteSpec, RuleSpec } from './shape.ts'

export const CHANGE_KINDS = ['lowered', 'removed', 'raised', 'added', 'reworded', 'changed'] as const

export interface Change {
  readonly section: string
  readonly code: string
  /** `lowered` and `removed` may leave a child with less than before; they come first. */
  readonly kind: (typeof CHANGE_KINDS)[number]
  readonly text: string
}

export interface PolicyDiff {
  readonly from: string
  readonly to: string
  readonly changes: readonly Change[]
}

interface Versions {
  readonly before: PolicyDocument
  readonly after: PolicyDocument
}

/** Changes in the order of sections, what may leave a child with less first within each. */
export function diffPolicies(before: PolicyDocument, after: PolicyDocument): PolicyDiff {
  const versions = { before, after }
  const name = ({ document }: PolicyDocument): string => `${document.id}@${document.version}`
  const changes = [
    ...levelChanges(versions),
    ...indicatorChanges(versions),
    ...ruleChanges(versions),
    ...clusterChanges(versions),
    ...listChanges(versions, 'gates', 'id', ({ question }) => question),
    ...routingChanges(versions),
    ...listChanges(versions, 'responses', 'code', ({ label }) => label),
    ...listChanges(versions, 'questions', 'id', ({ ask }) => ask),
    ...listChanges(versions, 'services', 'code', ({ name: service }) => service),
    ...wholeChanges(versions),
    ...letterChanges(before, after),
  ]
  return { from: name(before), to: name(after), changes }
}

function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind))
}

function rankIn({ levels }: PolicyDocument, code: string | undefined): number {
  return levels.findIndex((level) => level.code === code)
}

function levelChanges({ before, after }: Versions): Change[] {
  const { added, removed, both } = match(before.levels, after.levels, ({ code }) => code)
  const change = (kind: Change['kind'], code: string, text: string): Change => ({ section: 'levels', code, kind, text })
  return inOrder([
    ...removed.map(({ code, label }) => change('removed', code, `The level “${label}” is gone.`)),
    ...added.map(({ code, label }) => change('added', code, `There is a new level “${label}”.`)),
    ...both.map(({ old, now }) =>
      change(
        'changed',
        now.code,
        old.label === now.label
          ? `The level “${now.label}”: ${differences(old, now).join('; ')}.`
          : `“${old.label}” is now called “${now.label}”.`,
      ),
    ),
  ])
}

function indicatorChanges(versions: Versions): Change[] {
  const { added, removed, both } = match(versions.before.indicators, versions.after.indicators, ({ code }) => code)
  const change = (kind: Change['kind'], code: string, text: string): Change => ({
    section: 'indicators',
    code,
    kind,
    text,
  })
  return inOrder([
    ...removed.map(({ code, text }) => change('removed', code, `“${text}” is no longer an indicator.`)),
    ...added.map(({ code, text, level }) => change('added', code, `New at ${level}: “${text}”`)),
    ...both.flatMap(({ old, now }) => indicatorChange(versions, old, now)),
  ])
}

function indicatorChange(versions: Versions, old: IndicatorSpec, now: IndicatorSpec): Change[] {
  const change = (kind: Change['kind'], text: string): Change => ({ section: 'indicators', code: now.code, kind, text })
  const from = rankIn(versions.before, old.level)
  const to = rankIn(versions.after, now.level)
  const changes: Change[] = []
  if (to < from) changes.push(change('lowered', `“${now.text}” moves down from ${old.level} to ${now.level}.`))
  if (to > from) changes.push(change('raised', `“${now.text}” moves up from ${old.level} to ${now.level}.`))
  for (const property of ['alone', 'absolute'] as const) {
    if (old[property] === now[property]) continue
    const meaning = property === 'alone' ? 'is enough on its own' : 'is absolute'
    changes.push(
      change(now[property] ? 'raised' : 'lowered', `“${now.text}” ${now[property] ? 'now' : 'no longer'} ${meaning}.`),
    )
  }
  if (old.text !== now.text) changes.push(change('reworded', `“${old.text}” now reads “${now.text}”`))
  const rest = (spec: IndicatorSpec): Item => ({ ...spec, level: '', alone: false, absolute: false, text: '' })
  const said = differences(rest(old), rest(now))
  if (said.length > 0) changes.push(change('changed', `“${now.text}”: ${said.join('; ')}.`))
  return changes
}

function ruleChanges({ before, after }: Versions): Change[] {
  const says = (document: PolicyDocument, { when, then, unless }: RuleSpec): string =>
    `when ${conditionInWords(document, when)}: ${consequence(then)}${unless ? `, unless ${unless.atLeast} strengths` : ''}`
  return placingChanges(
    'rules',
    match(before.rules, after.rules, ({ id }) => id),
    {
      say: (rule, isNow) => says(isNow ? after : before, rule),
      rank: (rule, isNow) => rankIn(isNow ? after : before, rule.then.atLeast),
    },
  )
}

function consequence({ atLeast, urgency, response, review }: RuleSpec['then']): string {
  return [
    ...(atLeast ? [`at least ${atLeast}`] : []),
    ...(urgency ? [`urgency ${urgency}`] : []),
    ...(response ? [response] : []),
    ...(review ? [`review: ${review}`] : []),
  ].join('; ')
}

function clusterChanges({ before, after }: Versions): Change[] {
  const says = ({ count, ofLevel, acrossDomains, atLeast, unless }: ClusterSpec): string => {
    const across = acrossDomains > 1 ? ` across ${acrossDomains} domains` : ''
    const strengths = unless ? `, unless ${unless.atLeast} strengths` : ''
    return `${count} of ${ofLevel} or above${across}: at least ${atLeast}${strengths}`
  }
  return placingChanges(
    'clusters',
    match(before.clusters, after.clusters, ({ id }) => id),
    {
      say: says,
      rank: (cluster, isNow) => rankIn(isNow ? after : before, cluster.atLeast),
    },
  )
}

interface Placing<T> {
  say(item: T, isNow: boolean): string
  rank(item: T, isNow: boolean): number
}

function placingChanges<T extends { id: string }>(
  section: string,
  { added, removed, both }: Matched<T>,
  { say, rank }: Placing<T>,
): Change[] {
  const change = (kind: Change['kind'], code: string, text: string): Change => ({ section, code, kind, text })
  return inOrder([
    ...removed.map((item) => change('removed', item.id, `No longer: ${say(item, false)}.`)),
    ...added.map((item) => change('added', item.id, `New: ${say(item, true)}.`)),
    ...both.map(({ old, now }) => {
      const step = rank(now, true) - rank(old, false)
      const kind = step < 0 ? 'lowered' : step > 0 ? 'raised' : 'changed'
      return change(
        kind,
        now.id,
        say(old, false) === say(now, true)
          ? 'The reason given is reworded.'
          : `Was: ${say(old, false)}. Is: ${say(now, true)}.`,
      )
    }),
  ])
}

function routingChanges({ before, after }: Versions): Change[] {
  return after.levels
    .filter(({ code }) => rankIn(before, code) >= 0)
    .flatMap(({ code, label }): Change[] => {
      const routesOf = (document: PolicyDocument): RouteSpec[] => document.routing.filter(({ level }) => level === code)
      const [old, now] = [routesOf(before), routesOf(after)]
      if (canonical(old) === canonical(now)) return []
      const was = old.map((route) => routeInWords(before, route))
      const is = now.map((route) => routeInWords(after, route))
      const gone = was.filter((route) => !is.includes(route)).map((route) => `No longer: ${route}.`)
      const come = is.filter((route) => !was.includes(route)).map((route) => `Now: ${route}.`)
      const said = [...gone, ...come]
      const otherwise =
        canonical(was) === canonical(is) ? 'The reasons given are reworded.' : 'Its routes stand in another order.'
      const text = `What “${label}” leads to. ${said.length > 0 ? said.join(' ') : otherwise}`
      return [{ section: 'routing', code, kind: 'changed', text }]
    })
}

type Lists = Pick<PolicyDocument, 'gates' | 'responses' | 'questions' | 'services'>

function listChanges<S extends keyof Lists>(
  { before, after }: Versions,
  section: S,
  key: 'id' | 'code',
  nameOf: (item: Lists[S][number]) => string,
): Change[] {
  const codeOf = (item: Lists[S][number]): string => String((item as unknown as Item)[key])
  const { added, removed, both } = match(
    before[section] as Lists[S][number][],
    after[section] as Lists[S][number][],
    codeOf,
  )
  const change = (kind: Change['kind'], item: Lists[S][number], text: string): Change => ({
    section,
    code: codeOf(item),
    kind,
    text,
  })
  return inOrder([
    ...removed.map((item) => change('removed', item, `“${nameOf(item)}” is gone.`)),
    ...added.map((item) => change('added', item, `New: “${nameOf(item)}”`)),
    ...both.map(({ old, now }) => change('changed', now, `“${nameOf(now)}”: ${differences(old, now).join('; ')}.`)),
  ])
}

function wholeChanges({ before, after }: Versions): Change[] {
  return (['urgency', 'points', 'quality', 'oversight', 'domains', 'measures', 'facts'] as const).flatMap(
    (section): Change[] => {
      if (canonical(before[section] ?? null) === canonical(after[section] ?? null)) return []
      const text = `${sentence(differences(before[section], after[section], section).join('; '))}.`
      return [{ section, code: section, kind: 'changed', text }]
    },
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** The diff as Markdown, a heading for each section that changed. */
export function diffMarkdown({ from, to, changes }: PolicyDiff): string {
  const sections = [...new Set(changes.map(({ section }) => section))]
  const parts = sections.map((section) => {
    const lines = changes
      .filter((change) => change.section === section)
      .map(({ kind, code, text }) => `- **${kind}** ${code}: ${text}`)
    return `## ${section}\n\n${lines.join('\n')}\n`
  })
  return `# What changes from ${from} to ${to}\n\n${parts.length === 0 ? 'Nothing.\n' : parts.join('\n')}`
}
