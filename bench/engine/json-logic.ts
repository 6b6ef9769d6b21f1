/** json-logic-engine, compiled: all rules built into one function, with operators of our own for sets, which it has none for. */
import { LogicEngine } from 'json-logic-engine'
import type { Snapshot } from '../../src/engine/index.ts'
import { type Answer, answerOf, type PeerCondition, type PeerModel, type Prepared } from './prepared.ts'

export function jsonLogic(model: PeerModel): (snapshot: Snapshot) => Answer {
  const engine = new LogicEngine()
  addOperators(engine)
  const run = engine.build(model.rules.map(({ when }) => logicOf(when, false))) as (
    data: Prepared,
  ) => readonly unknown[]
  return (snapshot) => {
    const prepared = model.prepare(snapshot)
    const held = run(prepared)
    return answerOf(model, prepared, (rule) => Boolean(held[rule]))
  }
}

/** Loops over what they are given as it comes: rest and spread would cost a list each time. */
function addOperators(engine: LogicEngine): void {
  const add = (name: string, holds: (args: readonly (number | string)[], data: Prepared) => boolean): void =>
    engine.addMethod(name, holds as never, { deterministic: false } as never)
  add('has', (args, { found }) => {
    let missing = args[0] as number
    for (let i = 1; i < args.length; i++) if (found[args[i] as string] === 1 && --missing === 0) return true
    return false
  })
  add('counts', (args, { counters }) => counters[args[0] as number]! >= (args[1] as number))
}

/** Under a negation it is asked whether the condition surely does not hold. */
function logicOf(condition: PeerCondition, isNegated: boolean): unknown {
  if ('all' in condition || 'any' in condition) {
    const isAll = 'all' in condition
    const parts = 'all' in condition ? condition.all : condition.any
    const codes = parts.flatMap((part) => ('present' in part ? [part.present] : []))
    const rest = parts.filter((part) => !('present' in part)).map((part) => logicOf(part, isNegated))
    const asked = codes.length === 0 ? rest : [{ has: [isAll ? new Set(codes).size : 1, ...new Set(codes)] }, ...rest]
    return asked.length === 1 ? asked[0] : { [isAll === isNegated ? 'or' : 'and']: asked }
  }
  if ('not' in condition) return logicOf(condition.not, !isNegated)
  if ('present' in condition) return { has: [1, condition.present] }
  if ('nOf' in condition) return { has: [condition.nOf, ...condition.codes] }
  if ('counter' in condition) return { counts: [condition.counter, condition.atLeast] }
  if ('fact' in condition)
    return isNegated
      ? { '!': [{ var: `facts.${condition.fact}` }] }
      : { '===': [{ var: `facts.${condition.fact}` }, 2] }
  const { unborn, from, to } = condition.age
  const [low, high] = [{ var: 'ageLow' }, { var: 'ageHigh' }]
  if (isNegated)
    return { and: [unborn ? { '>=': [low, 0] } : true, { or: [{ '<': [high, from] }, { '>': [low, to] }] }] }
  const born = { and: [{ '>=': [low, from] }, { '<=': [high, to] }] }
  return unborn ? { or: [{ '<': [high, 0] }, born] } : born
}
