/** Random policies that the check passes, each with a small statutory pack of its own. */
import { CATEGORIES, COMMON_SCALE, type CommonBand, EVIDENCE_KINDS, OCCURRENCES, OPERATORS, QUALITY_FEATURES } from '../../../src/engine/vocabulary.ts'
import { ageRange, condition, FEW_CATEGORIES, type Vocabulary } from './conditions.ts'
import type { Draw } from './draw.ts'
import { CONTROL, OVERSIGHT, RESPONSES } from './furniture.ts'

type Json = Record<string, unknown>
interface Item extends Json { readonly code: string; readonly level: string; readonly kind: string; readonly alone?: boolean; readonly absolute?: boolean }
interface Level { readonly code: string; readonly common: CommonBand }

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
  const indicators = someIndicators(draw, { levels, pack, domains, measures, hasPoints: draw.chance(35) })
  const facts = draw.many(1, 2, (i) => `F${i}`)
  const gates = draw.many(0, 2, (i) => `GATE${i}`)
  const words: Vocabulary = {
    levels: levels.map(({ code }) => code), domains: domains.map(({ code }) => code), measures, facts: [...facts, ...gates],
    risks: indicators.filter(({ kind }) => kind !== 'protective' && kind !== 'expected').map(({ code }) => code),
  }
  const protective = indicators.filter(({ kind }) => kind === 'protective').map(({ code }) => code)
  const policy = {
    format: 'threshold.policy/1',
    document: { ...CONTROL, id: 'random', statutory: 'random-pack@1' },
    levels: levels.map((level) => ({ ...level, label: `Level ${level.code}`, description: 'D.' })),
    domains, indicators,
    measures: measures.map((name) => ({ name, label: name, unit: 'number' })),
    facts: facts.map((code) => ({ code, question: 'Is it so?' })),
    rules: draw.many(0, 4, (i) => rule(draw, words, protective, i)),
    clusters: someClusters(draw, words, protective, indicators),
    ...somePoints(draw, words, indicators),
    gates: gates.map((id) => ({ id, question: 'Is it?', outcome: 'open_case', response: 'REDIRECT', because, citation })),
    routing: levels.flatMap(({ code }) => routes(draw, words, code)),
    responses: RESPONSES.map((response) => ({ ...response, ...(urgent && response.code === 'STRATEGY' && { urgency: 'soon' }) })),
    urgency: { default: 'later', bands: ['now', 'soon', 'later'].map((code, i) => ({ code, label: code, hours: 4 ** i, clock: i === 0 ? 'calendar' : 'working' })) },
    questions: draw.many(0, 3, (i) => question(draw, words, i)),
    quality: QUALITY_FEATURES.map((feature, i) => ({ feature, weight: i + 1, advice: 'A.' })),
    oversight: OVERSIGHT,
    services: draw.many(0, 2, (i) => ({ code: `SV${i}`, name: 'S', description: 'S.', contact: 'c', levels: [draw.pick(words.levels)], categories: draw.some(FEW_CATEGORIES, 30) })),
  }
  return { policy, pack }
}

/** Two to six levels, lowest first; the last reaches child protection. */
function someLevels(draw: Draw): Level[] {
  const size = draw.between(2, 6)
  const bands = draw.many(size - 1, size - 1, () => draw.upTo(3)).sort()
  return [...bands, 3].map((band, i) => ({ code: `L${i}`, common: COMMON_SCALE[band]! }))
}

function statutoryPack(draw: Draw): Json & { triggers: { code: string; atLeast: CommonBand }[] } {
  const trigger = (code: string, i: number) => ({
    code, label: code, because: 'The law says so.', citation,
    atLeast: i === 0 || draw.chance(60) ? 'child_protection' as const : draw.pick(COMMON_SCALE),
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
  const domains: { code: string; label: string; subject: string; parent?: string }[] = draw.many(2, 3, (i) => ({ code: `D${i}`, label: 'D', subject: 'child' }))
  for (const i of draw.many(0, 3, (index) => index)) domains.push({ code: `S${i}`, label: 'S', subject: 'parents', parent: draw.pick(domains).code })
  return domains
}

interface Around { levels: readonly Level[]; pack: { triggers: { code: string; atLeast: CommonBand }[] }; domains: readonly { code: string }[]; measures: readonly string[]; hasPoints: boolean }

function someIndicators(draw: Draw, around: Around): Item[] {
  const { levels, pack } = around
  const expressing = pack.triggers.map(({ code, atLeast }, i) => {
    const high = levels.filter(({ common }) => COMMON_SCALE.indexOf(common) >= COMMON_SCALE.indexOf(atLeast)).map((level) => level.code)
    return { ...common(draw, around), code: `T${i}`, kind: 'risk', level: draw.pick(high), absolute: true, triggers: [code], ...(draw.chance(20) && { age: ageRange(draw) }) }
  })
  const rest = draw.many(3, 9, (i) => indicator(draw, around, `I${i}`))
  const weighted = [...expressing, ...rest] as Item[]
  if (around.hasPoints) return weighted.map((item, i) => (i === 0 || (isScoring(item) && draw.chance(50)) ? { ...item, points: draw.between(1, 4) } : item))
  return weighted
}

const isScoring = ({ kind }: Item): boolean => kind !== 'protective' && kind !== 'expected'

function common(draw: Draw, { domains }: Around): Json {
  return {
    domains: [...new Set(draw.many(1, 2, () => draw.pick(domains).code))], categories: draw.some(FEW_CATEGORIES, 35), text: 'T.', citation,
    ...(draw.chance(25) && { setting: 'outside_family' }),
  }
}

function indicator(draw: Draw, around: Around, code: string): Item {
  const { levels, measures } = around
  const kind = draw.pick(['risk', 'risk', 'risk', 'protective', 'protective', 'status', 'expected', ...(measures.length > 0 ? ['measure'] : [])])
  const age = draw.chance(20) && { age: ageRange(draw) }
  const evidence = draw.chance(20) && { evidence: [draw.pick(EVIDENCE_KINDS)] }
  if (kind === 'protective' || kind === 'expected') return { ...common(draw, around), code, kind, level: 'L0', ...age, ...evidence }
  const rank = draw.upTo(levels.length - 1)
  const placing = draw.upTo(9)
  return {
    ...common(draw, around), code, kind, level: `L${rank}`, ...age,
    ...(kind === 'measure' && { measure: { name: draw.pick(measures), is: draw.pick(OPERATORS), value: draw.upTo(5) } }),
    ...(draw.chance(30) && { grades: grades(draw, rank, levels.length - 1) }),
    ...(placing === 9 ? { absolute: true } : placing >= 7 ? { alone: true, ...evidence } : evidence),
    ...(draw.chance(20) && { urgency: draw.pick(['now', 'soon']) }),
  }
}

/** Grades from the indicator's own level upwards. */
function grades(draw: Draw, from: number, top: number): Json {
  let rank = from
  const graded = OCCURRENCES.filter((occurrence) => occurrence === 'persistent' || draw.chance(60))
  return Object.fromEntries(graded.map((occurrence, i) => {
    if (i > 0) rank = Math.min(top, rank + draw.upTo(2))
    return [occurrence, `L${rank}`]
  }))
}

function unless(draw: Draw, protective: readonly string[], percent: number): Json {
  const some = draw.some(protective, 70)
  return some.length > 0 && draw.chance(percent) ? { unless: { protective: some, atLeast: draw.between(1, some.length) } } : {}
}

function rule(draw: Draw, words: Vocabulary, protective: readonly string[], i: number): Json {
  const absolute = draw.chance(15)
  return {
    id: `R${i}`, when: condition(draw, words), because, citation,
    then: {
      ...(draw.chance(80) && { atLeast: draw.pick(words.levels) }), ...(draw.chance(20) && { urgency: draw.pick(['now', 'soon']) }),
      ...(draw.chance(20) && { response: 'STRATEGY' }), review: 'Read it again.',
    },
    ...(absolute ? { absolute } : unless(draw, protective, 50)),
  }
}

/** A cluster of one wherever a finding would lead nowhere without, and others at will. */
function someClusters(draw: Draw, words: Vocabulary, protective: readonly string[], indicators: readonly Item[]): Json[] {
  const ranks = indicators.filter((item) => isScoring(item) && !item.alone && !item.absolute).map(({ level }) => words.levels.indexOf(level))
  const lowest = Math.min(...ranks)
  const single = (rank: number) => ({ count: 1, ofLevel: `L${rank}`, atLeast: `L${draw.upTo(rank)}` })
  const more = draw.many(0, 3, () => ({
    count: draw.between(1, 3), ofLevel: draw.pick(words.levels), acrossDomains: draw.between(1, 2), atLeast: draw.pick(words.levels),
    ...(draw.chance(30) && { categories: [draw.pick(FEW_CATEGORIES), draw.pick(CATEGORIES)] }), ...unless(draw, protective, 60),
  }))
  const placing = ranks.length === 0 ? [] : [single(lowest), ...new Set(draw.some(ranks, 30))].map((rank) => (typeof rank === 'number' ? single(rank) : rank))
  return [...placing, ...more].map((cluster, i) => ({ id: `C${i}`, ...cluster, because, citation }))
}

function somePoints(draw: Draw, { levels }: Vocabulary, indicators: readonly Item[]): Json {
  if (!indicators.some((item) => item['points'] !== undefined)) return {}
  let sum = 0
  const chosen = draw.some(levels, 50)
  const cutoffs = (chosen.length > 0 ? chosen : levels.slice(-1)).map((level) => ({ level, points: (sum += draw.between(1, 4)) }))
  return { points: { cutoffs, because, citation } }
}

function routes(draw: Draw, words: Vocabulary, level: string): Json[] {
  const codes = ['PROTECT', 'STRATEGY', 'ASSESS', 'EARLY', 'ADVICE']
  const route = () => ({ level, responses: [draw.pick(codes)], alternatives: draw.some(codes, 15), because })
  return [...draw.many(0, 2, () => ({ ...route(), when: condition(draw, words, 2) })), route()]
}

function question(draw: Draw, { risks }: Vocabulary, i: number): Json {
  return {
    id: `Q${i}`, ask: 'Is it?', because, informs: draw.some(risks, 20).slice(0, 10),
    about: draw.chance(50) ? { categories: [draw.pick(FEW_CATEGORIES)] } : { indicators: [draw.pick(risks)] },
  }
}
