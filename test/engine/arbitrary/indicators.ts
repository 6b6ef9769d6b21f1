/** Random indicators of every kind: those that express the pack's triggers, and others. */
import {
  COMMON_SCALE,
  type CommonBand,
  EVIDENCE_KINDS,
  OCCURRENCES,
  OPERATORS,
  TRENDS,
} from '../../../src/engine/vocabulary.ts'
import { ageRange, FEW_CATEGORIES } from './conditions.ts'
import type { Draw } from './draw.ts'

export type Json = Record<string, unknown>
export interface Item extends Json {
  readonly code: string
  readonly level: string
  readonly kind: string
  readonly alone?: boolean
  readonly absolute?: boolean
}
export interface Level {
  readonly code: string
  readonly common: CommonBand
}

const citation = { section: '1' }

interface Around {
  levels: readonly Level[]
  pack: { triggers: { code: string; atLeast: CommonBand }[] }
  domains: readonly { code: string }[]
  measures: readonly string[]
  matrices: readonly string[]
  hasPoints: boolean
}

export function someIndicators(draw: Draw, around: Around): Item[] {
  const { levels, pack } = around
  const expressing = pack.triggers.map(({ code, atLeast }, i) => {
    const high = levels
      .filter(({ common }) => COMMON_SCALE.indexOf(common) >= COMMON_SCALE.indexOf(atLeast))
      .map((level) => level.code)
    return {
      ...common(draw, around),
      code: `T${i}`,
      kind: 'risk',
      level: draw.pick(high),
      absolute: true,
      triggers: [code],
      ...(draw.chance(20) && { age: ageRange(draw) }),
    }
  })
  const rest = draw.many(3, 9, (i) => indicator(draw, around, `I${i}`))
  const weighted = [...expressing, ...rest] as Item[]
  if (around.hasPoints)
    return weighted.map((item, i) =>
      i === 0 || (isScoring(item) && draw.chance(50)) ? { ...item, points: draw.between(1, 4) } : item,
    )
  return weighted
}

export const isScoring = ({ kind }: Item): boolean => kind !== 'protective' && kind !== 'expected'

function common(draw: Draw, { domains }: Around): Json {
  return {
    domains: [...new Set(draw.many(1, 2, () => draw.pick(domains).code))],
    categories: draw.some(FEW_CATEGORIES, 35),
    text: 'T.',
    citation,
    ...(draw.chance(25) && { setting: 'outside_family' }),
  }
}

function indicator(draw: Draw, around: Around, code: string): Item {
  const { levels, measures, matrices } = around
  const kind = draw.pick([
    'risk',
    'risk',
    'risk',
    'protective',
    'protective',
    'status',
    'expected',
    ...(measures.length > 0 ? ['measure'] : []),
  ])
  const age = draw.chance(20) && { age: ageRange(draw) }
  const evidence = draw.chance(20) && { evidence: [draw.pick(EVIDENCE_KINDS)] }
  if (kind === 'protective' || kind === 'expected')
    return { ...common(draw, around), code, kind, level: 'L0', ...age, ...evidence }
  const rank = draw.upTo(levels.length - 1)
  const placing = draw.upTo(9)
  const inMatrix = matrices.length > 0 && draw.chance(30)
  return {
    ...common(draw, around),
    code,
    kind,
    level: `L${rank}`,
    ...age,
    ...(kind === 'measure' && {
      measure: { name: draw.pick(measures), is: draw.pick(OPERATORS), value: draw.upTo(5) },
    }),
    ...(inMatrix
      ? { matrix: draw.pick(matrices), level: `X${rank}` }
      : draw.chance(30) && { grades: grades(draw, rank, levels.length - 1) }),
    ...(rank < levels.length - 1 &&
      draw.chance(15) && {
        raisedBy: steps(draw, inMatrix ? 'X' : 'L', rank, levels.length - 1),
      }),
    ...(placing === 9 ? { absolute: true } : placing >= 7 ? { alone: true, ...evidence } : evidence),
    ...(draw.chance(20) && { urgency: draw.pick(['now', 'soon']) }),
  }
}

/** Steps up by what is known of one piece of evidence; each asks for something. */
function steps(draw: Draw, columns: 'X' | 'L', from: number, top: number): Json[] {
  return draw.many(1, 2, () => {
    const parts = {
      ...(draw.chance(40) && { occurrence: draw.pick(OCCURRENCES) }),
      ...(draw.chance(40) && { withinMonths: draw.between(1, 4) }),
      ...(draw.chance(40) && { trend: draw.pick(TRENDS) }),
    }
    return {
      level: `${columns}${draw.between(from + 1, top)}`,
      ...(Object.keys(parts).length > 0 && !draw.chance(30) ? parts : { ...parts, durationMonths: draw.between(1, 4) }),
    }
  })
}

/** Grades from the indicator's own level upwards. */
function grades(draw: Draw, from: number, top: number): Json {
  let rank = from
  const graded = OCCURRENCES.filter((occurrence) => occurrence === 'persistent' || draw.chance(60))
  return Object.fromEntries(
    graded.map((occurrence, i) => {
      if (i > 0) rank = Math.min(top, rank + draw.upTo(2))
      return [occurrence, `L${rank}`]
    }),
  )
}
