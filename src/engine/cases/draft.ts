/** A referral about one child in the making: what a suggested case is put together from. */
import type { ConsentState, EvidenceKind, Occurrence, Trend } from '../vocabulary.ts'
import type { Case } from './shape.ts'

export interface Detail {
  readonly occurrence?: Occurrence
  readonly evidence?: EvidenceKind
  readonly monthsAgo?: number
  readonly durationMonths?: number
  readonly trend?: Trend
}

/** An assessment that was made, and what it came to. */
export interface Done {
  readonly assessment: string
  readonly monthsAgo: number
  readonly version?: string
  readonly result?: number
  readonly byTrained?: boolean
}

export interface Draft {
  /** Completed months, −1 unborn; null where nothing is said of the age. */
  readonly age?: number | null
  readonly present?: Readonly<Record<string, Detail>>
  /** Further pieces of evidence of what is present. */
  readonly again?: Readonly<Record<string, readonly Detail[]>>
  readonly unknown?: readonly string[]
  readonly unmapped?: boolean
  readonly measures?: Readonly<Record<string, number>>
  readonly history?: readonly { readonly monthsAgo: number; readonly categories: readonly string[] }[]
  readonly assessments?: readonly Done[]
  readonly facts?: Readonly<Record<string, 'yes' | 'no' | 'unknown'>>
  readonly immediateDanger?: boolean
  readonly consent?: ConsentState
}

/** Both at once; nothing where they contradict each other. */
export function merged(a: Draft, b: Draft): Draft | undefined {
  const differs = (key: 'age' | 'consent'): boolean => a[key] !== undefined && b[key] !== undefined && a[key] !== b[key]
  const clash = (x: object = {}, y: object = {}): boolean =>
    Object.entries(x).some(([key, value]) => key in y && (y as Record<string, unknown>)[key] !== value)
  if (differs('age') || differs('consent') || clash(a.measures, b.measures) || clash(a.facts, b.facts)) return undefined
  const present = { ...a.present }
  for (const [code, detail] of Object.entries(b.present ?? {})) present[code] = { ...present[code], ...detail }
  const again = { ...a.again }
  for (const [code, pieces] of Object.entries(b.again ?? {})) again[code] = [...(again[code] ?? []), ...pieces]
  return {
    ...a,
    ...b,
    present,
    again,
    assessments: [...(a.assessments ?? []), ...(b.assessments ?? [])],
    unknown: [...new Set([...(a.unknown ?? []), ...(b.unknown ?? [])])].filter((code) => !(code in present)),
    measures: { ...a.measures, ...b.measures },
    facts: { ...a.facts, ...b.facts },
    history: [...(a.history ?? []), ...(b.history ?? [])],
    unmapped: a.unmapped === true || b.unmapped === true,
    immediateDanger: a.immediateDanger === true || b.immediateDanger === true,
  }
}

/** Drafts of one list with drafts of the other, as far as they agree; where there are more than `most`, evenly from all. */
export function combined(a: readonly Draft[], b: readonly Draft[], most: number): Draft[] {
  const all = a.flatMap((x) => b.flatMap((y) => merged(x, y) ?? []))
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)] as Draft)
}

/** The same referral with one thing less, in every way that there is. */
export function lessened(draft: Draft): Draft[] {
  const { unknown = [], measures = {}, history = [], assessments = [], facts = {} } = draft
  return [
    ...lessPresent(draft),
    ...unknown.map((code) => ({ ...draft, unknown: unknown.filter((other) => other !== code) })),
    ...Object.keys(measures).map((name) => ({ ...draft, measures: but(measures, name) })),
    ...history.map((_, i) => ({ ...draft, history: history.filter((_, j) => j !== i) })),
    ...assessments.map((_, i) => ({ ...draft, assessments: assessments.filter((_, j) => j !== i) })),
    ...Object.keys(facts).map((code) => ({ ...draft, facts: but(facts, code) })),
    ...lessKnown(draft),
    ...(draft.unmapped ? [{ ...draft, unmapped: false }] : []),
    ...(draft.immediateDanger ? [{ ...draft, immediateDanger: false }] : []),
    ...(draft.consent === undefined || draft.consent === 'obtained'
      ? []
      : [{ ...draft, consent: 'obtained' as const }]),
  ]
}

/** Without one of the findings, or without one of its further pieces of evidence. */
function lessPresent(draft: Draft): Draft[] {
  const { present = {}, again = {} } = draft
  return [
    ...Object.keys(present).map((code) => ({ ...draft, present: but(present, code), again: but(again, code) })),
    ...Object.entries(again).flatMap(([code, pieces]) =>
      pieces.map((_, i) => ({ ...draft, again: { ...again, [code]: pieces.filter((_, j) => j !== i) } })),
    ),
  ]
}

/** With one thing less said of a finding or of an assessment. */
function lessKnown(draft: Draft): Draft[] {
  const { present = {}, assessments = [] } = draft
  return [
    ...Object.entries(present).flatMap(([code, detail]) =>
      Object.keys(detail).map((key) => ({ ...draft, present: { ...present, [code]: but({ ...detail }, key) } })),
    ),
    ...assessments.flatMap((done, i) =>
      (['version', 'result', 'byTrained'] as const).flatMap((key) => {
        if (done[key] === undefined) return []
        const { [key]: _, ...less } = done
        return [{ ...draft, assessments: assessments.map((one, j) => (j === i ? less : one)) }]
      }),
    ),
  ]
}

function but<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== key))
}

/** The draft in the form in which cases are written. */
export function caseOf(draft: Draft, words: { id: string; title: string; expect: Case['expect'] }): Case {
  const { age, present = {}, again = {}, unknown = [], measures = {}, facts = {} } = draft
  const { history = [], assessments = [] } = draft
  const items = Object.entries(present).flatMap(([code, detail]) =>
    [detail, ...(again[code] ?? [])].map((piece) =>
      Object.keys(piece).length === 0 ? code : { [code]: { ...piece } },
    ),
  )
  const { expect, ...head } = words
  return {
    ...head,
    ...(draft.immediateDanger && { immediateDanger: true }),
    ...(draft.consent !== undefined && draft.consent !== 'obtained' && { consent: draft.consent }),
    ...(Object.keys(facts).length > 0 && { facts: { ...facts } }),
    child: {
      ...(age === -1 ? { unborn: true as const } : typeof age === 'number' ? { ageMonths: age } : {}),
      ...(items.length > 0 && { present: items }),
      ...(unknown.length > 0 && { unknown: [...unknown] }),
      ...(draft.unmapped && { unmapped: ['Something that no line of the document names'] }),
      ...(Object.keys(measures).length > 0 && { measures: { ...measures } }),
      ...(assessments.length > 0 && { assessments: assessments.map((done) => ({ ...done })) }),
      ...(history.length > 0 && { history: history as NonNullable<NonNullable<Case['child']>['history']> }),
    },
    expect,
  }
}
