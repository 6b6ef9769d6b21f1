import { z } from 'zod'
import { ACCOUNT_CHANGES, ACCOUNT_KINDS, ROLES } from '../../db/tables/accounts.ts'
import { line, words } from '../../engine/text.ts'
import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { Person } from '../../kernel/actor.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'

const trimmed = (text: string): boolean => text.trim() === text
const outerBlanks = { error: 'begins or ends with a blank' }

const Subject = line(255)
  .refine(trimmed, outerBlanks)
  .describe('The `sub` of the tokens, as the identity provider writes it.')
const DisplayName = line(200).refine(trimmed, outerBlanks).describe('As others see who acted.')
const Reason = words(2000).describe('Why, for whoever reads the log later.')

export const NewAccount = z
  .strictObject({
    subject: Subject,
    displayName: DisplayName,
    kind: z.enum(ACCOUNT_KINDS),
    agency: line(200).nullish().describe('Whose worker or system it is, where that is not the authority.'),
  })
  .meta({ id: 'NewAccount' })

export const RoleGrant = z.strictObject({ role: z.enum(ROLES), reason: Reason }).meta({ id: 'RoleGrant' })
export const AccountReason = z.strictObject({ reason: Reason }).meta({ id: 'AccountReason' })
export const AccountName = z.strictObject({ displayName: DisplayName, reason: Reason }).meta({ id: 'AccountName' })

export const QualificationEvidence = z
  .strictObject({
    qualification: z.enum(QUALIFICATIONS),
    registration: z
      .string()
      .regex(/^SW[1-9]\d{0,6}$/, 'must be a registration number of Social Work England, as SW12345')
      .describe('Number in the register of Social Work England. Its form is checked; look it up in the register.'),
    reason: Reason,
  })
  .meta({ id: 'QualificationEvidence' })

export const Account = z
  .object({
    id: z.string(),
    subject: z.string(),
    displayName: z.string(),
    kind: z.enum(ACCOUNT_KINDS),
    agency: z.string().nullable(),
    qualification: z.enum(QUALIFICATIONS).nullable(),
    registration: z.string().nullable(),
    isEnabled: z.boolean(),
    roles: z.array(z.enum(ROLES)).describe('What it was granted; of no effect while it is disabled.'),
    createdAt: z.string(),
    createdBy: Person.nullable().describe('Null where the set-up made it.'),
  })
  .meta({ id: 'Account' })

export const AccountPage = pageOf(Account, 'Account')
export const AccountReceipt = z.object({ account: Account, audit: AuditReceipt }).meta({ id: 'AccountReceipt' })

export const AccountChange = z
  .object({
    id: z.string(),
    sequence: z.int(),
    kind: z.enum(ACCOUNT_CHANGES),
    role: z.enum(ROLES).nullable(),
    qualification: z.enum(QUALIFICATIONS).nullable(),
    registration: z.string().nullable(),
    displayName: z.string().nullable(),
    reason: z.string().nullable(),
    changedAt: z.string(),
    changedBy: Person.nullable().describe('Null where the set-up did it.'),
  })
  .meta({ id: 'AccountChange' })

export const AccountChanges = z.object({ changes: z.array(AccountChange) }).meta({ id: 'AccountChanges' })
