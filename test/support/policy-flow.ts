/** Short ways through the life of a policy: a draft, its submission, its approval, its publication. */
import { readFileSync } from 'node:fs'
import { edited } from './policies.ts'
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

/** Northmoor's policy as another version, with passages changed. */
export function northmoor(version: string, effective: string, ...edits: readonly Edit[]): Files {
  return {
    policy: edited(
      NORTHMOOR.policy,
      ['version: "2026-04"', `version: "${version}"`],
      ['effective: 2026-04-01', `effective: ${effective}`],
      ...edits,
    ),
    cases: edited(NORTHMOOR.cases ?? '', ['policy: northmoor@2026-04', `policy: northmoor@${version}`]),
  }
}

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
