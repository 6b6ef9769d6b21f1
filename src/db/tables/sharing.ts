import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { authorityId, instant } from '../columns.ts'
import { date, integer, pgTable, text, uuid } from '../drizzle.ts'

export const CONSENT_ANSWERS = ['given', 'refused', 'not_sought', 'withdrawn'] as const
export const CONSENT_GIVERS = ['mother', 'father', 'other_with_responsibility', 'child', 'adult_concerned'] as const
export const CONSENT_MANNERS = ['in_person', 'telephone', 'video', 'in_writing'] as const
/** Why something is done although nobody agreed. */
export const OVERRIDE_GROUNDS = [
  'risk_to_child',
  'risk_to_another',
  'prejudice_to_enquiry',
  'nobody_reached_in_time',
  'legal_duty',
  'ground_of_policy',
] as const

/** What was said of consent to a response for a child, and on what ground it was overridden; the latest counts. */
export const consents = pgTable('consents', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  response: text().notNull(),
  sequence: integer().notNull(),
  state: text({ enum: CONSENT_ANSWERS }).notNull(),
  givenBy: text({ enum: CONSENT_GIVERS }),
  manner: text({ enum: CONSENT_MANNERS }),
  statedOn: date({ mode: 'string' }).notNull(),
  reason: text(),
  overrideGround: text({ enum: OVERRIDE_GROUNDS }),
  overrideReason: text(),
  recordedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
})

export const SHARING_OUTCOMES = ['shared', 'not_shared'] as const
export const RECIPIENT_KINDS = [
  'police',
  'health',
  'education',
  'local_authority',
  'probation',
  'voluntary_organisation',
  'court',
  'family',
  'other',
] as const
/** On which basis information is shared: a duty of the Children Acts, or a lawful basis of the UK GDPR. */
export const SHARING_BASES = [
  'section_16la',
  'section_47',
  'public_task',
  'legal_obligation',
  'vital_interests',
  'consent',
  'court_order',
] as const
/** Why information is not shared; the first is the exception of section 16LA itself. */
export const WITHHOLDING_GROUNDS = [
  'more_detrimental_to_child',
  'not_relevant_to_functions',
  'prohibited_by_law',
  'prejudice_to_enquiry',
  'risk_to_another',
] as const

/** What was shared with whom on which basis, and what was not shared and why; superseded, never edited. */
export const sharingDecisions = pgTable('sharing_decisions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text(),
  outcome: text({ enum: SHARING_OUTCOMES }).notNull(),
  information: text().notNull(),
  recipient: text().notNull(),
  recipientKind: text({ enum: RECIPIENT_KINDS }).notNull(),
  basis: text({ enum: SHARING_BASES }),
  withheldBecause: text({ enum: WITHHOLDING_GROUNDS }),
  reason: text().notNull(),
  reviewOn: date({ mode: 'string' }),
  supersedes: uuid(),
  decidedAt: instant().notNull(),
  decidedBy: uuid().notNull(),
  decidedByName: text().notNull(),
  decidedByQualification: text({ enum: QUALIFICATIONS }),
})

export const AUDIENCES_WITHHELD = ['family', 'referrer', 'other'] as const

/** What must not be shared with whom, and why. */
export const sharingMarks = pgTable('sharing_marks', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  audience: text({ enum: AUDIENCES_WITHHELD }).notNull(),
  revision: integer(),
  pointer: text(),
  words: text(),
  reason: text().notNull(),
  markedAt: instant().notNull(),
  markedBy: uuid().notNull(),
})

/** That something may be shared again, and why. */
export const sharingMarkLiftings = pgTable('sharing_mark_liftings', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  markId: uuid().notNull(),
  reason: text().notNull(),
  liftedAt: instant().notNull(),
  liftedBy: uuid().notNull(),
})
