/** A referral as a front door receives it. Strict: nothing is coerced, nothing unknown is dropped. */
import { z } from 'zod'
import { CivilDate, line, prose } from '../text.ts'
import { CATEGORIES, EVIDENCE_KINDS, FINDING_STATES, OCCURRENCES, SOURCE_CODES, TRENDS } from '../vocabulary.ts'

const Code = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/)
/** The name by which a referral speaks of one of its children; chosen by the sender. */
export const ChildKey = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'letters, digits, dashes and underscores, at most 40')

export const Evidence = z
  .strictObject({
    kind: z.enum(EVIDENCE_KINDS),
    source: line().describe('Who saw it or said it, by role.'),
    date: CivilDate.optional(),
    occurrence: z.enum(OCCURRENCES).optional(),
    durationMonths: z.int().min(0).max(300).optional().describe('Completed months for which it has gone on.'),
    trend: z.enum(TRENDS).optional(),
    text: prose(4000),
  })
  .meta({ id: 'Evidence' })

export const Finding = z
  .strictObject({
    indicator: Code.describe('Code of an indicator of the policy.'),
    state: z.enum(FINDING_STATES),
    evidence: z.array(Evidence).max(30).optional(),
  })
  .meta({ id: 'Finding' })

export const Measurement = z
  .strictObject({ measure: Code, value: z.int().min(0).max(1_000_000) })
  .meta({ id: 'Measurement' })

export const AssessmentDone = z
  .strictObject({
    assessment: Code.describe('Code of an assessment or specialist tool of the policy.'),
    date: CivilDate,
    version: line(30).optional().describe('Version of the tool.'),
    result: z.int().min(0).max(10_000).optional(),
    byTrained: z.boolean().optional().describe('Whether whoever did it is trained in it.'),
  })
  .meta({ id: 'AssessmentDone' })

const assessments = z.array(AssessmentDone).max(30).optional()
const findings = z.array(Finding).max(300).optional()
const otherConcerns = z
  .array(prose(4000))
  .max(30)
  .optional()
  .describe('Concerns that fit no indicator. They always lead to review by a person.')

export const Child = z
  .strictObject({
    id: ChildKey,
    name: z.strictObject({ given: line(), family: line().optional() }).meta({ id: 'PersonName' }).optional(),
    dateOfBirth: CivilDate.optional(),
    expectedDate: CivilDate.optional().describe('Expected date of birth of an unborn child.'),
    ageEstimate: z
      .strictObject({ fromYears: z.int().min(0).max(25), toYears: z.int().min(0).max(25) })
      .meta({ id: 'AgeEstimate' })
      .optional(),
    identifiers: z
      .array(
        z
          .strictObject({ scheme: z.enum(['nhs', 'upn', 'la_child_id', 'other']), value: line(40) })
          .meta({ id: 'Identifier' }),
      )
      .max(10)
      .optional(),
    sex: z.enum(['F', 'M', 'U']).optional(),
    language: line(60).optional(),
    interpreterNeeded: z.boolean().optional(),
    disabilities: z
      .array(z.string().regex(/^[A-Z]{2,5}$/))
      .max(13)
      .optional()
      .describe('Census codes, for example LD or AUT.'),
    ethnicity: z
      .string()
      .regex(/^[A-Z]{4}$/)
      .optional()
      .describe('Census code. For monitoring alone; never an input to scoring.'),
    narrative: prose().optional(),
    voice: prose().optional().describe('What the child says, in the child’s words.'),
    strengths: prose(4000).optional(),
    findings,
    measurements: z.array(Measurement).max(50).optional(),
    assessments,
    otherConcerns,
  })
  .meta({ id: 'ChildContent' })

export const Household = z
  .strictObject({
    address: prose(400).optional(),
    members: z
      .array(
        z
          .strictObject({ name: line().optional(), relationship: line(), dateOfBirth: CivilDate.optional() })
          .meta({ id: 'HouseholdMember' }),
      )
      .max(40)
      .optional(),
    findings,
    assessments,
    otherConcerns,
  })
  .meta({ id: 'Household' })

export const Context = z
  .strictObject({
    id: ChildKey,
    kind: z.enum(['peer_group', 'school', 'place', 'online', 'other']),
    description: prose(1000),
    children: z.array(ChildKey).min(1).max(20).describe('The children whom this context bears on.'),
    findings,
    otherConcerns,
  })
  .meta({ id: 'Context' })

export const Referrer = z
  .strictObject({
    agency: line(),
    role: line(),
    sourceCode: z.enum(SOURCE_CODES).describe('DfE children in need census source of referral.'),
    name: line().optional(),
    email: z.email().max(200).optional(),
    telephone: line(40).optional(),
  })
  .meta({ id: 'Referrer' })

export const Consent = z
  .strictObject({
    sought: z.boolean(),
    obtained: z.boolean().optional(),
    reason: prose(2000).optional().describe('Why it was not sought, or not obtained.'),
  })
  .meta({ id: 'Consent' })

export const EarlierReferral = z
  .strictObject({
    date: CivilDate,
    categories: z.array(z.enum(CATEGORIES)).max(10).optional(),
    outcome: prose(1000).optional(),
    children: z.array(ChildKey).min(1).max(20).optional().describe('The children it was about; all where left out.'),
  })
  .meta({ id: 'EarlierReferral' })

export const Referral = z
  .strictObject({
    referrer: Referrer,
    reason: prose().describe('What the referrer is worried about and why now.'),
    immediateDanger: z.boolean().describe('Whether a child may be in immediate danger. Always to be answered.'),
    children: z.array(Child).min(1).max(20),
    household: Household.optional(),
    contexts: z.array(Context).max(20).optional(),
    noticedOn: CivilDate.optional().describe('When the concern was noticed.'),
    parentsViews: prose().optional(),
    consent: Consent,
    earlierHelp: z
      .array(
        z
          .strictObject({
            help: prose(1000),
            by: line(),
            effect: z.enum(['improved', 'no_change', 'worse', 'unknown']),
            until: CivilDate.optional(),
          })
          .meta({ id: 'EarlierHelp' }),
      )
      .max(50)
      .optional(),
    earlierReferrals: z.array(EarlierReferral).max(50).optional(),
    chronology: z
      .array(
        z
          .strictObject({ date: CivilDate, event: prose(2000), source: line().optional() })
          .meta({ id: 'ChronologyEntry' }),
      )
      .max(200)
      .optional(),
    otherViews: z
      .array(z.strictObject({ agency: line(), role: line(), view: prose(4000) }).meta({ id: 'ProfessionalView' }))
      .max(30)
      .optional(),
    facts: z
      .array(
        z
          .strictObject({
            code: Code,
            answer: z.enum(['yes', 'no', 'unknown']),
            children: z
              .array(ChildKey)
              .min(1)
              .max(20)
              .optional()
              .describe('The children it is about; all where left out.'),
          })
          .meta({ id: 'FactAnswer' }),
      )
      .max(100)
      .optional()
      .describe('Answers to the gates and facts of the policy.'),
    suggestedLevel: Code.optional().describe('The level that the referrer would expect.'),
  })
  .meta({ id: 'ReferralContent' })
export type Referral = z.output<typeof Referral>
export type AssessmentDone = z.output<typeof AssessmentDone>
export type Child = Referral['children'][number]
export type Finding = z.output<typeof Finding>
