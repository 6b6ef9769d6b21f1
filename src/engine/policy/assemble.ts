/** A checked document → the compiled policy: codes become positions, conditions become tests. */
import { categorySet } from '../conditions/categories.ts'
import type { CountsAs } from '../conditions/count.ts'
import { compileCondition, type Names } from '../conditions/evaluate.ts'
import { contentHash } from '../hash.ts'
import { COMMON_SCALE, RESPONSE_TYPES } from '../vocabulary.ts'
import { compileIndicator, factsOf, frameOf } from './assemble-indicators.ts'
import { compilePractice } from './assemble-practice.ts'
import { compileCluster, compileRule, indices, reachesOf } from './assemble-rises.ts'
import { dictionaryOf } from './dictionary.ts'
import type { CompiledIndicator, CompiledQuestion, CompiledRoute, CompiledTrigger, Places, Policy } from './policy.ts'
import { levelRanks, type PolicyDocument } from './shape.ts'
import type { StatutoryPack } from './statutory.ts'

/** Puts a checked document and its pack together. The hash is worked out unless the caller knows it or has no use for it. */
export function assemble(document: PolicyDocument, pack: StatutoryPack, hash = contentHash(document)): Policy {
  const rankOf = new Map(document.levels.map((level, rank) => [level.code, rank]))
  const ranks = levelRanks(document)
  const answers = answersOf(document)
  const answerAt: AnswerAt = (code) => answers.findIndex((response) => response.code === code)
  const around = { rankOf: ranks, pack, matrices: document.matrices, answerAt }
  const indicators = document.indicators.map((spec, index) => compileIndicator(spec, index, around))
  const indexOf = new Map(indicators.map(({ spec, index }) => [spec.code, index]))
  const names = namesOf(document, indicators, ranks)
  const triggers = triggersOf(document, pack, answerAt)
  const rules = document.rules.map((spec) => compileRule(spec, { names, indicators, answerAt }))
  const clusters = document.clusters.map((spec) => compileCluster(spec, names))
  const rises = [...rules, ...clusters]
  const frame = frameOf(document, indicators)
  return {
    ...identityOf(document, pack, hash),
    levels: document.levels,
    rankOf,
    indicators,
    indexOf,
    dictionary: dictionaryOf(document.indicators.map(({ code }) => code)),
    frame,
    dangerFact: frame.factAt.get('immediate_danger') ?? 0,
    measured: byMeasure(indicators),
    reach: reachesOf(document, { names, indicators, frame }),
    places: placesOf(document, pack),
    topDomains: names.topDomains,
    countsAs: names.countsAs,
    asksReached: rules.some(({ onReached }) => onReached),
    practice: compilePractice(document, names),
    forbidden: forbiddenIn(document, answerAt),
    triggers,
    rules,
    clusters,
    rises,
    cutoffs: (document.points?.cutoffs ?? []).map(({ points, level }) => ({ points, rank: rankOf.get(level) ?? 0 })),
    routes: document.levels.map(({ code }) => compileRoutes(document, code, { names, answerAt })),
    responses: new Map(document.responses.map((response) => [response.code, response])),
    answers,
    responseRank: new Map(
      document.responses.map(({ code, type }, index) => [code, RESPONSE_TYPES.indexOf(type) * 1000 + index]),
    ),
    review: answerAt(document.responses.find(({ type }) => type === 'human_review')?.code),
    gates: document.gates.map((spec) => ({ spec, fact: names.fact(spec.id), answer: answerAt(spec.response) })),
    urgencyRank: new Map(document.urgency.bands.map(({ code }, rank) => [code, rank])),
    questions: document.questions.map((spec) => compileQuestion(spec, names)),
    provenance: provenanceOf(document),
  }
}

function identityOf(document: PolicyDocument, pack: StatutoryPack, hash: string) {
  const { id, version } = document.document
  const statutory = { id: pack.document.id, version: pack.document.version, hash: contentHash(pack) }
  return { id, version, hash, statutory, document, pack }
}

function placesOf(document: PolicyDocument, pack: StatutoryPack): Places {
  const lists = [
    pack.triggers.map(({ code }) => code),
    document.indicators.map(({ code }) => code),
    document.rules.map(({ id }) => id),
    document.clusters.map(({ id }) => id),
    (document.points?.cutoffs ?? []).map(({ points }) => `points-${points}`),
  ]
  const before = (kind: number): number => lists.slice(0, kind).reduce((sum, list) => sum + list.length, 0)
  return {
    indicators: before(1),
    rules: before(2),
    clusters: before(3),
    cutoffs: before(4),
    count: before(5),
    ids: lists.flat(),
  }
}

function byMeasure(indicators: readonly CompiledIndicator[]): Policy['measured'] {
  const measured = indicators.filter(({ spec }) => spec.measure !== undefined)
  return Map.groupBy(measured, ({ spec }) => spec.measure?.name ?? '')
}

function compileQuestion(spec: PolicyDocument['questions'][number], names: Names): CompiledQuestion {
  const { informs, about } = spec
  return {
    spec,
    informs: indices(names, informs),
    about: { categories: categorySet(about.categories ?? []), indicators: indices(names, about.indicators) },
  }
}

function compileRoutes(
  document: PolicyDocument,
  level: string,
  { names, answerAt }: { names: Names; answerAt: AnswerAt },
): CompiledRoute[] {
  return document.routing
    .filter((route) => route.level === level)
    .map((spec) => ({
      spec,
      test: spec.when ? compileCondition(spec.when, names) : null,
      responses: spec.responses.map(answerAt),
      alternatives: spec.alternatives.map(answerAt),
    }))
}

/** Position of a response in the policy's `answers`; −1 where the policy has none of this code. */
export type AnswerAt = (code: string | undefined) => number

/** Protection first, then review by a person, then the rest by type, and within a type in the order of the file. */
function answersOf({ responses }: PolicyDocument): Policy['answers'] {
  const groupOf = ({ type }: Policy['answers'][number]): number =>
    type === 'immediate_protection' || type === 'strategy_discussion' ? 0 : type === 'human_review' ? 1 : 2
  const rank = (response: Policy['answers'][number]): number =>
    groupOf(response) * RESPONSE_TYPES.length + RESPONSE_TYPES.indexOf(response.type)
  return [...responses].sort((a, b) => rank(a) - rank(b))
}

function triggersOf(document: PolicyDocument, pack: StatutoryPack, answerAt: AnswerAt): CompiledTrigger[] {
  return pack.triggers.map((spec) => {
    // The first type is what the pack asks for first: a strategy discussion comes before immediate protection where both would do.
    const [first] = spec.responses.flatMap((type) => document.responses.filter((response) => response.type === type))
    return {
      spec,
      isImmediateDanger: spec.code === 'immediate-danger',
      rank: document.levels.findIndex(
        ({ common }) => COMMON_SCALE.indexOf(common) >= COMMON_SCALE.indexOf(spec.atLeast),
      ),
      indicators: document.indicators.flatMap(({ triggers }, index) => (triggers.includes(spec.code) ? [index] : [])),
      response: first?.code ?? '',
      answer: answerAt(first?.code),
    }
  })
}

export function namesOf(
  document: PolicyDocument,
  indicators: readonly CompiledIndicator[],
  rankOf: ReadonlyMap<string, number>,
): Names {
  const parentOf = new Map(document.domains.map(({ code, parent }) => [code, parent]))
  const ancestry = (code: string): string[] => {
    const line = [code]
    for (let parent = parentOf.get(code); parent !== undefined && !line.includes(parent); parent = parentOf.get(parent))
      line.push(parent)
    return line
  }
  const lines = indicators.map(({ spec }) => spec.domains.map(ancestry))
  const selected = new Map<string, Uint8Array>()
  const top = [...new Set(document.domains.map(({ code }) => ancestry(code).at(-1)))]
  const facts = factsOf(document)
  const indexOf = new Map(indicators.map(({ spec, index }) => [spec.code, index]))
  return {
    indicator: (code) => indexOf.get(code) as number,
    fact: (code) => facts.indexOf(code),
    rank: (level) => rankOf.get(level) as number,
    ranksOf: (index) => ranksWithin(indicators[index]),
    topDomains: lines.map((of) => [...new Set(of.map((line) => top.indexOf(line.at(-1))))]),
    countsAs: countsAs(document),
    select: ({ kind, domain, category, matrix }) => {
      const key = `${kind} ${domain} ${category} ${matrix}`
      const known = selected.get(key)
      if (known) return known
      const flags = Uint8Array.from(indicators, ({ spec, scores, index }) =>
        (kind === undefined ? scores : spec.kind === kind) &&
        (domain === undefined || lines[index]?.some((line) => line.includes(domain))) &&
        (category === undefined || spec.categories.includes(category)) &&
        (matrix === undefined || spec.matrix === matrix)
          ? 1
          : 0,
      )
      selected.set(key, flags)
      return flags
    },
  }
}

/** For each indicator the position of its measure, where of those on one measure only one counts; null without such measures. */
function countsAs({ measures, indicators }: PolicyDocument): CountsAs {
  const once = measures.map(({ name, countsOnce }) => (countsOnce ? name : undefined))
  if (once.every((name) => name === undefined)) return null
  return indicators.map(({ measure }) => (measure ? once.indexOf(measure.name) : -1))
}

function forbiddenIn({ levels, forbidden }: PolicyDocument, answerAt: AnswerAt): Policy['forbidden'] {
  if (!forbidden) return []
  return levels.map(
    ({ code }) =>
      new Set(forbidden.flatMap(({ response, atLevels }) => (atLevels?.includes(code) ? [answerAt(response)] : []))),
  )
}

/** Every rank that an indicator may have: its own, by its grades, by its steps. */
function ranksWithin(indicator: CompiledIndicator | undefined): number[] {
  if (!indicator) return []
  return [indicator.rank, ...(indicator.gradeRanks ?? []), ...(indicator.steps ?? []).map(({ rank }) => rank)]
}

function provenanceOf(document: PolicyDocument): Map<string, string> {
  const own = `${document.document.id}@${document.document.version}`
  const codes = [
    ...document.indicators.map(({ code }) => code),
    ...document.rules.map(({ id }) => id),
    ...document.clusters.map(({ id }) => id),
  ]
  return new Map(codes.map((code) => [code, document.provenance[code] ?? own]))
}
