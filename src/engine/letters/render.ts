/**
 * Template and facts → a letter, as text and as a page for print. Substitution and nothing more: what is put in is never read
 * as a template, and every word of the page is escaped.
 */
import { asHtml, asText, type Written } from '../explanation/index.ts'
import { item, paragraph, type ReportBlock, tabled } from '../explanation/report.ts'
import { londonDay, londonTime } from '../explanation/words.ts'
import { type LetterPart, type Letters, PLACES, piecesOf } from '../policy/letter-items.ts'
import { ACKNOWLEDGEMENT, FAMILY, FEEDBACK } from './default.ts'
import type { DecidedChild, DecidedForReferrer, Facts, Stage } from './facts.ts'

export interface Letter {
  readonly title: string
  /** Whom it speaks to. */
  readonly to: string
  readonly text: string
  readonly html: string
}

/** What stands at a place: words, or things one below the other. */
type Value = string | readonly string[] | { readonly table: ReportBlock }
type Values = Readonly<Record<string, Value>>

/** Stands in every letter to a referrer or a family, whatever its template says. */
const DANGER = 'If a child is in immediate danger, call 999 now. Do not wait for an answer from us.'

/** @param letters the policy's own wording; the product's where it has none */
export function renderLetter(facts: Facts, letters: Letters | undefined): Letter {
  const written = { ...bodyOf(facts, letters, valuesOf(facts)), to: addresseeOf(facts) }
  const head = [
    paragraph(`To: ${written.to}`),
    paragraph(`From: ${facts.authority}`),
    paragraph(`Date: ${londonDay(facts.writtenAt)}`),
  ]
  const page: Written = {
    title: written.title,
    sections: [
      { heading: '', blocks: [...head, paragraph(DANGER)] },
      ...written.sections.filter(({ blocks }) => blocks.length > 0),
    ],
  }
  return { title: written.title, to: written.to, text: asText([page]), html: asHtml([page]) }
}

function bodyOf(facts: Facts, letters: Letters | undefined, all: Values): Written {
  if (facts.kind === 'acknowledgement') {
    const { subject, body } = letters?.acknowledgement ?? ACKNOWLEDGEMENT
    const values = only('acknowledgement', all)
    return { title: inline(subject, values), sections: [{ heading: '', blocks: blocksOf(body, values) }] }
  }
  const part = facts.kind === 'feedback' ? 'feedback' : 'family'
  const template = letters?.[part] ?? OURS[part]
  const values = only(part, all)
  const children = facts.children.map((child) => ({
    heading: child.child,
    blocks: [
      ...replacement(child),
      ...blocksOf(template.child, only(`${part}Child`, { ...all, ...childValues(child) })),
    ],
  }))
  return {
    title: inline(template.subject, values),
    sections: [
      { heading: '', blocks: blocksOf(template.opening, values) },
      ...children,
      { heading: 'What you can do', blocks: blocksOf(template.closing, values) },
    ],
  }
}

/** Of two letters that say different things a reader has to know which holds, whatever the template says. */
function replacement({ replaces }: DecidedChild): ReportBlock[] {
  return replaces === null ? [] : [paragraph(`This takes the place of what we told you on ${londonDay(replaces)}.`)]
}

const OURS = { feedback: FEEDBACK, family: FAMILY } as const

/** What may stand in a part of a letter, whatever its template asks for. */
function only(part: LetterPart, values: Values): Values {
  return Object.fromEntries(PLACES[part].map((place) => [place, values[place] ?? '']))
}

function addresseeOf(facts: Facts): string {
  if (facts.kind !== 'family_feedback') return facts.referrer
  return `The parents or carers of ${facts.children.map(({ child }) => child).join(' and ')}`
}

function valuesOf(facts: Facts): Values {
  return {
    reference: facts.reference,
    authority: facts.authority,
    document: facts.document,
    date: londonDay(facts.writtenAt),
    received: londonDay(facts.receivedAt),
    signedBy: facts.signedBy,
    escalation: facts.escalation.map(stageWords),
    ...('referrer' in facts ? { referrer: facts.referrer } : {}),
    ...('dueAt' in facts ? { dueBy: londonTime(facts.dueAt) } : {}),
    ...('quality' in facts ? { quality: facts.quality } : {}),
  }
}

function childValues(facts: DecidedChild | DecidedForReferrer): Values {
  const { child, decision, feedback, level, meaning, support, help } = facts
  const rows = support.map(({ name, description, contact }) => [name, description, contact])
  return {
    ...{ child, decision, feedback, level, meaning, help },
    ...('reasons' in facts ? { reasons: facts.reasons } : {}),
    support: rows.length === 0 ? [] : { table: tabled('Help', ['Help', 'What it does', 'Contact'], rows) },
  }
}

/** `1. Duty manager, within 1 working day, within 4 hours where it cannot wait`. */
function stageWords({ role, withinWorkingDays, urgentHours }: Stage, i: number): string {
  const days = `within ${withinWorkingDays} working ${withinWorkingDays === 1 ? 'day' : 'days'}`
  const hours =
    urgentHours === undefined
      ? ''
      : `, or within ${urgentHours} ${urgentHours === 1 ? 'hour' : 'hours'} where it cannot wait`
  return `${i + 1}. ${role}, ${days}${hours}`
}

/** A line: things one below the other stand one after the other. */
function inline(template: string, values: Values): string {
  return piecesOf(template)
    .map(({ words, place }) => (place === null ? words : lineOf(values[place])))
    .join('')
}

function lineOf(value: Value | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return 'table' in value ? (value.table.table?.rows ?? []).map(([name]) => name).join('; ') : value.join('; ')
}

function blocksOf(paragraphs: readonly string[], values: Values): ReportBlock[] {
  return paragraphs.flatMap((text) => paragraphBlocks(text, values))
}

/** A paragraph is left out where a place of it has nothing to say. What is listed stands below the words that lead to it. */
function paragraphBlocks(template: string, values: Values): ReportBlock[] {
  const pieces = piecesOf(template)
  if (pieces.some(({ place }) => place !== null && lineOf(values[place]).trim() === '')) return []
  const blocks: ReportBlock[] = []
  let words = ''
  const flush = () => {
    if (words.trim() !== '') blocks.push(paragraph(words.trim()))
    words = ''
  }
  for (const { words: said, place } of pieces) {
    const value = place === null ? said : values[place]
    if (typeof value === 'string') words += value
    else if (value !== undefined) {
      flush()
      blocks.push('table' in value ? value.table : { ...paragraph(''), text: null, items: value.map(item) })
    }
  }
  flush()
  return blocks
}
