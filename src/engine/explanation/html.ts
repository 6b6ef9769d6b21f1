/** A report as one HTML page for screen and paper: nothing is loaded, nothing runs, every word is escaped. */
import type { ReportBlock, ReportItem, ReportTable } from './report.ts'
import { MARKS, oneLine, type Written } from './text.ts'

export function asHtml(reports: readonly Written[]): string {
  return `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${PAGE_SECURITY}">
<title>${escaped(reports[0]?.title ?? 'Explanation')}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${reports.map(article).join('\n')}
</main>
</body>
</html>
`
}

/** Also sent as a header; in the page it holds for a copy that somebody keeps. */
export const PAGE_SECURITY = "default-src 'none'; style-src 'unsafe-inline'"

function article({ title, sections }: Written, index: number): string {
  const id = `report-${index + 1}`
  const parts = sections.map(
    ({ heading, blocks }) =>
      `<section>\n${heading === '' ? '' : `<h2>${escaped(heading)}</h2>\n`}${blocks.map(blockHtml).join('\n')}\n</section>`,
  )
  return `<article aria-labelledby="${id}">\n<h1 id="${id}">${escaped(title)}</h1>\n${parts.join('\n')}\n</article>`
}

function blockHtml({ heading, text, items, table }: ReportBlock): string {
  return [
    ...(heading === null ? [] : [`<h3>${escaped(heading)}</h3>`]),
    ...(text === null ? [] : [`<p>${escaped(text)}</p>`]),
    ...(items.length === 0 ? [] : [listHtml(items)]),
    ...(table && table.rows.length > 0 ? [tableHtml(table)] : []),
  ].join('\n')
}

/** Items with a depth as lists within lists. */
function listHtml(items: readonly ReportItem[]): string {
  let html = ''
  let open = 0
  for (const { depth, mark, text } of items) {
    // An item stands at most one deeper than the one before it.
    const wanted = Math.min(depth + 1, open + 1)
    if (wanted > open) html += '<ul>\n'
    else html += `</li>\n${'</ul>\n</li>\n'.repeat(open - wanted)}`
    open = wanted
    html += `<li>${mark === null ? '' : `<strong class="${mark}">${MARKS[mark]}</strong> `}${escaped(text)}`
  }
  return `${html}${'</li>\n</ul>\n'.repeat(open)}`.trimEnd()
}

function tableHtml({ caption, columns, rows }: ReportTable): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('')
  const body = rows.map(
    ([first = '', ...rest]) =>
      `<tr><th scope="row">${escaped(first)}</th>${rest.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  )
  return `<table>\n<caption>${escaped(caption)}</caption>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}

/** Black on white throughout; marks differ by word and by line, and never by colour alone. */
const STYLE = `
:root { color: #111; background: #fff; }
body { font: 1rem/1.5 "Helvetica Neue", Arial, sans-serif; margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
article + article { border-top: 3px solid #111; margin-top: 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 1px solid #555; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .4rem 0; }
ul { margin: .25rem 0; padding-left: 1.4rem; }
li { margin: .15rem 0; unicode-bidi: isolate; }
p, td, th { unicode-bidi: isolate; overflow-wrap: break-word; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { border: 1px solid #767676; padding: .3rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #eee; }
tbody th { font-weight: normal; }
.yes, .maybe, .no, .withheld { border: 1px solid #111; padding: 0 .3rem; font-size: .85em; }
.maybe, .withheld { border-style: dashed; }
.no { border-color: transparent; }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  article + article { break-before: page; border: 0; margin: 0; }
  h1, h2, h3, caption { break-after: avoid; }
  li, tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
`
