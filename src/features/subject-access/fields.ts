/** Rows and contents as fields, each with its marks. Pure. */
import { pointer } from '../../engine/problem.ts'
import { revealedBy, type Withheld } from '../sharing/index.ts'
import { kindsNamedIn, mark, marksOfPlace, type Subject } from './marks.ts'
import { MARKS, type MarkKind, type SubjectField } from './model.ts'

/** What is known of a referral when its fields are marked. */
export interface Known {
  /** The content of each revision, first to last. */
  readonly subjects: readonly Subject[]
  /** Names that are not the child's own. */
  readonly names: readonly { readonly name: string; readonly kind: MarkKind }[]
  /** What must not be shared with the family. */
  readonly withheld: readonly Withheld[]
}

function field(known: Known, name: string, value: string, kinds: readonly MarkKind[]): SubjectField {
  const found = new Set<MarkKind>([...kinds, ...kindsNamedIn(value, known.names)])
  if (revealedBy(value, known.withheld).length > 0) found.add('restricted_sharing')
  return { name, value, marks: MARKS.filter((kind) => found.has(kind)).map(mark) }
}

/** Every value in the content of a revision by its place. */
export function fieldsOfContent(known: Known, revision: number, index: number): SubjectField[] {
  const subject = known.subjects[index]
  if (!subject) return []
  const marked = known.withheld.filter((one) => one.revision === revision).map((one) => one.pointer ?? '')
  const isMarked = (at: string): boolean => marked.some((place) => at === place || at.startsWith(`${place}/`))
  return leavesOf(subject.content, []).map(({ at, value }) => {
    const kinds = marksOfPlace(subject, at)
    return field(known, at, value, isMarked(at) ? [...kinds, 'restricted_sharing'] : kinds)
  })
}

function leavesOf(value: unknown, path: readonly (string | number)[]): { at: string; value: string }[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object') return [{ at: pointer([...path]), value: String(value) }]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

/** Hashes, ids and copies in another form say nothing that is not there already. */
const LEFT_OUT =
  /^(id|authorityId|referralId|childKey|html|snapshot|givenSounds|familySounds|.*(Id|Hash)|sequence|number)$/
/** Words that somebody wrote about the child, or the engine found. */
const ACCOUNTS =
  /^(content|rationale|reasons?|notes?|result|task|concern|wanted|text|help|information|overrideReason|statutoryReason|closing)$/
const PEOPLE = /(ByName|ByRole|ByQualification|challengerName|challengerRole)$/

export function fieldsOfRow(known: Known, row: Readonly<Record<string, unknown>>): SubjectField[] {
  return Object.entries(row).flatMap(([name, value]) => {
    if (value === null || LEFT_OUT.test(name) || isAccount(name, value)) return []
    const kinds: MarkKind[] = []
    if (ACCOUNTS.test(name)) kinds.push('serious_harm_review')
    if (PEOPLE.test(name)) kinds.push('professional')
    if (name === 'addressee' || name === 'givenBy') kinds.push('third_party')
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return [field(known, name, text, kinds)]
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The id of an account: its name stands with the item. */
const isAccount = (name: string, value: unknown): boolean =>
  /(By|With|agreesWith|supersedes|corrects)$/.test(name) && typeof value === 'string' && UUID.test(value)
