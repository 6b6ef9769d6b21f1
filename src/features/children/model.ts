import { z } from 'zod'
import { LINK_KINDS, LINK_VERDICTS, MATCH_VERDICTS } from '../../db/tables/children.ts'
import { HISTORY_ALERTS, HISTORY_SCOPES } from '../../engine/history/alerts.ts'
import { MATCH_PARTS, STANDINGS } from '../../engine/matching/match.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { CivilDate, Instant, words } from '../../engine/text.ts'
import { CATEGORIES, SOURCE_CODES } from '../../engine/vocabulary.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../referrals/index.ts'
import { JOINED_BY } from './groups.ts'
import { LINK_STATES } from './queries.ts'

export const MatchPart = z
  .object({
    what: z.enum(MATCH_PARTS),
    points: z.int().describe('Above 0 it speaks for one child, below 0 against it.'),
    text: z.string(),
  })
  .meta({ id: 'MatchPart' })

export const ChildCandidate = z
  .object({
    referralId: z.string(),
    child: z.string(),
    reference: z.string(),
    receivedAt: Instant,
    agency: z.string(),
    standing: z.enum(STANDINGS).describe('How the two compare. `certain` is joined unless a person says otherwise.'),
    score: z.int().describe('0 to 100.'),
    parts: z.array(MatchPart),
    verdict: z.enum(MATCH_VERDICTS).nullable().describe('What a person said last; null where nobody has.'),
    isJoined: z.boolean().describe('Whether the two are taken as one child, by this comparison or by this verdict.'),
  })
  .meta({ id: 'ChildCandidate' })
export type ChildCandidate = z.output<typeof ChildCandidate>

export const ChildCandidates = z
  .object({
    referralId: z.string(),
    child: z.string(),
    candidates: z.array(ChildCandidate).describe('What is joined or may be, the best first.'),
    restricted: z.int().describe('How many more there are whom the caller may not see: ask a supervisor.'),
    isComplete: z.boolean().describe('Whether these are all.'),
  })
  .meta({ id: 'ChildCandidates' })
export type ChildCandidates = z.output<typeof ChildCandidates>

export const NewChildMatch = z
  .strictObject({
    otherReferral: Id.describe('Another referral of this authority.'),
    otherChild: ChildKey.describe('The child as that referral names it.'),
    verdict: z.enum(MATCH_VERDICTS),
    reason: words(2000).describe('What shows that they are, or are not, one child.'),
  })
  .meta({ id: 'NewChildMatch' })

export const ChildMatch = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string(),
    otherReferral: z.string(),
    otherChild: z.string(),
    verdict: z.enum(MATCH_VERDICTS),
    standing: z.enum(STANDINGS).describe('How the two compared when they were judged.'),
    score: z.int(),
    reason: z.string(),
    judgedBy: Person,
    judgedAt: Instant,
    isStanding: z.boolean().describe('Whether it is the latest word on these two.'),
  })
  .meta({ id: 'ChildMatch' })
export type ChildMatch = z.output<typeof ChildMatch>

export const ChildMatchPage = pageOf(ChildMatch, 'ChildMatch')
export const ChildMatchReceipt = z.object({ match: ChildMatch, audit: AuditReceipt }).meta({ id: 'ChildMatchReceipt' })

export const ReferralLink = z
  .object({
    id: z.string(),
    kind: z.enum(LINK_KINDS),
    referrals: z.array(z.string()).describe('The two referrals, the earlier first.'),
    because: z.array(z.string()),
    madeAt: Instant,
    state: z.enum(LINK_STATES),
    judgedAt: Instant.nullable(),
    judgedBy: z.string().nullable().describe('Account of the person who confirmed or rejected it last.'),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ReferralLink' })
export type ReferralLink = z.output<typeof ReferralLink>

export const ReferralLinkPage = pageOf(ReferralLink, 'ReferralLink')
export const LinkVerdict = z
  .strictObject({ verdict: z.enum(LINK_VERDICTS), reason: words(2000) })
  .meta({ id: 'LinkVerdict' })
export const ReferralLinkReceipt = z
  .object({ link: ReferralLink, audit: AuditReceipt })
  .meta({ id: 'ReferralLinkReceipt' })

/** How a contact comes into a history. */
export const CONTACT_WAYS = [...JOINED_BY, 'told', 'sibling', 'household_proposed', 'household_confirmed'] as const

export const HistoryContact = z
  .object({
    date: CivilDate,
    daysBefore: z.int().describe('Before the day on which this referral was received.'),
    how: z.enum(CONTACT_WAYS).describe('By what it belongs to the history; `told` is what this referral says of it.'),
    referralId: z.string().nullable(),
    reference: z.string().nullable(),
    agency: z.string().nullable(),
    sourceCode: z.enum(SOURCE_CODES).nullable(),
    concerns: z.array(z.enum(CATEGORIES)),
    concernsKnown: z.boolean().describe('False where nobody has scored it or said what it was about.'),
    restricted: z.boolean().describe('It counts, and the caller may not see more than that it was, and when.'),
  })
  .meta({ id: 'HistoryContact' })
export type HistoryContact = z.output<typeof HistoryContact>

export const ContactPattern = z
  .object({
    contacts: z.int().describe('With this referral.'),
    contactsIn12Months: z.int().describe('With this referral.'),
    sameConcernWithin3Months: z.int(),
    unknownConcernWithin3Months: z.int(),
    gapsInDays: z.array(z.int()).describe('From each day of contact to the next, the last up to this referral.'),
    gapsShorten: z
      .boolean()
      .describe('There are three gaps or more, and the last two are each shorter than the one before.'),
    agencies: z.array(z.string()),
  })
  .meta({ id: 'ContactPattern' })

export const HistoryAlert = z
  .object({
    code: z.enum(HISTORY_ALERTS),
    scope: z.enum(HISTORY_SCOPES),
    text: z.string(),
    requiresReview: z.boolean(),
  })
  .meta({ id: 'HistoryAlert' })

export const ChildHistory = z
  .object({
    referralId: z.string(),
    child: z.string(),
    pattern: ContactPattern.describe('Of the child alone.'),
    contacts: z.array(HistoryContact).describe('Of the child alone, newest first.'),
    household: ContactPattern.describe('Of the child, siblings and household together.'),
    householdContacts: z.array(HistoryContact).describe('What siblings and household add, newest first.'),
    alerts: z.array(HistoryAlert),
    reviewRequired: z
      .boolean()
      .describe('A person has to go through this history before deciding. It changes no level.'),
    reviewReasons: z.array(z.string()),
  })
  .meta({ id: 'ChildHistory' })
export type ChildHistory = z.output<typeof ChildHistory>

export const ReferralHistory = z
  .object({ referralId: z.string(), children: z.array(ChildHistory), links: z.array(ReferralLink) })
  .meta({ id: 'ReferralHistory' })
export type ReferralHistory = z.output<typeof ReferralHistory>
