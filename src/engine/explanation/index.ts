/** Explanations of recommendations: for three readers, as data, as text and as a page. */
import { panelReport } from './panel.ts'
import { referrerReport } from './referrer.ts'
import type { Audience, Report } from './report.ts'
import { screenerReport } from './screener.ts'
import type { Explanation } from './shape.ts'

export { explain } from './explain.ts'
export { asHtml, PAGE_SECURITY } from './html.ts'
export { AUDIENCES, type Audience, Report } from './report.ts'
export { Explanation } from './shape.ts'
export { asText } from './text.ts'

const REPORTS: Readonly<Record<Audience, (explanation: Explanation) => Report>> = {
  screener: screenerReport,
  referrer: referrerReport,
  panel: panelReport,
}

/** An explanation laid out for a reader. The referrer's has to be of a snapshot that holds only what the referrer gave. */
export function reportFor(audience: Audience, explanation: Explanation): Report {
  return REPORTS[audience](explanation)
}
