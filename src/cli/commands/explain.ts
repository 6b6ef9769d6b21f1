/** `threshold explain FILE --policy FILE`: why a referral in a file is scored as it is; nothing is stored. */
import { readFileSync } from 'node:fs'
import { type Audience, asHtml, asText, explain, reportFor } from '../../engine/explanation/index.ts'
import { compilePolicy, readCalendar } from '../../features/policies/files.ts'
import type { Format } from '../../kernel/operation.ts'
import { takeOne } from './score.ts'

export interface ExplainOptions {
  readonly policy: string
  readonly audience: Audience
  readonly format: Format
  readonly child?: string
}

/** Exit status: 0 explained, 1 the referral is not usable, 2 the policy is not. */
export function explainFile(
  file: string,
  { policy: policyFile, audience, format, child }: ExplainOptions,
  print: (line: string) => void,
): 0 | 1 | 2 {
  const { policy, problems } = compilePolicy(policyFile)
  if (!policy) {
    for (const { file: named, line, column, message } of problems) print(`${named}:${line}:${column} ${message}`)
    return 2
  }
  const taken = takeOne(policy, file, readFileSync(file))
  const children =
    'snapshot' in taken ? taken.snapshot.children.filter(({ id }) => child === undefined || id === child) : []
  if ('wrong' in taken || children.length === 0) {
    print(file)
    for (const line of 'wrong' in taken ? taken.wrong : [`The referral has no child ${child}.`]) print(`  ${line}`)
    return 1
  }
  const explanations = explain(policy, { ...taken.snapshot, children }, readCalendar())
  const reports = explanations.map((explanation) => reportFor(audience, explanation))
  const forms = {
    json: () => JSON.stringify({ explanations: reports }),
    text: () => asText(reports),
    html: () => asHtml(reports),
  }
  print(forms[format]().trimEnd())
  return 0
}
