/** `threshold policy resolve FILE`: base and overlay as one policy, each part with the place where it was written. */
import { resolvedYaml, resolveFiles, writtenParts } from '../../engine/policy/provenance.ts'
import { baseFile, fileText } from '../../features/policies/files.ts'
import { usable } from './policy-diff.ts'

/** Exit status: 0 printed, 2 the policy cannot be used. */
export function policyResolve(file: string, { json }: { json?: boolean }, print: (line: string) => void): 0 | 2 {
  if (!usable(file, print)) return 2
  const base = baseFile(file)
  const { resolved } = resolveFiles({ policy: fileText(file), base: base === undefined ? undefined : fileText(base) })
  if (!resolved) return 2
  print(json ? JSON.stringify(writtenParts(resolved), null, 2) : resolvedYaml(resolved).trimEnd())
  return 0
}
