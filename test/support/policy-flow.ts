/** Short ways through the life of a policy: a draft, its submission, its approval, its publication. */
import { readFileSync } from 'node:fs'
import { edited, SMALL } from './policies.ts'
import type { Call, Json } from './surfaces.ts'
import type { AccountName } from './world.ts'

const shipped = (file: string): string => readFileSync(new URL(`../../policies/${file}`, import.meta.url), 'utf8')

export interface Files {
  readonly policy: string
  readonly base?: string
  readonly cases?: string
}

export const NORTHMOOR: Files = {
  policy: shipped('northmoor/2026-04.yaml'),
  cases: shipped('northmoor/2026-04.cases.yaml'),
}

/** Oakhaven's overlay with the base that it extends. */
export const OAKHAVEN: Files = {
  policy: shipped('oakhaven/2026-02.yaml'),
  base: shipped('greatvale/2025-09.yaml'),
  cases: shipped('oakhaven/2026-02.cases.yaml'),
}

type Edit = readonly [from: string, to: string]

const DISCLOSED =
  'disclosure-of-abuse, non-mobile-injury, unexplained-injury, sexual-abuse, under-13-sexual-activity, fgm'
const OTHER = 'forced-marriage-hba, exploitation, person-posing-risk, unborn-significant-harm'

/** The small policy on the statutory pack that is shipped, as some version, with passages changed and one case. */
export function small(version: string, effective: string, ...edits: readonly Edit[]): Files {
  return {
    policy: edited(
      SMALL,
      ['id: test-policy', 'id: small'],
      ['version: "1.10"', `version: "${version}"`],
      ['effective: 2026-01-01', `effective: ${effective}`],
      ['statutory: test-pack@1', 'statutory: working-together-2023@1'],
      ['triggers: [disclosure]', `triggers: [${DISCLOSED}]`],
      ['triggers: [immediate-danger]', `triggers: [immediate-danger, ${OTHER}]`],
      ...edits,
    ),
    cases: `format: threshold.cases/1
policy: small@${version}
cases:
  - { id: one, title: A child says that a parent hit, child: { present: [A1] }, expect: { level: P } }
`,
  }
}

/** A change that only raises: being unwashed is enough on its own. */
export const RAISE: Edit = ['code: R1, kind: risk,', 'code: R1, kind: risk, alone: true,']
/** A change that lowers: being locked in can be held back. */
export const LOWER: Edit = [
  'text: Locked in., citation: { section: "17" }, absolute: true',
  'text: Locked in., citation: { section: "17" }, alone: true',
]

async function must(answer: Promise<Json>, what: string): Promise<Json> {
  const { data, text } = await answer
  if (!data) throw new Error(`not ${what}: ${text}`)
  return data
}

export async function drafted(on: Call, files: Files): Promise<Json> {
  return (await must(on('author', 'createPolicyDraft', { body: { files } }), 'drafted')).draft
}

export async function submitted(on: Call, files: Files): Promise<Json> {
  const { id } = await drafted(on, files)
  const request = { params: { draftId: id }, body: { revision: 1 } }
  return (await must(on('author', 'submitPolicyDraft', request), 'submitted')).submission
}

/** What an approver names: the bytes that were read. */
export const bytesOf = ({ contentHash, casesHash }: Json): Json => ({ contentHash, casesHash })

export async function approved(on: Call, files: Files, who: AccountName = 'approver'): Promise<Json> {
  const submission = await submitted(on, files)
  const request = { params: { submissionId: submission.id }, body: bytesOf(submission) }
  return (await must(on(who, 'approvePolicySubmission', request), 'approved')).submission
}

/** A version published over the API in the place of the one named, effective as its document says. */
export async function published(on: Call, files: Files, supersedes?: string, more: object = {}): Promise<Json> {
  const submission = await approved(on, files)
  const body = { ...bytesOf(submission), ...(supersedes === undefined ? {} : { supersedes }), ...more }
  const request = { params: { submissionId: submission.id }, body }
  return (await must(on('approver', 'publishPolicy', request), 'published')).version
}

/** The id of the version in force. */
export async function inForce(on: Call): Promise<string> {
  return (await must(on('author', 'policyInForce'), 'in force')).id
}
