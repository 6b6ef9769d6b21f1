import { z } from 'zod'
import { COUNTED_FROM, RETENTION_CLASSES } from '../../db/tables/retention.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'

const Class = z.enum(RETENTION_CLASSES).describe('What came of it for a child.')
const CountedFrom = z
  .enum(COUNTED_FROM)
  .describe('The last decision on any child of the referral, the last contact about it, or the birth of the child.')
const RuleCode = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'small letters, digits and hyphens')

export const NewRetentionRule = z
  .strictObject({
    code: RuleCode.describe('A short name. A rule of the same code replaces the one before.'),
    class: Class,
    years: z.int().min(1).max(150),
    countedFrom: CountedFrom,
    legalBasis: words(1000).describe('The enactment or duty that the period rests on.'),
    source: line(300).describe('The retention schedule, its version and page.'),
    note: words(2000).describe('Who looked at it, and when it is looked at again.'),
  })
  .meta({ id: 'NewRetentionRule' })

export const RetentionRule = z
  .object({
    id: z.string(),
    code: z.string(),
    sequence: z.int().describe('Which revision of the code.'),
    class: Class,
    years: z.int(),
    countedFrom: CountedFrom,
    legalBasis: z.string(),
    source: z.string(),
    note: z.string(),
    isWithdrawn: z.boolean(),
    isCurrent: z.boolean().describe('Whether it is the latest of its code and not withdrawn.'),
    recordedAt: Instant,
    recordedBy: Person,
  })
  .meta({ id: 'RetentionRule' })
export type RetentionRule = z.output<typeof RetentionRule>
export const RetentionRulePage = pageOf(RetentionRule, 'RetentionRule')
export const RetentionRuleReceipt = z
  .object({ rule: RetentionRule, audit: AuditReceipt })
  .meta({ id: 'RetentionRuleReceipt' })

export const Reasoned = z.strictObject({ reason: words(2000) }).meta({ id: 'Reasoned' })

export const NewRetentionClass = z
  .strictObject({
    child: line(60),
    class: Class,
    reason: words(2000).describe('How it is known, as that the child was looked after from some day on.'),
  })
  .meta({ id: 'NewRetentionClass' })
export const RetentionClassReceipt = z
  .object({ referralId: z.string(), child: z.string(), class: Class, audit: AuditReceipt })
  .meta({ id: 'RetentionClassReceipt' })

export const RetentionDue = z
  .object({
    referralId: z.string(),
    reference: z.string(),
    receivedAt: Instant,
    dueOn: z.string().describe('The day from which it is past the time for which it is kept.'),
    class: Class,
    countedFrom: CountedFrom,
    countedOn: z.string().describe('The day from which the years were counted.'),
    years: z.int(),
    ruleId: z.string(),
    ruleCode: z.string(),
    legalBasis: z.string(),
    isHeld: z.boolean().describe('Whether a legal hold keeps it all the same.'),
    proposalId: z.string().nullable().describe('The newest proposal to dispose of it.'),
  })
  .meta({ id: 'RetentionDue', description: 'Ids and dates: nothing of what the referral says.' })
export type RetentionDue = z.output<typeof RetentionDue>
export const RetentionDuePage = pageOf(RetentionDue, 'RetentionDue')

export const NewHold = z
  .strictObject({
    referral: Id.optional().describe('Everything of the authority where left out.'),
    inquiry: line(200).describe('What asks for it: an inquiry, a review, proceedings.'),
    reason: words(2000),
  })
  .meta({ id: 'NewLegalHold' })

export const LegalHold = z
  .object({
    id: z.string(),
    referralId: z.string().nullable().describe('Null for everything of the authority.'),
    inquiry: z.string(),
    reason: z.string(),
    placedAt: Instant,
    placedBy: Person,
    release: z
      .object({ reason: z.string(), at: Instant, by: Person })
      .meta({ id: 'LegalHoldRelease' })
      .nullable()
      .describe('Null while it stands.'),
  })
  .meta({ id: 'LegalHold' })
export type LegalHold = z.output<typeof LegalHold>
export const LegalHoldPage = pageOf(LegalHold, 'LegalHold')
export const LegalHoldReceipt = z.object({ hold: LegalHold, audit: AuditReceipt }).meta({ id: 'LegalHoldReceipt' })

export const DisposalProposal = z
  .object({
    id: z.string(),
    referralId: z.string(),
    ruleId: z.string(),
    class: Class,
    dueOn: z.string(),
    proposedAt: Instant,
    proposedBy: Person,
    disposalId: z.string().nullable().describe('Null until it was carried out.'),
  })
  .meta({ id: 'DisposalProposal' })
export type DisposalProposal = z.output<typeof DisposalProposal>
export const DisposalProposalPage = pageOf(DisposalProposal, 'DisposalProposal')
export const DisposalProposalReceipt = z
  .object({ proposal: DisposalProposal, audit: AuditReceipt })
  .meta({ id: 'DisposalProposalReceipt' })

export const Confirmation = z
  .strictObject({
    reference: line(20).describe('The reference of the referral, typed by whoever destroys it.'),
  })
  .meta({ id: 'DisposalConfirmation' })

export const Disposal = z
  .object({
    id: z.string(),
    referralId: z.string(),
    ruleId: z.string(),
    ruleCode: z.string(),
    class: Class,
    legalBasis: z.string(),
    dueOn: z.string(),
    proposedAt: Instant,
    proposedBy: Person,
    carriedOutAt: Instant,
    carriedOutBy: Person,
    position: z.int().describe('The entry of the log that says so.'),
  })
  .meta({ id: 'Disposal', description: 'What is left of a referral that was destroyed.' })
export type Disposal = z.output<typeof Disposal>
export const DisposalPage = pageOf(Disposal, 'Disposal')
export const DisposalReceipt = z.object({ disposal: Disposal, audit: AuditReceipt }).meta({ id: 'DisposalReceipt' })
