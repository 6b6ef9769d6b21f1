/** A report: an explanation laid out for one kind of reader, before it is text or HTML. The parts that readers share are here. */
import { z } from 'zod'
import type { Recommendation } from '../scoring/recommendation.ts'
import type { ChangeSet, Counterfactuals, Explanation } from './shape.ts'
import { several } from './words.ts'

export const AUDIENCES = ['screener', 'referrer', 'panel'] as const
export type Audience = (typeof AUDIENCES)[number]

const ReportItem = z
  .object({ depth: z.int(), mark: z.enum(['yes', 'maybe', 'no', 'withheld']).nullable(), text: z.string() })
  .meta({ id: 'ReportItem' })

const ReportTable = z
  .object({ caption: z.string(), columns: z.array(z.string()), rows: z.array(z.array(z.string())) })
  .meta({ id: 'ReportTable' })

/** A heading, a paragraph, a list and a table, each where it is there, in this order. */
const ReportBlock = z
  .object({
    heading: z.string().nullable(),
    text: z.string().nullable(),
    items: z.array(ReportItem),
    table: ReportTable.nullable(),
  })
  .meta({ id: 'ReportBlock' })

const ReportSection = z.object({ heading: z.string(), blocks: z.array(ReportBlock) }).meta({ id: 'ReportSection' })

export const Report = z
  .object({
    audience: z.enum(AUDIENCES),
    child: z.string(),
    title: z.string(),
    sections: z.array(ReportSection),
  })
  .meta({ id: 'Report' })

export type Report = z.output<typeof Report>
export type ReportSection = z.output<typeof ReportSection>
export type ReportBlock = z.output<typeof ReportBlock>
export type ReportItem = z.output<typeof ReportItem>
export type ReportTable = z.output<typeof ReportTable>

const EMPTY: ReportBlock = { heading: null, text: null, items: [], table: null }

export const paragraph = (text: string): ReportBlock => ({ ...EMPTY, text })
export const titled = (heading: string, more: Partial<ReportBlock>): ReportBlock => ({ ...EMPTY, ...more, heading })
export const listed = (items: readonly ReportItem[]): ReportBlock => ({ ...EMPTY, items: [...items] })
export const list = (...texts: readonly string[]): ReportBlock => listed(texts.map(item))
export const tabled = (
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): ReportBlock => ({
  ...EMPTY,
  table: { caption, columns: [...columns], rows: rows.map((row) => [...row]) },
})

export function item(text: string): ReportItem {
  return { depth: 0, mark: null, text }
}

/** Sections with nothing in them are left out. */
export function sections(parts: readonly { heading: string; blocks: readonly ReportBlock[] }[]): ReportSection[] {
  return parts
    .map(({ heading, blocks }) => ({ heading, blocks: blocks.filter((block) => !isEmpty(block)) }))
    .filter(({ blocks }) => blocks.length > 0)
}

function isEmpty({ text, items, table }: ReportBlock): boolean {
  return text === null && items.length === 0 && (table === null || table.rows.length === 0)
}

/** The level in a sentence, with the range where it is open. */
export function levelSentence({ level, low, high, provisional, outcome }: Recommendation): string {
  const stated = level
    ? `The level is “${level.label}”.`
    : `No level is stated: a person has to look at this${low ? `. It is at least “${low.label}”` : ''}.`
  const open = provisional ? ` What is not known could make it as high as “${high?.label}”.` : ''
  const sent = outcome === 'redirected' ? ' A gate sends the referral elsewhere.' : ''
  return `${stated}${open}${sent}`
}

export function alertsAndReasonsToWithhold({ alerts, withheldBecause }: Recommendation): ReportBlock {
  return list(...withheldBecause, ...alerts.map(({ text }) => text))
}

/** So many lines of a kind are told; the data has more. */
const LINES_MAX = 12

/** What would raise the level, what would change the response, and without what the level would fall. */
export function changeBlocks({ recommendation, wouldRaise, wouldFall }: Explanation): ReportBlock[] {
  const raising = wouldRaise.sets.filter(({ effect }) => effect === 'raises_level')
  const changing = wouldRaise.sets.filter(({ effect }) => effect === 'changes_response')
  return [
    titled('Answers that would raise the level', {
      text:
        raising.length === 0
          ? 'No answers that were tried raise the level.'
          : 'Each line is enough by itself, and no part of it is.',
      items: raising
        .slice(0, LINES_MAX)
        .map((set) => item(`${joined(set)} — then “${set.level?.label}”: ${responsesOf(set)}.`)),
    }),
    titled('Answers that would change what is recommended, and not the level', {
      items: changing.slice(0, LINES_MAX).map((set) => item(`${joined(set)} — then ${responsesOf(set)}.`)),
    }),
    paragraph(limits(wouldRaise, 'answer', raising.length > LINES_MAX || changing.length > LINES_MAX)),
    titled('What the level rests on', {
      text:
        wouldFall.sets.length > 0
          ? 'Without any one of these lines the level would be lower.'
          : recommendation.low === null
            ? 'Nothing places the child.'
            : 'Taking away any three of the things found leaves the level where it is.',
      items: wouldFall.sets
        .slice(0, LINES_MAX)
        .map((set) => item(`${joined(set)} — without ${set.changes.length > 1 ? 'them' : 'it'} ${remains(set)}.`)),
    }),
    paragraph(limits(wouldFall, 'finding', wouldFall.sets.length > LINES_MAX)),
  ]
}

function joined({ changes }: ChangeSet): string {
  return changes
    .map(({ words, code, now, kind }) => {
      const name = kind === 'finding' ? `“${words}” (${code})` : words
      return now === 'unknown' ? `${name}, said not to be known` : name
    })
    .join('; and ')
}

function responsesOf({ responses }: ChangeSet): string {
  return responses.map(({ label }) => label).join('; ')
}

function remains(set: ChangeSet): string {
  return set.level ? `“${set.level.label}” would remain: ${responsesOf(set)}` : 'nothing would place the child'
}

/** How far the search went, where it did not go all the way. */
function limits({ completeTo, left, leftSets }: Counterfactuals, thing: string, isCut: boolean): string {
  const parts = [
    ...(left > 0 ? [`${several(left, `less near ${thing}`)} not tried`] : []),
    ...(completeTo < 3 ? [`of more than ${several(completeTo, thing)} together not every set was tried`] : []),
    ...(isCut || leftSets > 0 ? ['further ones were found and are not shown'] : []),
  ]
  return `Sets of up to three were looked for${parts.length > 0 ? `: ${parts.join('; ')}` : ''}.`
}

/** What a citation of this explanation has to name. */
export function pinsBlocks({ document, recommendation: { pins } }: Explanation): ReportBlock[] {
  return [
    paragraph(`${document.title} (${document.authority}), ${document.reference}, in force from ${document.effective}.`),
    tabled(
      'What went into this',
      ['Part', 'Version', 'Content hash'],
      [
        ['Policy', `${pins.policy}@${pins.policyVersion}`, pins.policyHash],
        ['Statutory pack', `${pins.statutory}@${pins.statutoryVersion}`, pins.statutoryHash],
        ['Calendar', '', pins.calendarHash],
        ['What was scored', '', pins.snapshotHash],
        ['Meaning of scoring', pins.engine, ''],
      ],
    ),
  ]
}

/** Features of a good referral, with what is said to the referrer where one is missing. */
export function qualityBlocks({ quality }: Recommendation): ReportBlock[] {
  return [
    paragraph(`${quality.score} of ${quality.outOf}. The quality of a referral never changes the level.`),
    tabled(
      'Features of a good referral',
      ['Feature', 'There', 'Advice'],
      quality.features.map(({ feature, met, advice }) => [
        feature.replaceAll('_', ' '),
        met ? 'yes' : 'no',
        met ? '' : advice,
      ]),
    ),
  ]
}
