/**
 * @gorules/zen-engine: one expression for each rule in an expression node, compiled before. Twice: with the codes found as a list,
 * as its expressions are written, and with the set work done in JavaScript, as for the other peers.
 */
import type { Snapshot } from '../../src/engine/index.ts'
import { type Answer, answerOf, type PeerCondition, type PeerModel, type Prepared } from './prepared.ts'

/** How a zen expression asks for what was found. */
interface Asking {
  inputOf(child: Prepared): unknown
  present(code: string): string
  /** One of so many codes at least. */
  some(codes: readonly string[]): string
  several(codes: readonly string[], n: number): string
  counts(counter: number, n: number): string
}

type Work = (snapshot: Snapshot) => Promise<Answer>

/**
 * Not among our packages: its binaries for other platforms cannot be had everywhere, and a lock file has to hold them all.
 * Whoever wants it in the comparison installs it beside them.
 */
export const ZEN = '@gorules/zen-engine'

/** What is used of it. */
interface Zen {
  readonly ZenDecisionContent: new (content: unknown) => unknown
  readonly ZenEngine: new () => { createDecision(content: unknown): { evaluate(input: unknown): Promise<unknown> } }
}

export async function zenOnLists(model: PeerModel): Promise<Work> {
  const list = (codes: readonly string[]): string => `[${codes.map((code) => `'${code}'`).join(', ')}]`
  return await zen(model, {
    inputOf: ({ found, ageLow, ageHigh, facts }) => ({ codes: Object.keys(found), ageLow, ageHigh, facts }),
    present: (code) => `'${code}' in codes`,
    some: (codes) => `some(codes, # in ${list(codes)})`,
    several: (codes, n) => `count(codes, # in ${list(codes)}) >= ${n}`,
    counts: (counter, n) => `count(codes, # in ${list(model.counted[counter] ?? [])}) >= ${n}`,
  })
}

export async function zenPrepared(model: PeerModel): Promise<Work> {
  const found = (code: string): string => `(found["${code}"] ?? 0)`
  return await zen(model, {
    inputOf: (child) => child,
    present: (code) => `${found(code)} == 1`,
    some: (codes) => `(${codes.map((code) => `${found(code)} == 1`).join(' or ')})`,
    several: (codes, n) => `(${codes.map(found).join(' + ')}) >= ${n}`,
    counts: (counter, n) => `counters[${counter}] >= ${n}`,
  })
}

async function zen(model: PeerModel, asking: Asking): Promise<Work> {
  const { ZenDecisionContent, ZenEngine } = (await import(ZEN)) as Zen
  const expressions = model.rules.map(({ when }, place) => ({
    ...{ id: `e${place}`, key: `r${place}`, value: expression(when, asking, false) },
  }))
  const position = { x: 0, y: 0 }
  const content = {
    contentType: 'application/vnd.gorules.decision',
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position, content: {} },
      { id: 'rules', type: 'expressionNode', name: 'rules', position, content: { expressions } },
      { id: 'out', type: 'outputNode', name: 'out', position, content: {} },
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'rules' },
      { id: 'b', type: 'edge', sourceId: 'rules', targetId: 'out' },
    ],
  }
  const decision = new ZenEngine().createDecision(new ZenDecisionContent(content))
  return async (snapshot) => {
    const child = model.prepare(snapshot)
    const { result } = (await decision.evaluate(asking.inputOf(child))) as { result: Record<string, boolean> }
    return answerOf(model, child, (rule) => result[`r${rule}`] === true)
  }
}

function expression(condition: PeerCondition, asking: Asking, isNegated: boolean): string {
  if ('all' in condition || 'any' in condition) {
    const isAll = 'all' in condition
    const parts = 'all' in condition ? condition.all : condition.any
    const codes = isAll ? [] : parts.flatMap((part) => ('present' in part ? [part.present] : []))
    const rest = codes.length > 1 ? parts.filter((part) => !('present' in part)) : parts
    const each = rest.map((part) => expression(part, asking, isNegated))
    const asked = codes.length > 1 ? [asking.some(codes), ...each] : each
    return `(${asked.join(isAll === isNegated ? ' or ' : ' and ')})`
  }
  if ('not' in condition) return expression(condition.not, asking, !isNegated)
  if ('present' in condition) return `(${asking.present(condition.present)})`
  if ('nOf' in condition) return `(${asking.several(condition.codes, condition.nOf)})`
  if ('counter' in condition) return `(${asking.counts(condition.counter, condition.atLeast)})`
  if ('fact' in condition) return `((facts["${condition.fact}"] ?? 0) == ${isNegated ? 0 : 2})`
  const { unborn, from, to } = condition.age
  if (isNegated) return `(${unborn ? '(ageLow >= 0) and ' : ''}((ageHigh < ${from}) or (ageLow > ${to})))`
  return `(${unborn ? '(ageHigh < 0) or ' : ''}((ageLow >= ${from}) and (ageHigh <= ${to})))`
}
