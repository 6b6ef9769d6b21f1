/** A referral about one child in the making: what a suggested case is put together from. */
import type { ConsentState, EvidenceKind, Occurrence } from '../vocabulary.ts'
import type { Case } from './shape.ts'

export interface Detail {
  readonly occurrence?: Occurrence
  readonly evidence?: EvidenceKind
  readonly monthsAgo?: number
}

export interface Draft {
  /** Completed months, −1 unborn; null where nothing is said of the age. */
  readonly age?: number | null
  readonly present?: Readonly<Record<string, Detail>>
  readonly unknown?: readonly string[]
  readonly unmapped?: boolean
  readonly measures?: Readonly<Record<string, number>>
  readonly history?: readonly { readonly monthsAgo: number; readonly categories: readonly string[] }[]
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
  return {
    ...a,
    ...b,
    present,
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
  const { present = {}, unknown = [], measures = {}, history = [], facts = {} } = draft
  const but = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([other]) => other !== key))
  return [
    ...Object.keys(present).map((code) => ({ ...draft, present: but(present, code) })),
    ...unknown.map((code) => ({ ...draft, unknown: unknown.filter((other) => other !== code) })),
    ...Object.keys(measures).map((name) => ({ ...draft, measures: but(measures, name) })),
    ...history.map((_, i) => ({ ...draft, history: history.filter((_, j) => j !== i) })),
    ...Object.keys(facts).map((code) => ({ ...draft, facts: but(facts, code) })),
    ...Object.entries(present).flatMap(([code, detail]) =>
      Object.keys(detail).map((key) => ({ ...draft, present: { ...present, [code]: but({ ...detail }, key) } })),
    ),
    ...(draft.unmapped ? [{ ...draft, unmapped: false }] : []),
    ...(draft.immediateDanger ? [{ ...draft, immediateDanger: false }] : []),
    ...(draft.consent === undefined || draft.consent === 'obtained'
      ? []
      : [{ ...draft, consent: 'obtained' as const }]),
  ]
}

/** The draft in the form in which cases are written. */
export function caseOf(draft: Draft, words: { id: string; title: string; expect: Case['expect'] }): Case {
  const { age, present = {}, unknown = [], measures = {}, history = [], facts = {} } = draft
  const items = Object.entries(present).map(([code, detail]) =>
    Object.keys(detail).length === 0 ? code : { [code]: { ...detail } },
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
      ...(history.length > 0 && { history: history as NonNullable<NonNullable<Case['child']>['history']> }),
    },
    expect,
  }
}
