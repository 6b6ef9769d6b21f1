import type { AtrsField, AtrsRecord } from './atrs.ts'
import { table } from './markdown.ts'

/** The record as a page for people. */
export function atrsPage({ authority, madeAt, standard, policy, figures, fields }: AtrsRecord): string {
  const facts = (of: Readonly<Record<string, string>>): string => table(['', ''], Object.entries(of))
  const sections = Map.groupBy(fields, ({ section }) => section)
  const lines = [
    `# Algorithmic transparency record: ${authority}`,
    '',
    `${standard}. Made from what runs on ${madeAt.slice(0, 10)}.`,
    '',
    '## Policy in force',
    '',
    policy ? facts(policy) : 'None today.',
    '',
    '## Figures',
    '',
    facts(figures),
    ...[...sections].flatMap(([section, of]) => ['', `## ${section}`, ...of.flatMap(entry)]),
  ]
  return `${lines.join('\n')}\n`
}

function entry({ field, value }: AtrsField): string[] {
  return ['', `### ${field}`, '', value ?? '**To be completed by the authority.**']
}
