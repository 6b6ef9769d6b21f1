import { z } from 'zod'
import { ROLES } from '../../db/tables/accounts.ts'
import { CLOCKS, MILESTONES } from '../../db/tables/queue.ts'
import { CLOCK_STATES } from '../../engine/calendar/clock.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { LevelRef } from '../../engine/scoring/refs.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { Bound, pageOf } from '../../kernel/page.ts'
import { Alarm } from '../recommendations/index.ts'
import { AuditReceipt } from '../referrals/index.ts'
import { STEPS } from './steps.ts'

export const Clock = z
  .object({
    child: z
      .string()
      .nullable()
      .describe('Null for a clock of the whole referral: acknowledgement, and a challenge that names no child.'),
    name: z.enum([...CLOCKS, 'escalation_step']),
    code: z.string().describe('The urgency band, the response, the statutory clock or the stage; else empty.'),
    label: z.string(),
    isStatutory: z.boolean(),
    state: z.enum(CLOCK_STATES),
    startedAt: Instant.nullable().describe('Null while what starts it has not happened.'),
    dueAt: Instant.nullable(),
    metAt: Instant.nullable(),
    calendarEndsBefore: z
      .boolean()
      .describe('The list of bank holidays ends before the due time: holidays after its end are not counted.'),
    escalationId: z.string().nullable().describe('The challenge whose step it is.'),
  })
  .meta({ id: 'Clock' })
export type Clock = z.output<typeof Clock>
export const Clocks = z.object({ clocks: z.array(Clock) }).meta({ id: 'Clocks' })

/** States of a clock that still runs. */
export const OPEN_STATES = ['running', 'at_risk', 'overdue'] as const

export const QueueRow = z
  .object({
    referralId: z.string(),
    reference: z.string(),
    child: z.string(),
    revision: z.int(),
    agency: z.string().describe('The agency that referred.'),
    receivedAt: Instant,
    steps: z.array(z.enum(STEPS)).describe('What is to be done, what comes first before the rest.'),
    by: z
      .object({ roles: z.array(z.enum(ROLES)), qualification: z.enum(QUALIFICATIONS).nullable() })
      .meta({ id: 'QueueBy' })
      .describe('Who may do the first of them.'),
    mine: z
      .boolean()
      .describe(
        'Whether you may do the first of them now, or the one that was asked for, and nobody else has picked it up.',
      ),
    heldBy: z
      .object({ accountId: z.string(), displayName: z.string(), until: Instant.nullable() })
      .meta({ id: 'QueueHolder' })
      .nullable()
      .describe('Who has it in hand, and until when where it frees itself.'),
    urgency: z
      .object({
        code: z.string(),
        label: z.string(),
        recommended: z.string().describe('The band of the recommendation.'),
        ranOver: z.boolean().describe('Its time ran over, and the policy makes it more urgent for that.'),
      })
      .meta({ id: 'QueueUrgency' })
      .nullable()
      .describe('Null where nothing has been scored: it is listed among the most urgent.'),
    clock: Clock.nullable().describe('The open clock that is due first.'),
    level: LevelRef.nullable().describe('Null while it is not shown, or withheld.'),
    hidden: z.enum(['own_judgement_first']).nullable(),
    alarms: z.array(Alarm).describe('Always shown, to everybody.'),
    recommendationId: z.string().nullable(),
    decisionId: z.string().nullable(),
  })
  .meta({ id: 'QueueRow' })
export type QueueRow = z.output<typeof QueueRow>
export const QueuePage = pageOf(QueueRow, 'Queue')

export const QueueCounts = z
  .object({
    children: z.int().describe('Children about whom something is to be done; each may be in several counts.'),
    counts: z.array(
      z
        .object({ step: z.enum(STEPS), state: z.enum(OPEN_STATES).nullable(), children: z.int() })
        .meta({ id: 'QueueCount' }),
    ),
    restricted: z
      .object({ children: z.int(), overdue: z.int() })
      .meta({ id: 'RestrictedCount' })
      .nullable()
      .describe(
        'To supervisors, whatever is filtered: how many more wait in restricted referrals that do not let you in. Ask those who are let in, or break the glass.',
      ),
  })
  .meta({ id: 'QueueCounts' })
export type QueueCounts = z.output<typeof QueueCounts>

export const MilestoneInput = z
  .strictObject({
    kind: z.enum(MILESTONES),
    child: ChildKey.optional().describe(
      'Needed for everything but an acknowledgement, which is of the whole referral.',
    ),
    happenedAt: Bound.describe('When it happened; not before the referral was received, and not in the future.'),
    response: line(60).optional().describe('Code of the response that was carried out.'),
    startsEnquiries: z
      .boolean()
      .optional()
      .describe('Needed of a strategy discussion: whether enquiries under section 47 began with it.'),
    note: words(2000).optional(),
    corrects: Id.optional().describe('The milestone that this one puts right.'),
    withdrawn: z.boolean().optional().describe('With “corrects”: it did not happen at all.'),
  })
  .meta({ id: 'NewMilestone' })
export type MilestoneInput = z.output<typeof MilestoneInput>

export const Milestone = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string().nullable(),
    kind: z.enum(MILESTONES),
    happenedAt: Instant,
    response: z.string().nullable(),
    startsEnquiries: z.boolean().nullable(),
    note: z.string().nullable(),
    corrects: z.string().nullable(),
    correctedBy: z.string().nullable().describe('The milestone that puts this one right.'),
    withdrawn: z.boolean(),
    recordedBy: Person,
    recordedAt: Instant,
  })
  .meta({ id: 'Milestone' })
export type Milestone = z.output<typeof Milestone>
export const MilestoneReceipt = z.object({ milestone: Milestone, audit: AuditReceipt }).meta({ id: 'MilestoneReceipt' })
export const Milestones = z.object({ milestones: z.array(Milestone) }).meta({ id: 'Milestones' })
