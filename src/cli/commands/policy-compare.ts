/** `threshold policy compare POLICY OTHER REFERRAL`: one referral under two policies, all of them files. */
import { readFileSync } from 'node:fs'
import { type Policy, Referral, toSnapshot } from '../../engine/index.ts'
import { checkReferral } from '../../engine/referral/check.ts'
import { comparisonOf } from '../../engine/rehearsal/compare.ts'
import { compilePolicy, isError } from '../../features/policies/files.ts'
import { compareChild, explained } from '../../features/rehearsals/compared.ts'
import type { ComparedChild } from '../../features/rehearsals/model.ts'
import { Refusal } from '../../kernel/errors.ts'
import { wrongsOf } from '../../kernel/input.ts'
import { parseStrictJson } from '../../kernel/strict-json.ts'

type Print = (line: string) => void

/** Exit status: 0 said, 1 the referral is not usable, 2 a policy is not. */
export function policyCompare(
  files: readonly [string, string],
  referralFile: string,
  { json }: { json?: boolean },
  print: Print,
): 0 | 1 | 2 {
  const [before, after] = [usablePolicy(files[0], print)?.policy, usablePolicy(files[1], print)?.policy]
  if (!before || !after) return 2
  const referral = usableReferral(referralFile, print)
  if (!referral) return 1
  const comparison = comparisonOf(before, after)
  const snapshot = toSnapshot(referral, { receivedAt: new Date().toISOString() })
  const children = snapshot.children.map((child) => {
    const own = { ...snapshot, children: [child] }
    return { child: child.id, ...explained(comparison, own, compareChild(comparison, own)) }
  })
  if (json) print(JSON.stringify({ policies: [before, after].map(nameOf), children }, null, 2))
  else for (const child of children) for (const line of lines(child, [before, after])) print(line)
  return 0
}

/** The policy of a file with the text of its cases; undefined once its errors are printed. */
export function usablePolicy(file: string, print: Print): { policy: Policy; cases: string | null } | undefined {
  const { policy, problems, texts } = compilePolicy(file)
  if (policy) return { policy, cases: texts?.cases ?? null }
  for (const { file: at, line, column, message } of problems.filter(isError))
    print(`${at}:${line}:${column} ${message}`)
  return undefined
}

/** Codes are not judged: what one of the two policies lacks is what the comparison is to show. */
function usableReferral(file: string, print: Print): Referral | undefined {
  try {
    const parsed = Referral.safeParse(parseStrictJson(readFileSync(file)))
    const wrongs = parsed.success
      ? checkReferral(parsed.data, new Date().toISOString(), undefined)
      : wrongsOf(parsed.error, 'body')
    for (const { pointer, detail } of wrongs) print(`${file}${pointer} ${detail}`)
    return parsed.success && wrongs.length === 0 ? parsed.data : undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    print(`${file} ${error.message}`)
    return undefined
  }
}

function lines(child: ComparedChild & { child: string }, policies: readonly [Policy, Policy]): string[] {
  const said = (policy: Policy, { outcome, level, low, responses }: ComparedChild['before']): string => {
    const label = (code: string | null) => policy.levels.find((one) => one.code === code)?.label ?? 'nothing'
    const stated = outcome === 'recommended' ? label(level) : `${outcome}, ${label(low)} established`
    const done = responses.map((code) => policy.responses.get(code)?.label ?? code)
    return `  ${nameOf(policy)}: ${stated} — ${done.join('; ')}`
  }
  const { before, after, ways, lost } = child
  return [
    child.child,
    said(policies[0], before),
    said(policies[1], after),
    ...(ways.length > 0 ? [`  less than before: ${ways.join(', ')}`] : []),
    ...lost.map(({ id, now, because }) => `  ${now === null ? 'no longer' : `only at ${now}`}: ${id}: ${because}`),
  ]
}

function nameOf({ id, version }: Policy): string {
  return `${id}@${version}`
}
