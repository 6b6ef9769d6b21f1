/** Documents → a policy to score with, or every problem at once with its place. Pure. */
import type { z } from 'zod'
import type { Path, Problem } from '../problem.ts'
import { assemble } from './assemble.ts'
import { checkAges } from './check-ages.ts'
import { checkClocks } from './check-clocks.ts'
import { checkConditions } from './check-conditions.ts'
import { checkIndicatorMeaning } from './check-indicators.ts'
import { checkLetters } from './check-letters.ts'
import { checkPack } from './check-pack.ts'
import { checkPairs } from './check-pairs.ts'
import { checkPractice } from './check-practice.ts'
import { checkPracticeMeaning } from './check-practice-meaning.ts'
import { checkReach } from './check-reach.ts'
import { checkReferences } from './check-references.ts'
import { checkResponseMeaning } from './check-responses.ts'
import { checkRuleMeaning } from './check-rules.ts'
import { checkSafeguards } from './check-safeguards.ts'
import { checkShape } from './check-shape.ts'
import { checkText } from './check-text.ts'
import { checkWords } from './check-words.ts'
import { type Checker, checker } from './checker.ts'
import { groundOf } from './ground.ts'
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
  problems.push(
    ...resolved.problems,
    ...checkNamed(source, base?.part?.value, pack.part.value),
    ...checkText(source.read),
    ...(base?.part ? checkText(base.part.read) : []),
    ...checkPack(pack.part.read, pack.part.value),
  )
  const shaped = PolicyDocument.safeParse(resolved.value)
  if (!shaped.success) return { problems: [...problems, ...missingSections(source, shaped.error.issues)] }
  const check = checker(resolved, shaped.data, pack.part.value, problems)
  checkReferences(check)
  checkPractice(check)
  checkLetters(check)
  const found: Problem[] = []
  checkMeaning(checker(resolved, shaped.data, pack.part.value, found), base?.part)
  problems.push(...withoutEchoes(found, problems))
  if (problems.some(({ severity }) => severity === 'error')) return { problems }
  return { policy: assemble(shaped.data, pack.part.value), problems }
}

/** Found missing where a misspelt name is all that is wrong. */
const ABSENCES: readonly string[] = [
  'level-without-response',
  'never-used',
  'question-never-asked',
  'response-missing',
  'trigger-not-covered',
  'unreachable-level',
  'unreachable-response',
]

/** What an item with an error in its codes means cannot be judged: an unknown code would report itself again as something else. */
function withoutEchoes(found: readonly Problem[], before: readonly Problem[]): Problem[] {
  const itemOf = ({ file, pointer }: Problem): string => `${file} ${pointer.split('/').slice(0, 3).join('/')}`
  const errors = before.filter(({ severity }) => severity === 'error')
  const unclear = new Set(errors.map(itemOf))
  return found.filter(
    (problem) => !unclear.has(itemOf(problem)) && (errors.length === 0 || !ABSENCES.includes(problem.code)),
  )
}

function checkMeaning(check: Checker, base: Source | undefined): void {
  const ground = groundOf(check)
  checkIndicatorMeaning(check)
  checkAges(check, ground)
  checkRuleMeaning(check)
  checkConditions(check, ground)
  checkPairs(check, ground)
  checkReach(check, ground)
  checkResponseMeaning(check)
  checkClocks(check)
  checkSafeguards(check, base)
  checkPracticeMeaning(check)
  checkWords(check)
}

/** Codes of the errors for which the check would refuse a resolved document; nothing is said of where they are. */
export function refusals(document: PolicyDocument, pack: StatutoryPack): string[] {
  const shaped = PolicyDocument.safeParse(document)
  if (!shaped.success) return ['shape']
  const problems: Problem[] = []
  const place = { file: '', line: 1, column: 1 }
  const read = { file: '', value: document, locate: () => place, locateKey: () => place }
  const source = { read, value: { format: document.format, document: document.document } }
  const origin = (path: Path) => ({ source, path })
  const check = checker({ value: document, problems, origin }, shaped.data, pack, problems)
  checkReferences(check)
  checkPractice(check)
  checkLetters(check)
  if (!problems.some(({ severity }) => severity === 'error')) checkMeaning(check, undefined)
  return problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)
}

/** A stored policy, whose document was checked when it was published, compiled again. */
export function recompile(document: unknown, statutory: unknown): Policy {
  return assemble(PolicyDocument.parse(document), StatutoryPack.parse(statutory))
}

/** A file in its typed form with the place of each value, or its problems. */
export function readAs<T>(
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
