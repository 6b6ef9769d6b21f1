/** For a panel that looks at a recommendation afterwards: level, range, reasons, what would change it, and how to cite it. */
import {
  alertsAndReasonsToWithhold,
  changeBlocks,
  levelSentence,
  paragraph,
  pinsBlocks,
  qualityBlocks,
  type Report,
  type ReportBlock,
  sections,
  tabled,
  titled,
} from './report.ts'
import type { Explanation } from './shape.ts'
import { citationWords } from './words.ts'

export function panelReport(explanation: Explanation): Report {
  const { child, recommendation, levelWords } = explanation
  const { responses } = recommendation
  return {
    audience: 'panel',
    child,
    title: `The recommendation for the child “${child}”, for the panel`,
    sections: sections([
      {
        heading: 'Level and range',
        blocks: [
          paragraph(levelSentence(recommendation)),
          ...(levelWords === null ? [] : [paragraph(`In the document’s words: ${levelWords}`)]),
          paragraph(`Recommended: ${responses.map(({ label, legalBasis }) => `${label} (${legalBasis})`).join('; ')}.`),
          titled('Nobody may overlook', alertsAndReasonsToWithhold(recommendation)),
        ],
      },
      { heading: 'Reasons', blocks: [reasons(explanation), open(explanation)] },
      { heading: 'What would change it', blocks: changeBlocks(explanation) },
      { heading: 'Quality of the referral', blocks: qualityBlocks(recommendation) },
      { heading: 'For citation', blocks: pinsBlocks(explanation) },
    ]),
  }
}

function reasons({ recommendation, document }: Explanation): ReportBlock {
  return tabled(
    'Reasons, the decisive ones first',
    ['Where', 'Level', 'In the document’s words', 'Rests on'],
    recommendation.reasons.map(({ citation, id, level, decisive, because, findings }) => [
      `${citationWords(citation, document.reference)} (${id})`,
      level === null ? 'none of its own' : `${level.label}${decisive ? ', decisive' : ''}`,
      because,
      findings.map(({ indicator, text, state }) => `${text} (${indicator}, ${state})`).join('; '),
    ]),
  )
}

function open({ recommendation, document }: Explanation): ReportBlock {
  return tabled(
    'What may hold, was held back, or is one condition short',
    ['Where', 'Level', 'Answer', 'What is wanting'],
    recommendation.notMet.map(({ citation, id, level, value, missing }) => [
      `${citationWords(citation, document.reference)} (${id})`,
      level?.label ?? '',
      ANSWERS[value],
      missing.join('; '),
    ]),
  )
}

const ANSWERS = {
  no: 'no',
  maybe: 'perhaps',
  withheld_by_protective_factors: 'held back by protective factors',
} as const
