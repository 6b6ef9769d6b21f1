import { z } from 'zod'
import { CivilDate, Instant, line, prose, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'
import { PolicyFilesShown } from '../policies/index.ts'

/** A file of a policy as text; the body as a whole is bounded besides. */
const PolicyText = prose(1_000_000)

export const PolicyFilesInput = z
  .strictObject({
    policy: PolicyText.describe('The policy file, YAML, kept byte for byte.'),
    base: PolicyText.optional().describe('The policy that it extends, where it extends one.'),
    cases: PolicyText.optional().describe('Its worked examples.'),
  })
  .meta({ id: 'NewPolicyFiles' })
export type PolicyFilesInput = z.output<typeof PolicyFilesInput>

export const NewDraft = z
  .strictObject({
    files: PolicyFilesInput.optional().describe('Either the files …'),
    fromVersion: Id.optional().describe('… or the published version to start from, with its own files.'),
  })
  .meta({ id: 'NewPolicyDraft' })

export const NewRevision = z
  .strictObject({
    basedOn: z.int().min(1).describe('The revision that this one follows; refused when another came in between.'),
    reason: words(2000).describe('What is new.'),
    files: PolicyFilesInput,
  })
  .meta({ id: 'NewPolicyDraftRevision' })

export const NewSubmission = z
  .strictObject({
    revision: z.int().min(1).describe('The revision to be approved; it has to be the latest.'),
    note: words(4000).optional().describe('For the approver.'),
  })
  .meta({ id: 'NewPolicySubmission' })

export const Withdrawal = z.strictObject({ reason: words(2000) }).meta({ id: 'PolicyWithdrawal' })

/** Whoever did something with a policy. */
/** `void`: the draft was revised afterwards. */
export const SUBMISSION_STATES = ['submitted', 'approved', 'rejected', 'withdrawn', 'void', 'published'] as const
export type SubmissionState = (typeof SUBMISSION_STATES)[number]
/** `draft`: nothing of its latest revision is submitted. */
export const DRAFT_STATES = ['draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'published'] as const

export const DraftRevision = z
  .object({
    draftId: z.string(),
    revision: z.int(),
    policy: z.string().nullable().describe('Id as the text states it; null where that cannot be read.'),
    version: z.string().nullable(),
    filesHash: z.string().describe('SHA-256 of the canonical JSON of the files.'),
    reason: z.string().nullable(),
    recordedAt: Instant,
    recordedBy: Person,
  })
  .meta({ id: 'PolicyDraftRevision' })

export const DraftRevisionDetail = z
  .object({ ...DraftRevision.shape, files: PolicyFilesShown })
  .meta({ id: 'PolicyDraftRevisionDetail' })

export const Draft = z
  .object({
    id: z.string(),
    state: z.enum(DRAFT_STATES),
    fromVersion: z.string().nullable().describe('Id of the published version that it was started from.'),
    createdAt: Instant,
    createdBy: Person,
    latest: DraftRevision.describe('Its latest revision.'),
  })
  .meta({ id: 'PolicyDraft' })

export const Submission = z
  .object({
    id: z.string(),
    draftId: z.string(),
    revision: z.int(),
    state: z.enum(SUBMISSION_STATES),
    policy: z.string(),
    version: z.string(),
    title: z.string(),
    effective: CivilDate.describe('As the document says.'),
    contentHash: z.string().describe('SHA-256 of the canonical JSON of the resolved document.'),
    casesHash: z.string().describe('SHA-256 of the text of the cases.'),
    statutory: z.string(),
    statutoryVersion: z.string(),
    statutoryHash: z.string(),
    note: z.string().nullable(),
    submittedAt: Instant,
    submittedBy: Person,
  })
  .meta({ id: 'PolicySubmission' })

export const PolicyCheck = z
  .object({
    isSubmittable: z.boolean().describe('No errors, and every case as agreed.'),
    policy: z.string().nullable(),
    version: z.string().nullable(),
    contentHash: z.string().nullable().describe('Null where an error is in the way.'),
    errors: z.int(),
    warnings: z.int(),
    problems: z.array(
      z
        .object({
          severity: z.enum(['error', 'warning']),
          code: z.string(),
          message: z.string(),
          file: z.string(),
          line: z.int(),
          column: z.int(),
          pointer: z.string(),
        })
        .meta({ id: 'PolicyProblem' }),
    ),
    cases: z.array(
      z.object({ id: z.string(), title: z.string(), failures: z.array(z.string()) }).meta({ id: 'PolicyCaseResult' }),
    ),
  })
  .meta({ id: 'PolicyCheck' })
export type PolicyCheck = z.output<typeof PolicyCheck>

export const DraftReceipt = z.object({ draft: Draft, audit: AuditReceipt }).meta({ id: 'PolicyDraftReceipt' })
export const SubmissionReceipt = z
  .object({ submission: Submission, audit: AuditReceipt })
  .meta({ id: 'PolicySubmissionReceipt' })
export const DraftPage = pageOf(Draft, 'PolicyDraft')
export const SubmissionPage = pageOf(Submission, 'PolicySubmission')
export const DraftRevisionList = z.object({ revisions: z.array(DraftRevision) }).meta({ id: 'PolicyDraftRevisions' })

/** Filters of lists of drafts and submissions. */
export const policyFilter = {
  policy: line(60).optional().describe('Only of this policy document.'),
  author: Id.optional().describe('Account of an author of any revision.'),
}
