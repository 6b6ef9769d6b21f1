/** What a well-formed referral cannot mean: codes that the policy lacks, dates that cannot be, children who are none. */
import { completedMonths, dayNumber, londonDate } from '../calendar/civil.ts'
import { BUILT_IN_FACTS } from '../policy/check-references.ts'
import type { Policy } from '../policy/policy.ts'
import { type Path, pointer, suggestion } from '../problem.ts'
import type { Finding, Referral } from './shape.ts'

export interface ReferralProblem {
  /** RFC 6901 pointer into the referral. */
  readonly pointer: string
  readonly code:
    | 'unknown_indicator'
    | 'unknown_measure'
    | 'unknown_assessment'
    | 'unknown_fact'
    | 'unknown_level'
    | 'duplicate_child'
    | 'unknown_child'
    | 'date_in_future'
    | 'not_a_child'
    | 'age_contradiction'
    | 'consent_contradiction'
    | 'date_implausible'
    | 'identifier_form'
  readonly detail: string
}

/** Beyond this age a referral belongs to adult services (care leavers and SEND reach 25). */
const AGE_YEARS_MAX = 25

export function checkReferral(referral: Referral, receivedAt: string, policy: Policy | undefined): ReferralProblem[] {
  const problems: ReferralProblem[] = []
  const add = (path: Path, code: ReferralProblem['code'], detail: string): void => {
    problems.push({ pointer: pointer(path), code, detail })
  }
  const today = londonDate(receivedAt)
  checkChildren(referral, today, add)
  checkDates(referral, today, add)
  const { consent } = referral
  if (!consent.sought && consent.obtained === true)
    add(['consent', 'obtained'], 'consent_contradiction', 'Consent that was not sought cannot have been obtained.')
  if (policy) checkCodes(referral, policy, add)
  return problems
}

type Add = (path: Path, code: ReferralProblem['code'], detail: string) => void

function checkChildren({ children, contexts, earlierReferrals, facts }: Referral, today: string, add: Add): void {
  const ids = new Set<string>()
  children.forEach((child, i) => {
    if (ids.has(child.id)) add(['children', i, 'id'], 'duplicate_child', 'Another child of this referral has this id.')
    ids.add(child.id)
    const { dateOfBirth, expectedDate, ageEstimate } = child
    if ([dateOfBirth, expectedDate, ageEstimate].filter((value) => value !== undefined).length > 1) {
      add(['children', i], 'age_contradiction', 'Give one of dateOfBirth, expectedDate and ageEstimate.')
    }
    if (dateOfBirth !== undefined && dateOfBirth > today)
      add(
        ['children', i, 'dateOfBirth'],
        'date_in_future',
        'A date of birth cannot lie in the future; for an unborn child give expectedDate.',
      )
    else if (dateOfBirth !== undefined && completedMonths(dateOfBirth, today) > AGE_YEARS_MAX * 12)
      add(['children', i, 'dateOfBirth'], 'not_a_child', `This person is older than ${AGE_YEARS_MAX}.`)
    if (expectedDate !== undefined && !isExpected(expectedDate, today))
      add(
        ['children', i, 'expectedDate'],
        'date_implausible',
        'An expected date lies within the ten months to come, or at most six weeks back.',
      )
    child.identifiers?.forEach(({ scheme, value }, n) => {
      if (scheme === 'nhs' && !/^\d{10}$/.test(value.replaceAll(/[\s-]/g, '')))
        add(['children', i, 'identifiers', n, 'value'], 'identifier_form', 'An NHS number has ten digits.')
    })
    if (ageEstimate && ageEstimate.fromYears > ageEstimate.toYears)
      add(['children', i, 'ageEstimate'], 'age_contradiction', 'fromYears is greater than toYears.')
  })
  for (const [list, items] of Object.entries({ contexts, earlierReferrals, facts })) {
    items?.forEach(({ children: named }, c) =>
      named?.forEach((id, i) => {
        if (!ids.has(id)) add([list, c, 'children', i], 'unknown_child', 'The referral has no child with this id.')
      }),
    )
  }
}

/** Births come late, and a letter may lie for weeks; what is further back is a child that was born. */
function isExpected(date: string, today: string): boolean {
  const days = dayNumber(date) - dayNumber(today)
  return days >= -42 && days <= 310
}

function checkDates(referral: Referral, today: string, add: Add): void {
  const notAfter = (path: Path, date: string | undefined): void => {
    if (date !== undefined && date > today) add(path, 'date_in_future', 'This date lies in the future.')
  }
  notAfter(['noticedOn'], referral.noticedOn)
  referral.earlierReferrals?.forEach(({ date }, i) => notAfter(['earlierReferrals', i, 'date'], date))
  for (const { assessments, path } of assessmentLists(referral))
    assessments.forEach(({ date }, i) => notAfter([...path, i, 'date'], date))
  referral.chronology?.forEach(({ date }, i) => notAfter(['chronology', i, 'date'], date))
  for (const { finding, path } of eachFinding(referral)) {
    finding.evidence?.forEach(({ date }, e) => notAfter([...path, 'evidence', e, 'date'], date))
  }
}

function checkCodes(referral: Referral, policy: Policy, add: Add): void {
  const measures = new Set(policy.document.measures.map(({ name }) => name))
  const facts = new Set<string>([
    ...BUILT_IN_FACTS,
    ...policy.document.facts.map(({ code }) => code),
    ...policy.document.gates.map(({ id }) => id),
  ])
  for (const { finding, path } of eachFinding(referral)) {
    if (policy.indexOf.has(finding.indicator)) continue
    add(
      [...path, 'indicator'],
      'unknown_indicator',
      `The policy has no indicator ${finding.indicator}.${suggestion(finding.indicator, policy.indexOf.keys())} What fits none goes into otherConcerns.`,
    )
  }
  referral.children.forEach((child, i) =>
    child.measurements?.forEach(({ measure }, m) => {
      if (!measures.has(measure))
        add(
          ['children', i, 'measurements', m, 'measure'],
          'unknown_measure',
          `The policy has no measure ${measure}.${suggestion(measure, measures)}`,
        )
    }),
  )
  const assessments = new Set((policy.document.assessments ?? []).map(({ code }) => code))
  for (const { assessments: done, path } of assessmentLists(referral))
    done.forEach(({ assessment }, i) => {
      if (!assessments.has(assessment))
        add(
          [...path, i, 'assessment'],
          'unknown_assessment',
          `The policy has no assessment ${assessment}.${suggestion(assessment, assessments)}`,
        )
    })
  referral.facts?.forEach(({ code }, i) => {
    if (!facts.has(code))
      add(['facts', i, 'code'], 'unknown_fact', `The policy has no gate or fact ${code}.${suggestion(code, facts)}`)
  })
  if (referral.suggestedLevel !== undefined && !policy.rankOf.has(referral.suggestedLevel)) {
    add(
      ['suggestedLevel'],
      'unknown_level',
      `The policy has no level ${referral.suggestedLevel}. Its levels are ${[...policy.rankOf.keys()].join(', ')}.`,
    )
  }
}

function assessmentLists({ children, household }: Referral) {
  return [
    ...children.map(({ assessments = [] }, i) => ({ assessments, path: ['children', i, 'assessments'] as Path })),
    { assessments: household?.assessments ?? [], path: ['household', 'assessments'] as Path },
  ]
}

function* eachFinding(referral: Referral): Generator<{ finding: Finding; path: Path }> {
  const lists: [Path, readonly Finding[] | undefined][] = [
    ...referral.children.map(({ findings }, i): [Path, readonly Finding[] | undefined] => [
      ['children', i, 'findings'],
      findings,
    ]),
    [['household', 'findings'], referral.household?.findings],
    ...(referral.contexts ?? []).map(({ findings }, i): [Path, readonly Finding[] | undefined] => [
      ['contexts', i, 'findings'],
      findings,
    ]),
  ]
  for (const [path, findings] of lists)
    for (const [i, finding] of (findings ?? []).entries()) yield { finding, path: [...path, i] }
}
