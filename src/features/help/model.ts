import { z } from 'zod'
import { HELP_CONSENTS, HELP_STATUSES } from '../../db/tables/front-door.ts'
import { CivilDate, Instant, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../referrals/index.ts'

/** Whether somebody has to look: not at all, later, today, or since some day before. */
export const FOLLOW_UPS = ['none', 'planned', 'due', 'overdue'] as const

export const HelpUpdateInput = z
  .strictObject({
    status: z.enum(HELP_STATUSES),
    notes: words(4000).describe('What was found out; why, where it was declined.'),
    followUpOn: CivilDate.optional().describe('When somebody looks again; needed while it is only offered.'),
  })
  .meta({ id: 'NewHelpUpdate' })
export type HelpUpdateInput = z.output<typeof HelpUpdateInput>

export const Help = z
  .object({
    id: z.string(),
    decisionId: z.string(),
    referralId: z.string(),
    child: z.string(),
    number: z.int().describe('1 for the first help of the decision.'),
    help: z.string(),
    service: z.string().nullable(),
    heldBy: z.string(),
    consent: z.enum(HELP_CONSENTS),
    status: z.enum(HELP_STATUSES).describe('As it stands now.'),
    followUpOn: CivilDate.nullable(),
    followUp: z.enum(FOLLOW_UPS),
    arrangedBy: Person,
    arrangedAt: Instant,
    updates: z.array(
      z
        .object({
          number: z.int(),
          status: z.enum(HELP_STATUSES),
          notes: z.string(),
          followUpOn: CivilDate.nullable(),
          by: Person,
          at: Instant,
        })
        .meta({ id: 'HelpUpdate' }),
    ),
  })
  .meta({ id: 'Help' })
export type Help = z.output<typeof Help>

export const HelpReceipt = z.object({ help: Help, audit: AuditReceipt }).meta({ id: 'HelpReceipt' })
export const HelpList = z.object({ help: z.array(Help) }).meta({ id: 'HelpList' })
export const HelpPage = pageOf(Help, 'Help')

export const NothingSecured = z
  .object({
    decisionId: z.string(),
    referralId: z.string(),
    reference: z.string(),
    child: z.string(),
    agency: z.string().describe('The agency that referred.'),
    level: z.string(),
    response: z.string(),
    completedAt: Instant,
    days: z.int().describe('Whole days since the decision was complete.'),
    offered: z.int().describe('How much help is offered and neither declined nor secured.'),
    noHelpReason: z.string().nullable().describe('Why none was offered, where the decision says so.'),
  })
  .meta({ id: 'NothingSecured' })
export type NothingSecured = z.output<typeof NothingSecured>
export const NothingSecuredPage = pageOf(NothingSecured, 'NothingSecured')
