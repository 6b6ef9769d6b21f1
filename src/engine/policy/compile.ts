/** Documents → a policy to score with, or every problem at once with its place. Pure. */
import type { z } from 'zod'
import type { Problem } from '../problem.ts'
import { assemble } from './assemble.ts'
import { checkIndicatorMeaning } from './check-indicators.ts'
import { checkReferences } from './check-references.ts'
import { checkResponseMeaning } from './check-responses.ts'
import { checkRuleMeaning } from './check-rules.ts'
import { checkShape } from './check-shape.ts'
import { type Checker, checker } from './checker.ts'
import type { Policy } from './policy.ts'
import { problemAt, type ReadFile, readYaml } from './read.ts'
import { resolve, type Source } from './resolve.ts'
import { PolicyDocument, PolicySource } from './shape.ts'
import { StatutoryPack } from './statutory.ts'

export interface FileText {
  readonly file: string
  readonly text: string
}

export interface PolicyFiles {
  readonly policy: FileText
  /** The base that the policy's `extends` names, where it has one. */
  readonly base?: FileText | undefined
  /** The pack that the policy's `statutory` names. */
  readonly statutory: FileText
}

export interface Compiled {
  /** Absent when there is any error. */
  readonly policy?: Policy
  readonly problems: readonly Problem[]
}

/** Reads, resolves, checks and compiles. Warnings do not prevent a policy; errors do. */
export function compile(files: PolicyFiles): Compiled {
  const own = readAs(files.policy, PolicySource)
  const base = files.base ? readAs(files.base, PolicySource) : undefined
  const pack = readAs(files.statutory, StatutoryPack)
  const problems = [own, base, pack].flatMap((part) => part?.problems ?? [])
  if (!own.part || !pack.part || (files.base && !base?.part)) return { problems }
  const source = own.part
  const resolved = resolve(source, base?.part)
  problems.push(...resolved.problems, ...checkNamed(source, base?.part?.value, pack.part.value))
  const shaped = PolicyDocument.safeParse(resolved.value)
  if (!shaped.success) return { problems: [...problems, ...missingSections(source, shaped.error.issues)] }
  const check = checker(resolved, shaped.data, pack.part.value, problems)
  checkAll(check, problems)
  if (problems.some(({ severity }) => severity === 'error')) return { problems }
  return { policy: assemble(shaped.data, pack.part.value), problems }
}

function checkAll(check: Checker, problems: readonly Problem[]): void {
  checkReferences(check)
  // Meaning is judged only of what exists: an unknown code would report itself a second time as something else.
  if (problems.some(({ severity }) => severity === 'error')) return
  checkIndicatorMeaning(check)
  checkRuleMeaning(check)
  checkResponseMeaning(check)
}

/** Codes of the errors for which the check would refuse a resolved document; nothing is said of where they are. */
export function refusals(document: PolicyDocument, pack: StatutoryPack): string[] {
  const shaped = PolicyDocument.safeParse(document)
  if (!shaped.success) return ['shape']
  const problems: Problem[] = []
  const place = { file: '', line: 1, column: 1 }
  const read = { file: '', value: document, locate: () => place, locateKey: () => place }
  const source = { read, value: { format: document.format, document: document.document } }
  checkAll(
    checker({ value: document, problems, origin: (path) => ({ source, path }) }, shaped.data, pack, problems),
    problems,
  )
  return problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)
}

/** A stored policy, whose document was checked when it was published, compiled again. */
export function recompile(document: unknown, statutory: unknown): Policy {
  return assemble(PolicyDocument.parse(document), StatutoryPack.parse(statutory))
}

function readAs<T>(
  { file, text }: FileText,
  shape: z.ZodType<T>,
): { part?: { read: ReadFile; value: T }; problems: Problem[] } {
  const { read, problems } = readYaml(file, text)
  if (!read) return { problems }
  const shaped = checkShape(read, shape)
  return shaped.value === undefined
    ? { problems: shaped.problems }
    : { part: { read, value: shaped.value }, problems: [] }
}

/** The files handed over are those that the policy names. */
function checkNamed(own: Source, base: PolicySource | undefined, pack: StatutoryPack): Problem[] {
  const { document } = own.value
  const problems: Problem[] = []
  const expect = (property: 'extends' | 'statutory', found: { id: string; version: string } | undefined): void => {
    const name = found && `${found.id}@${found.version}`
    if (document[property] === name) return
    problems.push(
      problemAt(own.read, ['document', property], {
        code: 'document-mismatch',
        message: `“${property}” says ${document[property] ?? 'nothing'}, and ${name ?? 'no such document'} was found.`,
      }),
    )
  }
  expect('extends', base?.document)
  expect('statutory', pack.document)
  if (
    base &&
    (base.document.extends !== undefined || (base.document.statutory ?? document.statutory) !== document.statutory)
  ) {
    problems.push(
      problemAt(own.read, ['document', 'extends'], {
        code: 'document-mismatch',
        message: `The base ${base.document.id} stands on another base or another statutory pack; what that says would be lost.`,
      }),
    )
  }
  return problems
}

function missingSections(own: Source, issues: readonly { path: PropertyKey[]; message: string }[]): Problem[] {
  return issues.map(({ path, message }) =>
    problemAt(own.read, path as (string | number)[], {
      code: 'missing-section',
      message: `“${path.join('.')}”: neither this policy nor its base has it. ${message}.`,
    }),
  )
}
