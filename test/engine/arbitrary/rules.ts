/** Random rules, clusters, cut-offs, routes and questions over a vocabulary. */
import { CATEGORIES } from '../../../src/engine/vocabulary.ts'
import { condition, FEW_CATEGORIES, type Vocabulary } from './conditions.ts'
import type { Draw } from './draw.ts'
import { type Item, isScoring, type Json } from './indicators.ts'

const because = 'Because.'
const citation = { section: '1' }

function unless(draw: Draw, protective: readonly string[], percent: number): Json {
  const some = draw.some(protective, 70)
  return some.length > 0 && draw.chance(percent)
    ? { unless: { protective: some, atLeast: draw.between(1, some.length) } }
    : {}
}

export function rule(draw: Draw, words: Vocabulary, protective: readonly string[], i: number): Json {
  const absolute = draw.chance(15)
  return {
    id: `R${i}`,
    when: condition(draw, { ...words, isRule: !absolute }),
    because,
    citation,
    then: {
      ...(draw.chance(80) && { atLeast: draw.pick(words.levels) }),
      ...(draw.chance(20) && { urgency: draw.pick(['now', 'soon']) }),
      ...(draw.chance(20) && { response: 'STRATEGY' }),
      review: 'Read it again.',
    },
    ...(absolute ? { absolute } : unless(draw, protective, 50)),
  }
}

/** A cluster of one wherever a finding would lead nowhere without, and others at will. */
export function someClusters(
  draw: Draw,
  words: Vocabulary,
  protective: readonly string[],
  indicators: readonly Item[],
): Json[] {
  const ranks = indicators
    .filter((item) => isScoring(item) && !item.alone && !item.absolute)
    .map(({ level }) => words.levels.indexOf(level.replace('X', 'L')))
  const lowest = Math.min(...ranks)
  const single = (rank: number) => ({ count: 1, ofLevel: `L${rank}`, atLeast: `L${Math.max(0, rank - draw.upTo(1))}` })
  const higher = () => {
    const rank = draw.upTo(words.levels.length - 1)
    return { ofLevel: words.levels[rank]!, atLeast: draw.pick(words.levels.slice(Math.max(0, rank - 1))) }
  }
  const more = draw.many(0, 3, () => ({
    count: draw.between(1, 3),
    acrossDomains: draw.between(1, 2),
    ...higher(),
    ...(draw.chance(30) && { categories: [draw.pick(FEW_CATEGORIES), draw.pick(CATEGORIES)] }),
    ...(words.matrices.length > 0 && draw.chance(20) && { matrix: draw.pick(words.matrices) }),
    ...unless(draw, protective, 60),
  }))
  const placing =
    ranks.length === 0
      ? []
      : [single(lowest), ...new Set(draw.some(ranks, 30))].map((rank) =>
          typeof rank === 'number' ? single(rank) : rank,
        )
  return [...placing, ...more].map((cluster, i) => ({ id: `C${i}`, ...cluster, because, citation }))
}

export function somePoints(draw: Draw, { levels }: Vocabulary, indicators: readonly Item[]): Json {
  if (!indicators.some((item) => item['points'] !== undefined)) return {}
  let sum = 0
  const chosen = draw.some(levels, 50)
  const cutoffs = (chosen.length > 0 ? chosen : levels.slice(-1)).map((level) => {
    sum += draw.between(1, 4)
    return { level, points: sum }
  })
  return { points: { cutoffs, because, citation } }
}

export function routes(
  draw: Draw,
  words: Vocabulary,
  { code: level, common }: { code: string; common: string },
): Json[] {
  const codes = ['PROTECT', 'STRATEGY', 'ASSESS', ...(common === 'child_protection' ? [] : ['EARLY', 'ADVICE'])]
  const route = () => ({ level, responses: [draw.pick(codes)], alternatives: draw.some(codes, 15), because })
  return [...draw.many(0, 2, () => ({ ...route(), when: condition(draw, words, 2) })), route()]
}

export function question(draw: Draw, { risks }: Vocabulary, i: number): Json {
  return {
    id: `Q${i}`,
    ask: 'Is it?',
    because,
    informs: draw.some(risks, 20).slice(0, 10),
    about: draw.chance(50) ? { categories: [draw.pick(FEW_CATEGORIES)] } : { indicators: [draw.pick(risks)] },
  }
}
