/** Explanations of recommendations: for three readers, as data, as text and as a page. */
import type { z } from 'zod'
import { panelReport } from './panel.ts'
import { referrerReport } from './referrer.ts'
import { type Audience, Report } from './report.ts'
import { screenerReport } from './screener.ts'
import { Explanation } from './shape.ts'

export { explain } from './explain.ts'
export { asHtml, PAGE_SECURITY } from './html.ts'
export { AUDIENCES, type Audience } from './report.ts'
export { asText, type Written } from './text.ts'

export type { Explanation }

export const ExplanationReport = Report.extend({
  explanation: Explanation.nullable().describe('The whole explanation as data; for the screener alone.'),
}).meta({ id: 'ExplanationReport' })
export type ExplanationReport = z.output<typeof ExplanationReport>

const REPORTS: Readonly<Record<Audience, (explanation: Explanation) => Report>> = {
  screener: screenerReport,
  referrer: referrerReport,
  panel: panelReport,
}

/** An explanation laid out for a reader. The referrer's has to be of a snapshot that holds only what the referrer gave. */
export function reportFor(audience: Audience, explanation: Explanation): ExplanationReport {
  return { ...REPORTS[audience](explanation), explanation: audience === 'screener' ? explanation : null }
}
