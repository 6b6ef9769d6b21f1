/**
 * Which fields somebody has to look at before they are released to whoever asks what is held of a child (Data Protection Act
 * 2018, schedule 2 part 3 and schedule 3 part 3). A mark is a reason to look; what is released a person decides. Pure.
 */
import type { ReferralContent } from '../referrals/index.ts'
import type { MarkKind, SubjectField } from './model.ts'

type Mark = SubjectField['marks'][number]

const WHY: Readonly<Record<MarkKind, string>> = {
  referrer_identity: 'It may tell who referred, and the referrer is no professional. Withheld by default.',
  third_party: 'It is about, or names, somebody other than the child.',
  restricted_sharing: 'It is marked as not to be shared with the family.',
  serious_harm_review: 'Social work data: look whether releasing it would be likely to cause serious harm to anybody.',
  professional: 'A professional who acted in that capacity: not normally withheld.',
}

export const mark = (kind: MarkKind): Mark => ({ kind, because: WHY[kind] })

/** DfE sources of referral that are no professionals: individuals, anonymous, unknown. */
const PRIVATE_SOURCES: readonly string[] = ['1A', '1B', '1C', '1D', '9', '10']

/** Texts that say something of what was done to a child, wherever they stand in the content. */
const ABOUT_HARM =
  /\/(reason|narrative|voice|text|otherConcerns|strengths|outcome|event|view|effect|help|description)(\/|$)/
const ABOUT_OTHERS = /^\/(household\/(?!address)|contexts|parentsViews)/

export interface Subject {
  readonly content: ReferralContent
  readonly child: string
}

/** The marks of a place in the content of a referral, by what stands there for every referral. */
export function marksOfPlace({ content, child }: Subject, pointer: string): MarkKind[] {
  const kinds: MarkKind[] = []
  if (pointer.startsWith('/referrer/')) {
    if (PRIVATE_SOURCES.includes(content.referrer.sourceCode)) kinds.push('referrer_identity')
    else if (/\/(name|email|telephone)$/.test(pointer)) kinds.push('professional')
  }
  const [, list, index] = pointer.split('/')
  if (list === 'children' && content.children[Number(index)]?.id !== child) kinds.push('third_party')
  if (list === 'earlierReferrals' || list === 'facts') {
    const about = content[list]?.[Number(index)]?.children
    if (about && !about.includes(child)) kinds.push('third_party')
  }
  if (ABOUT_OTHERS.test(pointer)) kinds.push('third_party')
  if (/^\/otherViews\/\d+\/(agency|role)$/.test(pointer)) kinds.push('professional')
  if (ABOUT_HARM.test(pointer)) kinds.push('serious_harm_review')
  return kinds
}

/** Names in the content that are not the child's own, with the mark that a text gets in which one of them stands. */
export function namesOfOthers({ content, child }: Subject): { name: string; kind: MarkKind }[] {
  const isPrivate = PRIVATE_SOURCES.includes(content.referrer.sourceCode)
  const own = content.children.find(({ id }) => id === child)?.name
  const ours = [own?.given, own?.family].flatMap((name) => (name ? [plain(name)] : []))
  const others = [
    ...content.children.flatMap(({ id, name }) => (id === child ? [] : [name?.given])),
    ...(content.household?.members ?? []).flatMap(({ name }) => [name, ...(name?.split(/\s+/) ?? [])]),
  ].map((name) => ({ name, kind: 'third_party' as const }))
  const { name, email, telephone } = content.referrer
  const referrer = isPrivate
    ? [name, ...(name?.split(/\s+/) ?? []), email, telephone].map((text) => ({
        ...{ name: text, kind: 'referrer_identity' as const },
      }))
    : []
  return [...others, ...referrer].flatMap(({ name: text, kind }) => {
    const said = plain(text ?? '')
    return said.length >= NAME_MIN && !ours.includes(said) ? [{ name: said, kind }] : []
  })
}

/** Shorter names stand in any text. */
const NAME_MIN = 3

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()

/** The kinds of names of others that a text says, whole words alone. */
export function kindsNamedIn(text: string, names: readonly { name: string; kind: MarkKind }[]): MarkKind[] {
  const said = ` ${plain(text).replaceAll(/[^\p{L}\p{N}@.+-]+/gu, ' ')} `
  const words = said.replaceAll(/[.-]+(?= )/g, '')
  return names.filter(({ name }) => words.includes(` ${name} `)).map(({ kind }) => kind)
}

const WITHHELD: readonly MarkKind[] = ['referrer_identity', 'third_party', 'restricted_sharing']

/**
 * The field as the redacted view has it: what is marked is withheld, professionals aside.
 * @param harmReviewed whether somebody has looked for serious harm, so that the mark alone withholds nothing any more
 */
export function redacted(field: SubjectField, harmReviewed: boolean): SubjectField {
  const withheld = harmReviewed ? WITHHELD : [...WITHHELD, 'serious_harm_review']
  return field.marks.some(({ kind }) => withheld.includes(kind)) ? { ...field, value: null } : field
}
