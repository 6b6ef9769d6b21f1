/** A shipped policy with a few of its indicators, rules and questions: quick to check, and of the same kind. */
import { parse } from 'yaml'

interface Item {
  readonly code: string
  readonly [key: string]: unknown
}
type Document = Record<string, Item[]>

const RULES = 3
const QUESTIONS = 4
const SERVICES = 2

export function cutDown(text: string): Record<string, unknown> {
  const document = parse(text) as Document
  const { indicators = [], rules = [], questions = [], services = [], routing = [], clusters = [] } = document
  const kept = {
    rules: rules.slice(0, RULES),
    questions: questions.slice(0, QUESTIONS),
    services: services.slice(0, SERVICES),
  }
  const named = JSON.stringify([kept.rules, kept.questions, routing, clusters])
  // One of each level and kind, beside what is named and what expresses a trigger.
  const seen = new Set<string>()
  const isFirst = (item: Item): boolean => {
    const key = `${item['level']} ${item['kind']}`
    return !seen.has(key) && seen.add(key).size > 0
  }
  return {
    ...document,
    ...kept,
    indicators: indicators.filter(
      (item) => named.includes(`"${item.code}"`) || item['triggers'] !== undefined || isFirst(item),
    ),
  }
}
