import { STANDINGS } from '../../engine/matching/match.ts'
import { authorityId, instant } from '../columns.ts'
import { date, integer, pgTable, text, uuid } from '../drizzle.ts'

/** What a revision says of a child that helps to know the child again, in the form in which it is compared. */
export const childTraits = pgTable('child_traits', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  revision: integer().notNull(),
  given: text(),
  givenSounds: text().array().notNull(),
  family: text(),
  familySounds: text().array().notNull(),
  dateOfBirth: date({ mode: 'string' }),
  sex: text({ enum: ['F', 'M'] }),
  postcode: text(),
  dwelling: text(),
})

/** Keys that two children share when they may be the same child. */
export const childMatchKeys = pgTable('child_match_keys', {
  authorityId: authorityId(),
  key: text().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
})

/** Keys that two referrals share when they may be about one household. */
export const householdMatchKeys = pgTable('household_match_keys', {
  authorityId: authorityId(),
  key: text().notNull(),
  referralId: uuid().notNull(),
})

export const MATCH_VERDICTS = ['same', 'different'] as const
export type MatchVerdict = (typeof MATCH_VERDICTS)[number]

/** What a person said of two children of two referrals; the latest of a pair counts. */
export const childMatches = pgTable('child_matches', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  firstReferralId: uuid().notNull(),
  firstChildKey: text().notNull(),
  secondReferralId: uuid().notNull(),
  secondChildKey: text().notNull(),
  sequence: integer().notNull(),
  verdict: text({ enum: MATCH_VERDICTS }).notNull(),
  standing: text({ enum: STANDINGS }).notNull(),
  score: integer().notNull(),
  reason: text().notNull(),
  judgedBy: uuid().notNull(),
  judgedAt: instant().notNull(),
})

export const LINK_KINDS = ['possible_duplicate', 'household'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** That two referrals may be about one event or one household, noticed by the service. */
export const referralLinks = pgTable('referral_links', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  kind: text({ enum: LINK_KINDS }).notNull(),
  firstReferralId: uuid().notNull(),
  secondReferralId: uuid().notNull(),
  because: text().array().notNull(),
  madeAt: instant().notNull(),
})

export const LINK_VERDICTS = ['confirmed', 'rejected'] as const

/** What a person said of a link between two referrals; the latest counts. */
export const referralLinkVerdicts = pgTable('referral_link_verdicts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  linkId: uuid().notNull(),
  sequence: integer().notNull(),
  verdict: text({ enum: LINK_VERDICTS }).notNull(),
  reason: text().notNull(),
  judgedBy: uuid().notNull(),
  judgedAt: instant().notNull(),
})
