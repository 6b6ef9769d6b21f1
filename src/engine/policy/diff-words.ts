/** What differs between two values of a policy, in words; told from their structure, so that no property goes unsaid. Pure. */
import { describe } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import { changedProperties, type Item, isSame, match, type Versions } from './diff-match.ts'
import type { PolicyDocument, RouteSpec } from './shape.ts'

/** Names of properties that do not read as they are written. */
const NAMES: Readonly<Record<string, string>> = {
  acrossDomains: 'domains',
  atLeast: 'at least',
  atLevels: 'at the levels',
  blindFirst: 'own judgement first',
  common: 'band of the common scale',
  countsOnce: 'counts once',
  default: 'where nothing is said',
  durationMonths: 'lasting for months',
  fromMonths: 'from months',
  holdWorkingDays: 'held for working days',
  ifMissing: 'where consent is missing',
  legalBasis: 'legal basis',
  limitWeeks: 'weeks at most',
  national: 'national codes',
  needsTraining: 'needs training',
  nextSteps: 'next steps',
  ofLevel: 'of the level',
  otherWords: 'other words',
  overdueBecomes: 'what it becomes when overdue',
  overrideGrounds: 'grounds for going without consent',
  overrideReasons: 'reasons to override',
  planCategory: 'category of the plan',
  quorumAgencies: 'agencies that have to be there',
  raisedBy: 'raised by',
  randomPercent: 'per cent at random',
  referralsAtLeast: 'referrals at least',
  resultAtLeast: 'result at least',
  reviewWeeks: 'weeks until it is looked at again',
  sameConcern: 'the same concern',
  secondScreening: 'second screening',
  shortLabel: 'short label',
  signOff: 'sign-off',
  statutoryClock: 'statutory clock',
  toMonths: 'to months',
  urgentHours: 'hours where it cannot wait',
  whenLowered: 'of every lowered decision',
  withinMonths: 'within months',
  withinWorkingDays: 'working days allowed',
  workingDays: 'working days',
}
/** Values of the vocabulary that do not read as they are written. */
const VALUES: Readonly<Record<string, string>> = { atMost: 'at most', atLeast: 'at least' }
/** Longer than this a value is not repeated whole. */
const VALUE_MAX = 160
/** Of a longer value so much is quoted, from a little before where it reads otherwise. */
const QUOTED_MAX = 120
const BEFORE_MAX = 40

/** One phrase for each thing that differs; at least one, unless the two are the same. */
export function differences(versions: Versions, old: unknown, now: unknown, name = ''): string[] {
  if (isSame(old, now)) return []
  if (Array.isArray(old) && Array.isArray(now))
    return isKeyed(old) && isKeyed(now) ? keyedDifferences(versions, old, now, name) : partDifferences(old, now, name)
  if (!isItem(old) || !isItem(now)) return [valueDifference(old, now, name)]
  return changedProperties(old, now).flatMap((property) => {
    const called = joined(name, propertyInWords(property))
    if (property !== 'when') return differences(versions, old[property], now[property], called)
    return [conditionDifference(versions, old[property], now[property], called)]
  })
}

function keyedDifferences(versions: Versions, old: readonly Item[], now: readonly Item[], name: string): string[] {
  const { added, removed, both, isReordered } = match(old, now, keyOf)
  return [
    ...removed.map((item) => `${joined(name, keyOf(item))} is gone`),
    ...added.map((item) => `${joined(name, keyOf(item))} is new: ${inBrief(item)}`),
    ...both.flatMap((pair) => differences(versions, pair.old, pair.now, joined(name, keyOf(pair.now)))),
    ...(isReordered ? [`${name} stands in another order`] : []),
  ]
}

/** Lists whose parts have no name of their own: what is there no longer, and what is new. */
function partDifferences(old: readonly unknown[], now: readonly unknown[], name: string): string[] {
  const [was, is] = [inWords(old), inWords(now)]
  const isShort = Math.max(was.length, is.length) <= VALUE_MAX && ![...old, ...now].some(isItem)
  if (isShort) return [wasIs(name, was, is)]
  const lacks = (list: readonly unknown[], part: unknown): boolean => !list.some((other) => isSame(other, part))
  const gone = old.filter((part) => lacks(now, part)).map((part) => `no longer ${inBrief(part)}`)
  const come = now.filter((part) => lacks(old, part)).map((part) => `now ${inBrief(part)}`)
  const said = [...gone, ...come].join(', ')
  return [`${name}: ${said || 'the same stands otherwise'}`]
}

function valueDifference(old: unknown, now: unknown, name: string): string {
  const [was, is] = [inWords(old), inWords(now)]
  if (Math.max(was.length, is.length) <= VALUE_MAX) return wasIs(name, was, is)
  if (isMissing(old)) return `${name} is new: ${inBrief(now)}`
  if (isMissing(now)) return `${name} is gone: ${inBrief(old)}`
  const [gone, come] = fromWhereTheyPart(was, is)
  return `${name} is worded anew: no longer ${gone}, now ${come}`
}

/** Every `when` of the format is a condition. */
function conditionDifference({ before, after }: Versions, old: unknown, now: unknown, name: string): string {
  const words = (document: PolicyDocument, when: unknown): string =>
    isMissing(when) ? inWords(when) : conditionInWords(document, when as Condition)
  const [was, is] = [words(before, old), words(after, now)]
  return was === is ? wasIs(name, inWords(old), inWords(now)) : wasIs(name, was, is)
}

function wasIs(name: string, was: string, is: string): string {
  return was === is ? `${name} is put together otherwise` : `${name} was ${was}, is ${is}`
}

function joined(name: string, part: string): string {
  return name === '' ? part : `${name}, ${part}`
}

const KEYS = ['code', 'id', 'name', 'term', 'date'] as const
/** Keys that are numbers are told with what they are. */
const NUMBERS = ['stage', 'points', 'value'] as const

function keyOf(item: Item): string {
  const key = KEYS.find((name) => item[name] !== undefined)
  const number = NUMBERS.find((name) => item[name] !== undefined)
  return key ? String(item[key]) : number ? `${number} ${item[number]}` : ''
}

function isKeyed(list: readonly unknown[]): list is readonly Item[] {
  const keys = list.map((item) => (isItem(item) ? keyOf(item) : ''))
  return keys.every((key) => key !== '') && new Set(keys).size === keys.length
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null
}

/** A value as a person would read it aloud; of each text in it no more than so many characters. */
function inWords(value: unknown, max = Number.POSITIVE_INFINITY): string {
  if (isMissing(value)) return 'not there'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((part) => inWords(part, max)).join(', ')
  if (isItem(value))
    return Object.entries(value)
      .map(([name, part]) => `${propertyInWords(name)} ${inWords(part, max)}`)
      .join(', ')
  const text = String(value).replaceAll(/\s+/g, ' ')
  return text.includes(' ') ? quoted(text, max) : (VALUES[text] ?? text.replaceAll('_', ' '))
}

/** A value that is new or gone; of a longer text the beginning tells which it is. */
export function inBrief(value: unknown): string {
  return inWords(value, QUOTED_MAX)
}

function propertyInWords(name: string): string {
  return NAMES[name] ?? name.replaceAll('_', ' ')
}

/** A passage of each of two texts, from the word with which they begin to differ. */
function fromWhereTheyPart(was: string, is: string): [string, string] {
  const [old, now] = [[...was], [...is]]
  const parting = old.findIndex((character, i) => character !== now[i])
  const space = old.lastIndexOf(' ', Math.max(0, (parting < 0 ? old.length : parting) - BEFORE_MAX))
  const passage = (text: readonly string[]): string => {
    const shown = text
      .slice(space + 1, space + 1 + QUOTED_MAX)
      .join('')
      .replaceAll(/^“|”$/g, '')
    return `“${space > 0 ? '…' : ''}${shown}${space + 1 + QUOTED_MAX < text.length ? '…' : ''}”`
  }
  return [passage(old), passage(now)]
}

/** A text as it stands; of a longer one the beginning. */
export function quoted(text: string, max = QUOTED_MAX): string {
  const characters = [...text]
  return `“${characters.length > max ? `${characters.slice(0, max).join('')}…` : text}”`
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

/** Strengths in words, with their codes. */
export function strengthsInWords({ indicators }: PolicyDocument, codes: readonly string[]): string {
  return codes.map((code) => `“${indicators.find((spec) => spec.code === code)?.text ?? code}” (${code})`).join('; ')
}

/** With a capital letter, and a full stop unless it ends with one. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]”?$/.test(text) ? '' : '.'}`
}
