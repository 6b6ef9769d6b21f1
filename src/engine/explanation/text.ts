/** A report as plain text. */
import type { Report, ReportBlock, ReportItem, ReportTable } from './report.ts'

const COLUMNS = 96

/** The words for a mark: no reader has to tell colours or signs apart. */
export const MARKS = { yes: 'Yes', maybe: 'Perhaps', no: 'No', withheld: 'Held back' } as const

/**
 * One line of words: line breaks could pass for a heading of ours, and characters that change the direction of writing or
 * are not seen could make a line read as another.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(
      /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu,
      '\ufffd',
    )
    .trim()
}

/** What is laid out; a section without a heading has an empty one. */
export type Written = Pick<Report, 'title' | 'sections'>

export function asText(reports: readonly Written[]): string {
  return `${reports.map(reportText).join('\n\n\n')}\n`
}

function reportText({ title, sections }: Written): string {
  const parts = sections.map(({ heading, blocks }) =>
    [...(heading === '' ? [] : [underlined(heading, '-')]), ...blocks.map(blockText)].join('\n\n'),
  )
  return [underlined(title, '='), ...parts].join('\n\n')
}

function underlined(text: string, sign: string): string {
  const line = oneLine(text)
  return `${line}\n${sign.repeat(Math.min(line.length, COLUMNS))}`
}

function blockText({ heading, text, items, table }: ReportBlock): string {
  const lead = [
    ...(heading === null ? [] : [wrapped(`* ${oneLine(heading)}`, '', '  ')]),
    ...(text === null ? [] : [wrapped(oneLine(text), '', '')]),
  ]
  const body = [...items.map(itemText), ...(table ? tableText(table) : [])]
  return [...lead, ...body].join('\n')
}

function itemText({ depth, mark, text }: ReportItem): string {
  const indent = '  '.repeat(depth + 1)
  return wrapped(`${mark === null ? '' : `${MARKS[mark]}: `}${oneLine(text)}`, `${indent}- `, `${indent}  `)
}

/** Each row as its first cell, with the other cells below it. */
function tableText({ caption, columns, rows }: ReportTable): string[] {
  return [
    wrapped(oneLine(caption), '', ''),
    ...rows.map(([first = '', ...rest]) =>
      [
        wrapped(oneLine(first), '  - ', '    '),
        ...rest.flatMap((cell, i) =>
          cell === '' ? [] : [wrapped(`${columns[i + 1]}: ${oneLine(cell)}`, '    ', '      ')],
        ),
      ].join('\n'),
    ),
  ]
}

function wrapped(text: string, first: string, others: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const indent = lines.length === 0 ? first : others
    if (line !== '' && indent.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, (lines.length === 0 ? first : others) + line].join('\n')
}
