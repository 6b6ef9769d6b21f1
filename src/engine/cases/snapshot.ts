/** A case, written in codes, as the snapshot that a referral would have given. */
import type { Snapshot, SnapshotChild, SnapshotFinding, Subject } from '../referral/snapshot.ts'
import type { Case } from './shape.ts'

/** A Tuesday morning in term: cases say nothing of clocks. */
const CASE_RECEIVED_AT = '2026-03-10T09:30:00.000Z'

/** The snapshot of a case, with its children in the case's order. */
export function snapshotOf(item: Case): Snapshot {
  const children = item.each
    ? lookAlikes(item, item.each)
    : (item.children ?? [{ ...item.child, id: item.child?.id ?? 'child' }])
  const household = findingsOf(item.household ?? {}, 'household')
  return {
    receivedAt: CASE_RECEIVED_AT,
    immediateDanger: item.immediateDanger ?? false,
    consent: item.consent ?? 'obtained',
    facts: Object.entries(item.facts ?? {}).map(([code, answer]) => ({ code, answer })),
    quality: [],
    suggestedLevel: null,
    monitoringOnly: false,
    ...(item.chronology ? { chronology: item.chronology } : {}),
    ages: children.map(caseAge),
    children: children.map(
      (child): SnapshotChild => ({
        id: child.id,
        age: caseAge(child),
        findings: [...findingsOf(child, 'child'), ...household],
        measurements: Object.entries(child.measures ?? {}).map(([measure, value]) => ({ measure, value })),
        unmapped: [...(child.unmapped ?? []), ...(item.household?.unmapped ?? [])],
        history: child.history ?? [],
        ...assessmentsOf(child),
      }),
    ),
  }
}

function assessmentsOf({ assessments }: NonNullable<Case['child']>): Pick<SnapshotChild, 'assessments'> {
  if (!assessments) return {}
  return {
    assessments: assessments.map(({ assessment, monthsAgo, version, result, byTrained }) => ({
      assessment,
      monthsAgo,
      version: version ?? null,
      result: result ?? null,
      byTrained: byTrained ?? null,
    })),
  }
}

/** One child for each finding of `each`, named for it. */
function lookAlikes(
  item: Case,
  { present = [], unknown = [] }: NonNullable<Case['each']>,
): NonNullable<Case['children']> {
  const child = item.child ?? {}
  return [
    ...present.map((entry) => ({ ...child, id: nameOf(entry), present: [...(child.present ?? []), entry] })),
    ...unknown.map((code) => ({ ...child, id: `${code} unknown`, unknown: [...(child.unknown ?? []), code] })),
  ]
}

function nameOf(entry: Present): string {
  if (typeof entry === 'string') return entry
  return Object.entries(entry)
    .map(([code, detail]) => [code, ...Object.values(detail).map(String)].join(' '))
    .join(' and ')
}

function caseAge({
  unborn,
  ageMonths,
}: {
  unborn?: true | undefined
  ageMonths?: number | undefined
}): SnapshotChild['age'] {
  if (unborn) return { low: -1, high: -1 }
  return ageMonths === undefined ? null : { low: ageMonths, high: ageMonths }
}

type Present = NonNullable<NonNullable<Case['child']>['present']>[number]
type Findings = Pick<NonNullable<Case['household']>, 'present' | 'absent' | 'unknown'>

function findingsOf({ present, absent, unknown }: Findings, subject: Subject): SnapshotFinding[] {
  const plain = (indicator: string, state: SnapshotFinding['state']): SnapshotFinding => ({
    indicator,
    state,
    subject,
    evidence: [],
  })
  return [
    ...(present ?? []).flatMap((entry) =>
      typeof entry === 'string'
        ? [plain(entry, 'present')]
        : Object.entries(entry).map(([code, detail]) => ({
            ...plain(code, 'present'),
            evidence: [
              {
                kind: detail.evidence ?? null,
                occurrence: detail.occurrence ?? null,
                monthsAgo: detail.monthsAgo ?? null,
                ...(detail.durationMonths === undefined ? {} : { durationMonths: detail.durationMonths }),
                ...(detail.trend === undefined ? {} : { trend: detail.trend }),
                source: 'case',
                text: 'As the case says.',
              },
            ],
          })),
    ),
    ...(absent ?? []).map((code) => plain(code, 'absent')),
    ...(unknown ?? []).map((code) => plain(code, 'unknown')),
  ]
}
