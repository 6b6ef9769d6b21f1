/** json-rules-engine at its best: one rule for each of the policy's, one fact, and operators that do the set work in JavaScript. */
import { Engine, type NestedCondition, type TopLevelCondition } from 'json-rules-engine'
import type { Snapshot } from '../../src/engine/index.ts'
import { type Answer, answerOf, type PeerCondition, type PeerModel, type Prepared } from './prepared.ts'

type Age = Extract<PeerCondition, { age: unknown }>['age']

export function jsonRules(model: PeerModel): (snapshot: Snapshot) => Promise<Answer> {
  const engine = new Engine([], { allowUndefinedFacts: true })
  addOperators(engine)
  model.rules.forEach(({ when }, place) => {
    engine.addRule({ conditions: topLevel(nested(when, false)), event: { type: String(place) } })
  })
  return async (snapshot) => {
    const child = model.prepare(snapshot)
    const { events } = await engine.run({ child })
    const held = new Set(events.map(({ type }) => Number(type)))
    return answerOf(model, child, (rule) => held.has(rule))
  }
}

function addOperators(engine: Engine): void {
  const add = <T>(name: string, holds: (child: Prepared, value: T) => boolean): void =>
    engine.addOperator<Prepared, T>(name, holds)
  add<{ n: number; codes: readonly string[] }>('has', ({ found }, { n, codes }) => {
    let count = 0
    for (const code of codes) if (found[code] === 1 && ++count >= n) return true
    return false
  })
  add<{ counter: number; atLeast: number }>(
    'counts',
    ({ counters }, value) => counters[value.counter]! >= value.atLeast,
  )
  add<string>('is', ({ facts }, fact) => facts[fact] === 2)
  add<string>('isNot', ({ facts }, fact) => facts[fact] === undefined)
  add<Age>(
    'aged',
    ({ ageLow, ageHigh }, { unborn, from, to }) => (unborn && ageHigh < 0) || (ageLow >= from && ageHigh <= to),
  )
  add<Age>(
    'notAged',
    ({ ageLow, ageHigh }, { unborn, from, to }) => (!unborn || ageLow >= 0) && (ageHigh < from || ageLow > to),
  )
}

function nested(condition: PeerCondition, isNegated: boolean): NestedCondition {
  const ask = (operator: string, value: unknown): NestedCondition => ({ fact: 'child', operator, value })
  if ('all' in condition || 'any' in condition) {
    const parts = 'all' in condition ? condition.all : condition.any
    const isAll = 'all' in condition
    return isAll === isNegated
      ? { any: grouped(parts, isNegated, () => 1) }
      : { all: grouped(parts, isNegated, ({ length }) => length) }
  }
  if ('not' in condition) return nested(condition.not, !isNegated)
  if ('present' in condition) return ask('has', { n: 1, codes: [condition.present] })
  if ('nOf' in condition) return ask('has', { n: condition.nOf, codes: condition.codes })
  if ('counter' in condition) return ask('counts', { counter: condition.counter, atLeast: condition.atLeast })
  if ('fact' in condition) return ask(isNegated ? 'isNot' : 'is', condition.fact)
  return ask(isNegated ? 'notAged' : 'aged', condition.age)
}

/** Indicators that are asked for side by side are asked for at once. */
function grouped(
  parts: readonly PeerCondition[],
  isNegated: boolean,
  wanted: (codes: readonly string[]) => number,
): NestedCondition[] {
  const codes = [...new Set(parts.flatMap((part) => ('present' in part ? [part.present] : [])))]
  const rest = parts.filter((part) => !('present' in part)).map((part) => nested(part, isNegated))
  return codes.length === 0 ? rest : [{ fact: 'child', operator: 'has', value: { n: wanted(codes), codes } }, ...rest]
}

function topLevel(condition: NestedCondition): TopLevelCondition {
  return 'all' in condition || 'any' in condition ? (condition as TopLevelCondition) : { all: [condition] }
}
