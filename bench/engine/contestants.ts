/** Every engine by its name, behind one question: what does it make of this referral? */
import { JsonBytes, type Policy, type Snapshot } from '../../src/engine/index.ts'
import { type Answer, peerModel } from './prepared.ts'
import { explanationsOf, recommendationsOf, verdictsOf } from './threshold.ts'
import { ZEN } from './zen.ts'

/** Works on one referral; what it gives is only looked at when answers are compared. */
export type Work = (snapshot: Snapshot) => unknown

export const CONTESTANTS = [
  'threshold',
  'threshold, explanation as bytes',
  'threshold, full recommendation',
  'json-logic-engine compiled',
  'json-rules-engine at its best',
  'zen-engine expression graph',
  'zen-engine, sets in JavaScript',
] as const
export type Contestant = (typeof CONTESTANTS)[number]

/** Those whose packages are there; `missing` are left out. */
export function present(): { contestants: readonly Contestant[]; missing: readonly Contestant[] } {
  const isThere = (name: Contestant): boolean => !name.startsWith('zen') || canLoad(ZEN)
  return { contestants: CONTESTANTS.filter(isThere), missing: CONTESTANTS.filter((name) => !isThere(name)) }
}

function canLoad(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}

const scratch = new JsonBytes()

/** The packages are loaded in the process that needs them, and in no other. */
export async function workOf(name: Contestant, policy: Policy): Promise<Work> {
  if (name === 'threshold') return verdictsOf(policy)
  if (name === 'threshold, explanation as bytes') return explanationsOf(policy, scratch)
  if (name === 'threshold, full recommendation') return recommendationsOf(policy)
  const model = peerModel(policy)
  if (name === 'json-logic-engine compiled') return (await import('./json-logic.ts')).jsonLogic(model)
  if (name === 'json-rules-engine at its best') return (await import('./json-rules.ts')).jsonRules(model)
  const { zenOnLists, zenPrepared } = await import('./zen.ts')
  return name === 'zen-engine expression graph' ? await zenOnLists(model) : await zenPrepared(model)
}

/** What a contestant said of a referral, in the form in which all are compared: rank, and rules and clusters that fired. */
export async function answerOf(name: Contestant, work: Work, snapshot: Snapshot): Promise<string> {
  const said = await work(snapshot)
  const { rank, fired } = name === 'threshold, explanation as bytes' ? readBack() : (said as Answer)
  return `${rank} ${fired.filter((id) => /^[RC]\d+$/.test(id)).sort()}`
}

/** Level and reasons from the bytes that were written. */
function readBack(): Answer {
  const [child] = JSON.parse(`${scratch}`) as {
    low: { rank: number } | null
    reasons: { id: string }[]
  }[]
  return { rank: child?.low?.rank ?? -1, fired: child?.reasons.map(({ id }) => id) ?? [] }
}
