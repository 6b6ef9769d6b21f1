/** How a section of a policy is told: as a list of named items, as a list of sentences, or as a whole. Pure. */
import type { Change } from './diff.ts'
import { changedProperties, type Item, isSame, match, type Versions, without } from './diff-match.ts'
import { differences, inBrief, sentence } from './diff-words.ts'
import type { PolicyDocument } from './shape.ts'

type Section = keyof PolicyDocument
type Kind = Change['kind']

/** Says of one section what changed in it. */
export type Teller = (versions: Versions) => Change[]

type ListSection = {
  [S in Section]-?: NonNullable<PolicyDocument[S]> extends readonly object[] ? S : never
}[Section]
/** Sections that are one thing. */
type WholeSection = Exclude<Section, ListSection | 'format'>
export type ItemOf<S extends ListSection> = NonNullable<PolicyDocument[S]>[number]

/** What is said of an item of a list. */
interface Told<T> {
  code(item: T): string
  removed(versions: Versions, item: T): string
  added(versions: Versions, item: T): string
  changed(versions: Versions, old: T, now: T): readonly { readonly kind: Kind; readonly text: string }[]
}

export function list<S extends ListSection>(section: S, told: Told<ItemOf<S>>): Teller {
  const itemsOf = (document: PolicyDocument): readonly ItemOf<S>[] => document[section] ?? []
  return (versions) => {
    const now = itemsOf(versions.after)
    const { added, removed, both, isReordered } = match(itemsOf(versions.before), now, told.code)
    const change = (kind: Kind, code: string, text: string): Change => ({ section, code, kind, text })
    return [
      ...removed.map((item) => change('removed', told.code(item), told.removed(versions, item))),
      ...added.map((item) => change('added', told.code(item), told.added(versions, item))),
      ...both.flatMap((pair) =>
        told.changed(versions, pair.old, pair.now).map(({ kind, text }) => change(kind, told.code(pair.now), text)),
      ),
      ...(isReordered ? [change('changed', section, orderInWords(now.map(told.code)))] : []),
    ]
  }
}

/** Up to so many codes are said in their new order. */
const ORDERED_MAX = 30

function orderInWords(codes: readonly string[]): string {
  return `What stays stands in another order${codes.length > ORDERED_MAX ? '' : `: ${codes.join(', ')}`}.`
}

/** By how much an item reaches higher or lower than before, for each thing in which it can. */
type Steps<T> = (versions: Versions, old: T, now: T) => readonly number[]

/** A list of items that a reader knows by a name; `code` and `name` are the properties that hold them. */
export function named<S extends ListSection>(
  section: S,
  code: keyof ItemOf<S> & string,
  name: keyof ItemOf<S> & string,
  steps: Steps<ItemOf<S>> = () => [],
): Teller {
  const nameOf = (item: ItemOf<S>): string => `“${item[name]}”`
  return list(section, {
    code: (item) => String(item[code]),
    removed: (_, item) => `${nameOf(item)} is gone.`,
    added: (_, item) => `New: ${nameOf(item)}`,
    changed: (versions, old, now) => {
      const isRenamed = nameOf(old) !== nameOf(now)
      const said = differences(versions, without(old, [name]), without(now, [name]))
      const lead = isRenamed ? `${nameOf(old)} now reads ${nameOf(now)}` : nameOf(now)
      const text = said.length > 0 ? sentence(`${lead}: ${said.join('; ')}`) : lead
      return [{ kind: kindOf(old, now, steps(versions, old, now)), text }]
    },
  })
}

type SpokenSection = { [S in ListSection]: ItemOf<S> extends { readonly id: string } ? S : never }[ListSection]

/** The parts of a sentence, each under the property that it says, in the order in which they are spoken. */
export type Sentence = Readonly<Record<string, string>>

/** A list of items that are each a sentence, such as a rule. What the sentence does not say is told beside it. */
export function spoken<S extends SpokenSection>(
  section: S,
  says: (document: PolicyDocument, item: ItemOf<S>) => Sentence,
  steps: Steps<ItemOf<S>> = () => [],
): Teller {
  const whole = (parts: Sentence): string => Object.values(parts).join('')
  return list(section, {
    code: ({ id }) => id,
    removed: ({ before }, item) => sentence(`No longer: ${whole(says(before, item))}`),
    added: ({ after }, item) => sentence(`New: ${whole(says(after, item))}`),
    changed: (versions, old, now) => {
      const [was, is] = [says(versions.before, old), says(versions.after, now)]
      const spokenOf = changedProperties(was, is)
      const rest = differences(versions, without(old, spokenOf), without(now, spokenOf))
      const text = [
        ...(spokenOf.length > 0 ? [`Was: ${whole(was)}`, `Is: ${whole(is)}`] : [`Still: ${whole(is)}`]),
        ...(rest.length > 0 ? [`What differs: ${rest.join('; ')}`] : []),
      ]
        .map(sentence)
        .join(' ')
      return [{ kind: kindOf(old, now, steps(versions, old, now)), text }]
    },
  })
}

/** A section that is one thing, without the properties that are told elsewhere. */
export function whole(section: WholeSection, toldElsewhere: readonly string[] = []): Teller {
  const partOf = (document: PolicyDocument): Item | undefined => {
    const value = document[section]
    return value === undefined ? undefined : without(value, toldElsewhere)
  }
  return (versions) => {
    const [old, now] = [partOf(versions.before), partOf(versions.after)]
    if (isSame(old, now)) return []
    const change = (kind: Kind, text: string): Change[] => [{ section, code: section, kind, text: sentence(text) }]
    if (!old) return change('added', `New: ${inBrief(now)}`)
    if (!now) return change('removed', `No longer: ${inBrief(old)}`)
    return change(kindOf(old, now, []), differences(versions, old, now).join('; '))
  }
}

/** Properties that are words for readers. */
const WORDS: readonly string[] = [
  'advice',
  'ask',
  'because',
  'citation',
  'colour',
  'definition',
  'description',
  'feedback',
  'label',
  'meaning',
  'otherWords',
  'question',
  'shortLabel',
  'text',
  'title',
]

/** What reaches lower in anything is lowered, whatever else changed. */
export function kindOf(old: object, now: object, steps: readonly number[]): Kind {
  if (steps.some((step) => step < 0)) return 'lowered'
  if (steps.some((step) => step > 0)) return 'raised'
  const changed = changedProperties(without(old, []), without(now, []))
  return changed.every((property) => WORDS.includes(property)) ? 'reworded' : 'changed'
}
