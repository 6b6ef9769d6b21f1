import { z } from 'zod'
import { BREAK_GLASS_OUTCOMES, RELATIONSHIPS, RESTRICTION_CATEGORIES } from '../../db/tables/restrictions.ts'
import { CivilDate, Instant, line, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'

/** The glass is broken for a need of the hour, and not for good. The database allows the four hours of earlier versions. */
export const BREAK_MINUTES = 60
/** A restriction is looked at again within this many days. */
export const REVIEW_DAYS_MAX = 90

export const NewRestriction = z
  .strictObject({
    category: z.enum(RESTRICTION_CATEGORIES),
    reason: words(2000).describe('Shown to those who are let in, and to auditors.'),
    reviewOn: CivilDate.describe(`When it is looked at again: within ${REVIEW_DAYS_MAX} days.`),
    accounts: z
      .array(Id)
      .min(1)
      .max(100)
      .describe('Who is let in, among them a supervisor. Whoever is kin stays out all the same.'),
    replaces: Id.optional().describe('The restriction that stands, where one does.'),
  })
  .meta({ id: 'NewRestriction' })

export const Restriction = z
  .object({
    id: z.string(),
    referralId: z.string(),
    reference: z.string(),
    category: z.enum(RESTRICTION_CATEGORIES),
    reason: z.string().nullable().describe('Null to those who are not let in.'),
    reviewOn: z.string(),
    isReviewOverdue: z.boolean(),
    ended: z
      .object({
        how: z.enum(['changed', 'lifted']),
        reason: z.string().nullable(),
        at: Instant,
        by: Person,
      })
      .meta({ id: 'RestrictionEnd' })
      .nullable()
      .describe('Null while it stands.'),
    accounts: z.array(Person),
    recordedAt: Instant,
    recordedBy: Person,
  })
  .meta({ id: 'Restriction' })
export type Restriction = z.output<typeof Restriction>

export const RestrictionPage = pageOf(Restriction, 'Restriction')
export const RestrictionReceipt = z
  .object({ restriction: Restriction, audit: AuditReceipt })
  .meta({ id: 'RestrictionReceipt' })

export const Because = z.strictObject({ reason: words(2000) }).meta({ id: 'Because' })

/** What a person of the front door learns who asks for a restricted referral by its reference. */
export const RestrictionNotice = z
  .object({ reference: z.string(), referralId: z.string(), isOpenToCaller: z.boolean() })
  .meta({ id: 'RestrictionNotice' })

export const NewBreakGlass = z
  .strictObject({
    reason: words(2000).describe('Why it cannot wait for somebody who is let in.'),
    minutes: z
      .int()
      .min(1)
      .max(BREAK_MINUTES)
      .optional()
      .describe('For how long: an hour where left out, and at most.'),
  })
  .meta({ id: 'NewBreakGlass' })

export const BreakGlass = z
  .object({
    id: z.string(),
    referralId: z.string(),
    reference: z.string(),
    brokenBy: Person,
    reason: z.string(),
    grantedAt: Instant,
    expiresAt: Instant,
    reviewDueAt: Instant,
    isReviewOverdue: z.boolean(),
    review: z
      .object({
        outcome: z.enum(BREAK_GLASS_OUTCOMES),
        note: z.string(),
        reviewedAt: Instant,
        reviewedBy: Person,
      })
      .meta({ id: 'BreakGlassReview' })
      .nullable(),
  })
  .meta({ id: 'BreakGlass' })
export type BreakGlass = z.output<typeof BreakGlass>

export const BreakGlassPage = pageOf(BreakGlass, 'BreakGlass')
export const BreakGlassReceipt = z.object({ grant: BreakGlass, audit: AuditReceipt }).meta({ id: 'BreakGlassReceipt' })

export const NewReview = z
  .strictObject({
    outcome: z.enum(BREAK_GLASS_OUTCOMES).describe('What was not justified ends at once.'),
    note: words(2000),
  })
  .meta({ id: 'NewBreakGlassReview' })

export const NewConflict = z
  .strictObject({
    account: Id.optional().describe('The caller’s own where left out; another’s for supervisors and administrators.'),
    relationship: z.enum(RELATIONSHIPS),
    referral: Id.optional(),
    child: z
      .strictObject({ scheme: z.enum(['nhs', 'upn', 'la_child_id', 'other']), value: line(40) })
      .meta({ id: 'NewConflictChild' })
      .optional()
      .describe('Every referral of the child with this identifier, those to come as well.'),
  })
  .meta({ id: 'NewConflict' })

export const Conflict = z
  .object({
    id: z.string(),
    account: Person,
    relationship: z.enum(RELATIONSHIPS),
    referralId: z.string().nullable(),
    child: z.object({ scheme: z.string(), value: z.string() }).meta({ id: 'ConflictChild' }).nullable(),
    declaredAt: Instant,
    declaredBy: Person,
    withdrawnAt: Instant.nullable(),
  })
  .meta({ id: 'Conflict' })
export type Conflict = z.output<typeof Conflict>

export const ConflictPage = pageOf(Conflict, 'Conflict')
export const ConflictReceipt = z
  .object({
    id: z.string(),
    relationship: z.enum(RELATIONSHIPS),
    audit: AuditReceipt,
  })
  .meta({ id: 'ConflictReceipt' })
