/** For the screener: everything, paragraph by paragraph. */
import type { Recommendation } from '../scoring/recommendation.ts'
import {
  alertsAndReasonsToWithhold,
  changeBlocks,
  item,
  levelSentence,
  listed,
  paragraph,
  pinsBlocks,
  qualityBlocks,
  type Report,
  type ReportBlock,
  type ReportItem,
  sections,
  tabled,
  titled,
} from './report.ts'
import type { ConditionNode, Considered, Explanation, ReadValue, SaidValue } from './shape.ts'
import { citationWords, londonTime, monthsAgoWords, plainly } from './words.ts'

export function screenerReport(explanation: Explanation): Report {
  const { child, recommendation, considered, said, document } = explanation
  const blockOf = (one: Considered): ReportBlock => consideredBlock(one, document.reference)
  const holds = considered.filter(({ value, kind }) => value === 'yes' && kind !== 'route')
  const open = considered.filter(({ value, kind }) => value !== 'yes' && value !== 'no' && kind !== 'route')
  const not = considered.filter(({ value, kind }) => value === 'no' && kind !== 'route')
  const routes = considered.filter(({ kind }) => kind === 'route')
  return {
    audience: 'screener',
    child,
    title: `Why the document places the child “${child}” where it does`,
    sections: sections([
      { heading: 'What is recommended', blocks: recommended(explanation) },
      {
        heading: 'What was said',
        blocks: [listed(said.flatMap(saidItems))],
      },
      { heading: 'What holds', blocks: holds.map(blockOf) },
      { heading: 'What may hold, or was held back', blocks: open.map(blockOf) },
      { heading: 'What was considered and does not hold', blocks: [notTable(not, document.reference)] },
      {
        heading: 'From level to response',
        blocks: [...routes.filter(({ isTaken }) => isTaken).map(blockOf), routeTable(routes)],
      },
      { heading: 'What would change it', blocks: changeBlocks(explanation) },
      { heading: 'Questions, in order of effect', blocks: [questionTable(recommendation)] },
      { heading: 'Quality of the referral', blocks: qualityBlocks(recommendation) },
      { heading: 'For citation', blocks: pinsBlocks(explanation) },
    ]),
  }
}

function recommended({ recommendation, levelWords }: Explanation): ReportBlock[] {
  const { responses, urgency, reviews } = recommendation
  return [
    paragraph(levelSentence(recommendation)),
    ...(levelWords === null ? [] : [paragraph(`In the document’s words: ${levelWords}`)]),
    paragraph(`Urgency: ${urgency.label}, by ${londonTime(urgency.dueAt)}. ${urgency.because.join(' ')}`.trim()),
    titled('Nobody may overlook', alertsAndReasonsToWithhold(recommendation)),
    titled('A person has to look at this', { items: reviews.map(item) }),
    tabled(
      'Responses, the first first',
      ['Response', 'Legal basis', 'Who leads', 'Why'],
      responses.map(({ label, legalBasis, lead, because }) => [label, legalBasis, lead, because.join(' ')]),
    ),
  ]
}

/** One part of the policy: where it stands, what it does, and the tree of its conditions. */
function consideredBlock(
  { id, effect, because, citation, conditions, protection, value }: Considered,
  home: string,
): ReportBlock {
  const held = protection && {
    depth: 0,
    mark: value === 'withheld_by_protective_factors' ? ('withheld' as const) : null,
    text: protection.words,
  }
  return titled(`${citationWords(citation, home)} (${id})`, {
    text: `${effect} ${because}`,
    items: [
      ...worthTelling(conditions).flatMap(nodeItems),
      ...(held ? [held, ...protection.read.map((read) => readItem(read, 1, true))] : []),
    ],
  })
}

/** An alternative that does not hold, and on which nothing hangs, is not told. */
function worthTelling(nodes: readonly ConditionNode[]): ConditionNode[] {
  return nodes.filter(
    ({ value, missing, read, depth }) => depth === 0 || value !== 'no' || missing !== null || read.length > 0,
  )
}

function nodeItems({ depth, form, value, words, read, moreRead, missing }: ConditionNode): ReportItem[] {
  return [
    { depth, mark: value, text: `${words}${missing === null ? '' : ` — ${missing}`}` },
    ...read.map((one) => readItem(one, depth + 1, form !== 'present')),
    ...(moreRead > 0 ? [{ depth: depth + 1, mark: null, text: `and ${moreRead} more` }] : []),
  ]
}

const SUBJECTS = {
  child: 'about the child',
  household: 'about the household',
  context: 'about the surroundings',
} as const

/** What was said, with every word of its evidence: the one place where that stands. */
function saidItems(read: SaidValue): ReportItem[] {
  return [
    { depth: 0, mark: null, text: `${nameOf(read)}: ${answerOf(read)}` },
    ...read.evidence.map((piece) => ({
      depth: 1,
      mark: null,
      text: `${evidenceWords(piece)}${piece.text === '' ? '' : `: ${piece.text}`}`,
    })),
  ]
}

/** What a condition read, with whose evidence it is and of when. */
function readItem(read: ReadValue, depth: number, isNamed: boolean): ReportItem {
  const more = read.moreEvidence > 0 ? [`and ${read.moreEvidence} more`] : []
  const by = [...read.evidence.map(evidenceWords), ...more].join('; ')
  const text = `${isNamed ? `${nameOf(read)}: ` : ''}${answerOf(read)}${by === '' ? '' : ` (${by})`}`
  return { depth, mark: null, text }
}

function nameOf({ kind, words, code }: Pick<ReadValue, 'kind' | 'words' | 'code'>): string {
  return kind === 'finding' ? `“${words}” (${code})` : words
}

function answerOf({ answer, subject }: Pick<ReadValue, 'answer' | 'subject'>): string {
  return subject === null ? answer : `${answer}, ${SUBJECTS[subject]}`
}

function evidenceWords({ kind, source, occurrence, monthsAgo }: ReadValue['evidence'][number]): string {
  return [
    kind === null ? 'evidence' : plainly(kind),
    ...(source === '' ? [] : [source]),
    ...(occurrence === null ? [] : [occurrence]),
    ...(monthsAgo === null ? [] : [monthsAgoWords(monthsAgo)]),
  ].join(', ')
}

function notTable(not: readonly Considered[], home: string): ReportBlock {
  return tabled(
    'Every other part of the document, and what is wanting',
    ['Where', 'What it would do', 'What is wanting'],
    not.map(({ citation, id, effect, conditions }) => [
      `${citationWords(citation, home)} (${id})`,
      effect,
      conditions.flatMap(({ missing, words }) => (missing === null ? [] : [`${words}: ${missing}`])).join('; '),
    ]),
  )
}

function routeTable(routes: readonly Considered[]): ReportBlock {
  return tabled(
    'Every route',
    ['Route', 'To', 'Its condition', 'Taken'],
    routes.map(({ id, effect, value, isTaken }) => [id, effect, VALUE_WORDS[value], isTaken ? 'yes' : 'no']),
  )
}

const VALUE_WORDS = {
  yes: 'holds',
  maybe: 'may hold',
  no: 'does not hold',
  withheld_by_protective_factors: 'held back',
} as const

function questionTable({ questions }: Recommendation): ReportBlock {
  return tabled(
    'What to ask next',
    ['Question', 'Why', 'Could raise it to'],
    questions.map(({ ask, because, couldRaiseTo }) => [ask, because, couldRaiseTo?.label ?? '']),
  )
}
