/** Random policies that the check passes, each with a small statutory pack of its own. */
import { COMMON_SCALE, type CommonBand, QUALITY_FEATURES } from '../../../src/engine/vocabulary.ts'
import { FEW_CATEGORIES, type Vocabulary } from './conditions.ts'
import type { Draw } from './draw.ts'
import { CONTROL, OVERSIGHT, RESPONSES } from './furniture.ts'
import { isScoring, type Json, type Level, someIndicators } from './indicators.ts'
import { question, routes, rule, someClusters, somePoints } from './rules.ts'

export interface Written {
  readonly policy: Json
  readonly pack: Json
}

const because = 'Because.'
const citation = { section: '1' }

export function writtenPolicy(draw: Draw): Written {
  const levels = someLevels(draw)
  const pack = statutoryPack(draw)
  const domains = someDomains(draw)
  const measures = draw.many(0, 2, (i) => `M${i}`)
  const urgent = draw.chance(60)
  // One matrix at most, whose columns X0, X1 … stand for the levels L0, L1 ….
  const matrices = draw.chance(35) ? ['MX'] : []
  const assessments = draw.many(0, 2, (i) => `AS${i}`)
  const indicators = someIndicators(draw, { levels, pack, domains, measures, matrices, hasPoints: draw.chance(35) })
  const facts = draw.many(1, 2, (i) => `F${i}`)
  const gates = draw.many(0, 2, (i) => `GATE${i}`)
  const words: Vocabulary = {
    levels: levels.map(({ code }) => code),
    domains: domains.map(({ code }) => code),
    measures,
    facts: [...facts, ...gates],
    risks: indicators.filter(isScoring).map(({ code }) => code),
    assessments,
    matrices,
  }
  const protective = indicators.filter(({ kind }) => kind === 'protective').map(({ code }) => code)
  const policy = {
    format: 'threshold.policy/1',
    document: { ...CONTROL, id: 'random', statutory: 'random-pack@1' },
    levels: levels.map((level) => ({ ...level, label: `Level ${level.code}`, description: 'D.' })),
    domains,
    indicators,
    measures: measures.map((name) => ({
      name,
      label: name,
      unit: 'number',
      ...(draw.chance(40) && { countsOnce: true }),
    })),
    ...(matrices.length > 0 && { matrices: matrices.map((id) => matrix(draw, id, levels)) }),
    ...(assessments.length > 0 && {
      assessments: assessments.map((code) => ({ code, label: code, kind: 'specialist_tool' })),
    }),
    ...(draw.chance(30) && {
      repetition: { withinMonths: draw.between(1, 5), sometimes: 2, often: draw.between(3, 4) },
    }),
    facts: facts.map((code) => ({ code, question: 'Is it so?' })),
    rules: draw.many(0, 4, (i) => rule(draw, words, protective, i)),
    clusters: someClusters(draw, words, protective, indicators),
    ...somePoints(draw, words, indicators),
    gates: gates.map(gate),
    routing: levels.flatMap((level) => routes(draw, words, level)),
    responses: RESPONSES.map((response) => ({
      ...response,
      ...(urgent && response.code === 'STRATEGY' && { urgency: 'soon' }),
    })),
    urgency: URGENCY,
    questions: draw.many(0, 3, (i) => question(draw, words, i)),
    quality: QUALITY_FEATURES.map((feature, i) => ({ feature, weight: i + 1, advice: 'A.' })),
    oversight: OVERSIGHT,
    services: draw.many(0, 2, (i) => service(draw, words.levels, i)),
  }
  return { policy, pack }
}

function matrix(draw: Draw, id: string, levels: readonly Level[]): Json {
  const columns = levels.map(({ code }, i) => ({
    code: `X${i}`,
    label: 'C',
    level: code,
    ...(draw.chance(15) && { response: 'STRATEGY' }),
  }))
  return { id, title: 'M', columns, citation }
}

const gate = (id: string): Json => ({
  id,
  question: 'Is it?',
  outcome: 'open_case',
  response: 'REDIRECT',
  because,
  citation,
})

const URGENCY = {
  default: 'later',
  bands: ['now', 'soon', 'later'].map((code, i) => ({
    code,
    label: code,
    hours: 4 ** i,
    clock: i === 0 ? 'calendar' : 'working',
  })),
}

function service(draw: Draw, levels: readonly string[], i: number): Json {
  const categories = draw.some(FEW_CATEGORIES, 30)
  return { code: `SV${i}`, name: 'S', description: 'S.', contact: 'c', levels: [draw.pick(levels)], categories }
}

/** Two to six levels, lowest first; the last reaches child protection. */
function someLevels(draw: Draw): Level[] {
  const size = draw.between(2, 6)
  const bands = draw.many(size - 1, size - 1, () => draw.upTo(3)).sort()
  return [...bands, 3].map((band, i) => ({ code: `L${i}`, common: COMMON_SCALE[band]! }))
}

function statutoryPack(draw: Draw): Json & { triggers: { code: string; atLeast: CommonBand }[] } {
  const trigger = (code: string, i: number) => ({
    code,
    label: code,
    because: 'The law says so.',
    citation,
    atLeast: i === 0 || draw.chance(60) ? ('child_protection' as const) : draw.pick(COMMON_SCALE),
    responses: i === 0 ? ['immediate_protection'] : ['strategy_discussion', 'immediate_protection'],
  })
  return {
    format: 'threshold.statutory/1',
    document: { ...CONTROL, id: 'random-pack' },
    clocks: [
      { code: 'decision', label: 'Decide', workingDays: 1, from: 'referral_received', citation },
      { code: 'assessment', label: 'Assess', workingDays: 45, from: 'referral_received', citation },
    ],
    decisionMakers: [{ responses: ['human_review'], qualification: 'social_work', role: 'Manager', because, citation }],
    triggers: ['immediate-danger', 'T1', 'T2'].slice(0, draw.between(1, 3)).map(trigger),
  }
}

/** Two or three top-level domains with a tree below them. */
function someDomains(draw: Draw): { code: string; label: string; subject: string; parent?: string }[] {
  const domains: { code: string; label: string; subject: string; parent?: string }[] = draw.many(2, 3, (i) => ({
    code: `D${i}`,
    label: 'D',
    subject: 'child',
  }))
  for (const i of draw.many(0, 3, (index) => index))
    domains.push({ code: `S${i}`, label: 'S', subject: 'parents', parent: draw.pick(domains).code })
  return domains
}
