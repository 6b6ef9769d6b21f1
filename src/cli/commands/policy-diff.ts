/** `threshold policy diff OLD NEW`: what changed, as a briefing for practitioners. */
import { diffMarkdown, diffPolicies, type Policy } from '../../engine/index.ts'
import { compilePolicy } from '../../features/policies/files.ts'

type Print = (line: string) => void

/** Exit status: 0 said, 2 a policy cannot be used. */
export function policyDiff(before: string, after: string, { json }: { json?: boolean }, print: Print): 0 | 2 {
  const old = usable(before, print)
  const now = usable(after, print)
  if (!old || !now) return 2
  const diff = diffPolicies(old.document, now.document)
  print(json ? JSON.stringify(diff, null, 2) : diffMarkdown(diff).trimEnd())
  return 0
}

/** The policy of a file; where it cannot be used, nothing, and its problems are printed. */
export function usable(file: string, print: Print): Policy | undefined {
  const { policy, problems } = compilePolicy(file)
  if (!policy) for (const { file: at, line, column, message } of problems) print(`${at}:${line}:${column} ${message}`)
  return policy
}
