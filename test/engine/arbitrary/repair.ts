/** A random policy says things that cannot be or contradict each other; what the check names is taken out again. */
import type { Problem } from '../../../src/engine/index.ts'
import { compileTexts, words } from '../../support/policies.ts'
import type { Draw } from './draw.ts'
import type { Json } from './indicators.ts'
import { type Written, writtenPolicy } from './policy.ts'

/** Problems of a part of the policy that can be left out whole. */
const LEFT_OUT = [
  'condition-impossible',
  'rule-contradicts',
  'consent-withholds',
  'cluster-impossible',
  'unreachable-route',
  'cutoff-unreachable',
]
const REPAIRED = [...LEFT_OUT, 'unreachable-level']

/** The policy without the parts that are refused, and with a place for each level; the same policy where there is nothing to mend. */
export function repaired(policy: Json, problems: readonly Problem[]): Json {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0 || errors.some(({ code }) => !REPAIRED.includes(code))) return policy
  const refused = new Map<string, Set<number>>()
  for (const { code, pointer } of errors) {
    const [, section = '', index = ''] = pointer.split('/')
    if (LEFT_OUT.includes(code)) refused.set(section, (refused.get(section) ?? new Set()).add(Number(index)))
  }
  const left = Object.entries(policy).map(([section, items]) =>
    section === 'points' && refused.has('points')
      ? [section, undefined]
      : [section, Array.isArray(items) ? items.filter((_, i) => !refused.get(section)?.has(i)) : items],
  )
  const unreached = errors.flatMap(({ code, pointer }) => (code === 'unreachable-level' ? [pointer.split('/')[2]] : []))
  const mended: Json = Object.fromEntries(left)
  const indicators = (mended['indicators'] as Json[]).map(({ points, ...rest }) =>
    points === undefined || refused.has('points') ? rest : { ...rest, points },
  )
  const places = unreached.map((rank) => ({
    code: `LEVEL${rank}`,
    kind: 'risk',
    level: `L${rank}`,
    alone: true,
    domains: ['D0'],
    text: 'T.',
    citation: { section: '1' },
  }))
  return { ...mended, indicators: [...indicators, ...places] }
}

/** What is mended may lead to something else that cannot be: a few rounds, and then the check has the last word. */
const ROUNDS = 6

/** A random policy that the check passes. */
export function wholePolicy(draw: Draw): Written {
  const { policy, pack } = writtenPolicy(draw)
  let whole = policy
  for (let round = 0; ; round++) {
    const { problems, policy: compiled } = compileTexts({ policy: JSON.stringify(whole), pack: JSON.stringify(pack) })
    if (compiled) return { policy: whole, pack }
    if (round === ROUNDS) throw new Error(`does not compile: ${words(problems)}`)
    whole = repaired(whole, problems)
  }
}
