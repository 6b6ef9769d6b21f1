/** What differs between two values of a policy, in words; told from their structure, so that no property goes unsaid. Pure. */
import { describe } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import { canonical } from '../hash.ts'
import { changedProperties, type Item } from './diff-match.ts'
import type { PolicyDocument, RouteSpec } from './shape.ts'

/** Names of properties that do not read as they are written. */
const NAMES: Readonly<Record<string, string>> = {
  legalBasis: 'legal basis',
  statutoryClock: 'statutory clock',
  nextSteps: 'next steps',
  workingDays: 'working days',
  withinWorkingDays: 'working days allowed',
  overrideGrounds: 'grounds for going without consent',
  ifMissing: 'where consent is missing',
  acrossDomains: 'domains',
  blindFirst: 'own judgement first',
  secondScreening: 'second screening',
  randomPercent: 'per cent at random',
  signOff: 'sign-off',
  overrideReasons: 'reasons to override',
  fromMonths: 'from months',
  toMonths: 'to months',
  default: 'where nothing is said',
}
/** Longer than this a value is not repeated: it is reworded. */
const VALUE_MAX = 160

/** One phrase for each thing that differs. */
export function differences(old: unknown, now: unknown, name = ''): string[] {
  if (canonical(old ?? null) === canonical(now ?? null)) return []
  if (isKeyed(old) && isKeyed(now)) return listDifferences(old, now, name)
  if (isItem(old) && isItem(now))
    return changedProperties(old, now).flatMap((property) =>
      differences(old[property], now[property], joined(name, NAMES[property] ?? property)),
    )
  const [was, is] = [inWords(old), inWords(now)]
  if (Math.max(was.length, is.length) > VALUE_MAX) return [`${name} is worded anew`]
  return [`${name} was ${was}, is ${is}`]
}

function listDifferences(old: readonly Item[], now: readonly Item[], name: string): string[] {
  const before = new Map(old.map((item) => [keyOf(item), item]))
  const after = new Map(now.map((item) => [keyOf(item), item]))
  return [
    ...[...before.keys()].filter((key) => !after.has(key)).map((key) => `${joined(name, key)} is gone`),
    ...[...after.entries()].flatMap(([key, item]) => {
      const same = before.get(key)
      return same === undefined ? [`${joined(name, key)} is new`] : differences(same, item, joined(name, key))
    }),
    ...(isReordered([...before.keys()], [...after.keys()]) ? [`${name || 'the list'} stands in another order`] : []),
  ]
}

function isReordered(old: readonly string[], now: readonly string[]): boolean {
  const kept = old.filter((key) => now.includes(key))
  return kept.join('\n') !== now.filter((key) => old.includes(key)).join('\n')
}

function joined(name: string, part: string): string {
  return name === '' ? part : `${name}, ${part}`
}

const KEYS = ['code', 'id', 'name', 'feature', 'stage', 'points'] as const

function keyOf(item: Item): string {
  const key = KEYS.find((name) => item[name] !== undefined)
  return String(key === undefined ? canonical(item) : item[key])
}

function isKeyed(value: unknown): value is readonly Item[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => isItem(item) && KEYS.some((key) => key in item))
  )
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as a person would read it aloud. */
function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'not there'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ')
  if (isItem(value))
    return Object.entries(value)
      .map(([name, part]) => `${NAMES[name] ?? name} ${inWords(part)}`)
      .join(', ')
  return String(value).replaceAll('_', ' ')
}

/** A route in words: when it is taken, and what it leads to. */
export function routeInWords(document: PolicyDocument, { when, responses, alternatives }: RouteSpec): string {
  const labels = (codes: readonly string[]): string =>
    codes.map((code) => document.responses.find((response) => response.code === code)?.label ?? code).join(', ')
  const instead = alternatives.length > 0 ? ` (or ${labels(alternatives)})` : ''
  return `${when ? `when ${conditionInWords(document, when)}` : 'otherwise'}: ${labels(responses)}${instead}`
}

/** A condition with the words of the indicators that it names. */
export function conditionInWords({ indicators }: PolicyDocument, condition: Condition): string {
  return describe(condition, (code) => indicators.find((spec) => spec.code === code)?.text ?? code)
}
