/**
 * For the referrer. It takes an explanation of what the referrer told us and of nothing else, and tells no evidence, no
 * source, no score and nobody's words but the document's: what it says is known to its reader already, or published.
 */
import { item, list, paragraph, type Report, type ReportBlock, sections, tabled, titled } from './report.ts'
import type { Explanation, SaidValue } from './shape.ts'
import { citationWords } from './words.ts'

export function referrerReport(explanation: Explanation): Report {
  const { child, recommendation, document, escalation } = explanation
  const { services, quality } = recommendation
  return {
    audience: 'referrer',
    child,
    title: 'What the threshold document says of your referral',
    sections: sections([
      {
        heading: 'What this is',
        blocks: [
          paragraph('If a child is in immediate danger, call 999 now. Do not wait for an answer from us.'),
          paragraph(
            `This is about the child whom your referral calls “${child}”. It was made from what you told us and from “${document.title}” (${document.authority}, ${document.reference}), and from nothing else. A qualified person decides. The decision may rest on more than you could know, and may differ.`,
          ),
        ],
      },
      { heading: 'The level', blocks: level(explanation) },
      { heading: 'What was considered', blocks: [considered(explanation), ...reasons(explanation)] },
      {
        heading: 'What is missing',
        blocks: [
          titled('What we would ask you', { items: recommendation.questions.map(({ ask }) => item(ask)) }),
          titled('What makes a referral more useful', {
            items: quality.features.filter(({ met }) => !met).map(({ advice }) => item(advice)),
          }),
        ],
      },
      {
        heading: 'Help that is there',
        blocks: [
          tabled(
            'Services',
            ['Service', 'What it does', 'Contact'],
            services.map(({ name, description, contact }) => [name, description, contact]),
          ),
        ],
      },
      {
        heading: 'If you disagree',
        blocks: [paragraph('Ask for these people, one after the other:'), list(...escalation)],
      },
    ]),
  }
}

function level({ recommendation, levelWords }: Explanation): ReportBlock[] {
  const { level: stated, provisional, high } = recommendation
  if (!stated) return [paragraph('On what you told us the document gives no level. A person reads what you wrote.')]
  return [
    paragraph(`On what you told us the document places the child at “${stated.label}”.`),
    paragraph(`In the document’s words: ${levelWords}`),
    ...(provisional ? [paragraph(`What you could not say might make it as high as “${high?.label}”.`)] : []),
  ]
}

const SAID: Readonly<Record<string, string>> = {
  'said not to be so': 'you told us that this is not so',
  'said not to be known': 'you could not say',
}

function considered({ said }: Explanation): ReportBlock {
  const findings = said.filter(({ kind }) => kind === 'finding')
  const about = (subject: SaidValue['subject']): string =>
    subject === 'child' ? '' : ', about the household or the surroundings'
  const lines = findings.map(
    ({ words, answer, subject }) => `“${words}” — ${SAID[answer] ?? 'you told us that this is so'}${about(subject)}`,
  )
  return titled('What you told us, in the document’s words', { items: [...new Set(lines)].map(item) })
}

function reasons({ recommendation, document }: Explanation): ReportBlock[] {
  const lines = recommendation.reasons.map(
    ({ because, citation }) => `${because} (${citationWords(citation, document.reference)})`,
  )
  return [titled('What the document says to that', { items: [...new Set(lines)].map(item) })]
}
