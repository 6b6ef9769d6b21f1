/** The policy that all engines are given: some 200 indicators in 15 domains, 4 levels, 20 rules of every form, 3 clusters. */

import type { Condition } from '../../src/engine/conditions/shape.ts'
import { type Policy, recompile } from '../../src/engine/index.ts'
import { CATEGORIES, COMMON_SCALE, QUALITY_FEATURES } from '../../src/engine/vocabulary.ts'
import { type Chance, chanceOf } from './chance.ts'

export const LEVELS = ['L1', 'L2', 'L3', 'L4'] as const
export const FACTS = ['not-seen', 'moved-often', 'no-lead', 'closed-before'] as const
/** Indicators that findings are drawn from; a larger policy has more that nobody mentions. */
export const FOUND_OF = 200
const ABOUT = CATEGORIES.slice(0, 8)
const RULES = 20

/** A policy with so many indicators, of which the first 200 and all rules are always the same. */
export function benchPolicy(indicators: number): Policy {
  const chance = chanceOf(20_260_401)
  const items = Array.from({ length: FOUND_OF }, (_, i) => indicator(chance, i))
  const rules = Array.from({ length: RULES }, (_, i) => rule(chance, i))
  const more = chanceOf(7)
  for (let i = FOUND_OF; i < indicators; i++) items.push({ ...indicator(more, i), absolute: false, triggers: [] })
  return recompile({ ...FURNITURE, indicators: items, rules, clusters: CLUSTERS }, PACK)
}

export const codeOf = (i: number): string => `N-${String(i).padStart(4, '0')}`

const WORDS = 'the child says that at home nobody is awake in the morning and often there is no food for school'.split(
  ' ',
)

/** A sentence as long as such sentences are. */
export function sentence(chance: Chance, words: number): string {
  return `${Array.from({ length: words }, () => chance.pick(WORDS)).join(' ')}.`
}

const citation = (chance: Chance) => ({
  section: 'C3 Basic care',
  paragraph: `C3.${chance.upTo(40)}`,
  page: 10 + chance.upTo(60),
})

function indicator(chance: Chance, i: number) {
  const kind = i % 20 === 19 ? 'protective' : i % 20 === 9 ? 'expected' : i % 7 === 3 ? 'status' : 'risk'
  const scores = kind === 'risk' || kind === 'status'
  const rank = scores ? chance.pick([0, 1, 1, 1, 2, 2, 3]) : 0
  const alone = chance.percent(15)
  return {
    code: codeOf(i),
    kind,
    level: LEVELS[i === 0 ? 3 : rank]!,
    domains: [`D${chance.upTo(14)}`],
    categories: chance.some(ABOUT, 1 + chance.upTo(1)),
    text: sentence(chance, 14),
    citation: citation(chance),
    alone: scores && rank < 3 && alone,
    absolute: i === 0,
    triggers: i === 0 ? ['immediate-danger'] : [],
  }
}

function rule(chance: Chance, i: number) {
  const id = `R${String(i).padStart(2, '0')}`
  const when = { all: [group(chance, 2), group(chance, 2), ...(chance.percent(50) ? [guard(chance)] : [])] }
  return { id, when, then: { atLeast: LEVELS[1 + (i % 3)] }, because: sentence(chance, 24), citation: citation(chance) }
}

/** Some of the indicators that findings are drawn from, and that score. */
function codes(chance: Chance, count: number): string[] {
  return Array.from({ length: count }, () => {
    const i = 1 + chance.upTo(FOUND_OF - 2)
    return codeOf(i % 20 === 19 || i % 20 === 9 ? i - 1 : i)
  })
}

const present = (code: string): Condition => ({ present: code })

function group(chance: Chance, depth: number): Condition {
  const form = depth === 0 ? chance.upTo(2) : chance.upTo(7)
  if (form === 0) return { any: [...new Set(codes(chance, 6))].map(present) }
  if (form === 1) return { count: { atLeast: 1 + chance.upTo(1), category: chance.pick(ABOUT) } }
  if (form === 2) return { count: { atLeast: 2, level: LEVELS[1 + chance.upTo(1)]!, domain: `D${chance.upTo(14)}` } }
  if (form === 3) return { atLeast: { n: 2, of: [...new Set(codes(chance, 12))].map(present) } }
  if (form === 4) return { any: [{ all: codes(chance, 2).map(present) }, group(chance, depth - 1), guard(chance)] }
  if (form === 5) return { any: [...new Set(codes(chance, 10))].map(present) }
  if (form === 6) return { all: [group(chance, depth - 1), guard(chance)] }
  return { any: [group(chance, depth - 1), group(chance, depth - 1)] }
}

/** Age and answers, also under a negation. */
function guard(chance: Chance): Condition {
  const form = chance.upTo(3)
  if (form === 0) return { age: { toMonths: 59 + 12 * chance.upTo(8) } }
  if (form === 1) return { age: { unborn: true, toMonths: 23 + 12 * chance.upTo(4) } }
  if (form === 2) return { not: { age: { fromMonths: 100 + 12 * chance.upTo(6) } } }
  return chance.percent(50) ? { fact: chance.pick(FACTS) } : { not: { fact: chance.pick(FACTS) } }
}

const because = 'Several things that would each be small wear a child down together.'
const CITED = { section: 'E Putting findings together', paragraph: 'E.2', page: 61 }
const CLUSTERS = [
  { id: 'C1', count: 1, ofLevel: 'L2', atLeast: 'L2', because, citation: CITED },
  { id: 'C2', count: 4, ofLevel: 'L2', atLeast: 'L3', because, citation: CITED },
  { id: 'C3', count: 4, ofLevel: 'L3', atLeast: 'L4', because, citation: CITED },
]

const CONTROL = {
  title: 'Bench',
  authority: 'Testshire',
  version: '1',
  owner: 'Bench',
  changeReason: 'None.',
  approved: '2026-01-01',
  effective: '2026-01-01',
  reviewDue: '2027-01-01',
}
const response = (code: string, type: string) => ({
  ...{ code, type, label: `Response ${code}`, legalBasis: 'Children Act 1989', lead: 'A team', nextSteps: ['Call.'] },
  clock: { label: 'Ten working days', workingDays: 10, from: 'referral_received' },
  consent: { rule: type === 'strategy_discussion' ? 'not_required' : 'required' },
})
const FURNITURE = {
  format: 'threshold.policy/1',
  document: { ...CONTROL, id: 'bench', statutory: 'bench-pack@1' },
  levels: LEVELS.map((code, i) => ({
    code,
    label: `Level ${i + 1}`,
    description: 'A level.',
    common: COMMON_SCALE[i],
  })),
  domains: Array.from({ length: 15 }, (_, i) => ({ code: `D${i}`, label: `Domain ${i}`, subject: 'child' })),
  facts: FACTS.map((code) => ({ code, question: 'Is it so?' })),
  gates: [
    { id: 'open', question: 'Is there an open case?', outcome: 'open_case', response: 'A', because, citation: CITED },
  ],
  routing: LEVELS.map((level, i) => ({ level, responses: [['N', 'E', 'A', 'S'][i]], because })),
  responses: [
    response('S', 'strategy_discussion'),
    response('A', 'section_17_assessment'),
    response('E', 'early_help_assessment'),
    response('N', 'universal_services'),
    response('H', 'human_review'),
  ],
  urgency: { default: 'soon', bands: [{ code: 'soon', label: 'Soon', hours: 24, clock: 'working' }] },
  quality: QUALITY_FEATURES.map((feature) => ({ feature, weight: 1, advice: 'Say it.' })),
  oversight: {
    blindFirst: true,
    decision: { qualification: 'social_work', role: 'Manager', withinWorkingDays: 1 },
    secondScreening: { responses: ['S'], randomPercent: 5 },
    signOff: { responses: ['S'], withinWorkingDays: 1 },
    overrideReasons: [{ code: 'other', label: 'Other' }],
    escalation: [{ stage: 1, role: 'Manager', withinWorkingDays: 1 }],
    moderation: { frequency: 'monthly', sample: 5 },
  },
}
const PACK = {
  format: 'threshold.statutory/1',
  document: { ...CONTROL, id: 'bench-pack' },
  clocks: [{ code: 'decision', label: 'Decide', workingDays: 1, from: 'referral_received', citation: CITED }],
  decisionMakers: [
    { responses: ['human_review'], qualification: 'social_work', role: 'Manager', because, citation: CITED },
  ],
  triggers: [
    {
      ...{ code: 'immediate-danger', label: 'Immediate danger', atLeast: 'child_protection', because, citation: CITED },
      responses: ['strategy_discussion'],
    },
  ],
}
