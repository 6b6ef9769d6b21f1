/** What a referral says of its children and their household that helps to know them again, and the keys by which they are found. */
import { doubleMetaphone } from 'double-metaphone'
import { placeOf } from '../../engine/matching/address.ts'
import type { Traits } from '../../engine/matching/match.ts'
import { type Name, plainName } from '../../engine/matching/names.ts'
import type { ReferralContent } from './model.ts'

type Child = ReferralContent['children'][number]

export function traitsOf(content: ReferralContent, child: Child): Traits {
  const { given, family } = child.name ?? {}
  return {
    given: nameOf(given),
    family: nameOf(family),
    dateOfBirth: child.dateOfBirth ?? null,
    sex: child.sex === 'F' || child.sex === 'M' ? child.sex : null,
    ...placeOf(content.household?.address),
  }
}

/** Null where nothing was said, or nothing that has letters. */
function nameOf(name: string | undefined): Name | null {
  const plain = plainName(name ?? '')
  return plain === '' ? null : { plain, sounds: soundsOf(plain.replaceAll(' ', '')) }
}

/** Names in other scripts than Latin have no code and are their own. */
function soundsOf(plain: string): string[] {
  const codes = doubleMetaphone(plain).filter((code) => code !== '')
  return codes.length > 0 ? [...new Set(codes)] : [plain]
}

/** Of very long names the first words do. */
const WORDS_MAX = 3

/** The sounds of a name and of its words, so that one half of a double-barrelled name is found by the other. */
function allSounds(name: Name | null): string[] {
  if (!name) return []
  return [...new Set([...name.sounds, ...name.plain.split(' ').slice(0, WORDS_MAX).flatMap(soundsOf)])]
}

/**
 * Keys that two children share whenever they could be proposed as one: every combination that reaches enough points has
 * one. Family and given name stand in a fixed order, so that swapped names have the same keys; a date of birth with one
 * wrong digit is right in its year or in its day and month.
 */
export function childKeys({ given, family, dateOfBirth, postcode, dwelling }: Traits): string[] {
  const place = postcode ?? dwelling
  const [givens, families] = [allSounds(given), allSounds(family)]
  const pairs = givens.flatMap((one) => families.map((other) => [one, other].sort().join('.')))
  const keys = dateOfBirth
    ? [
        ...pairs.flatMap((pair) => [`y:${pair}:${dateOfBirth.slice(0, 4)}`, `m:${pair}:${dateOfBirth.slice(5)}`]),
        ...[...givens, ...families].map((sound) => `d:${sound}:${dateOfBirth}`),
        ...(place === null ? [] : [`a:${place}:${dateOfBirth}`]),
      ]
    : []
  const placed = place === null ? [] : [...givens, ...families].map((sound) => `p:${place}:${sound}`)
  return [...new Set([...keys, ...placed])]
}

/** Keys that two referrals share when they may be about one household: the home, and everybody known by name and birth. */
export function householdKeys(content: ReferralContent): string[] {
  const { dwelling } = placeOf(content.household?.address)
  const people = [
    ...content.children.map(({ name, dateOfBirth }) => ({
      name: name && `${name.given} ${name.family ?? ''}`,
      dateOfBirth,
    })),
    ...(content.household?.members ?? []),
  ]
  return [
    ...new Set([
      ...(dwelling === null ? [] : [`home:${dwelling}`]),
      ...people.flatMap(({ name, dateOfBirth }) => personKeys(name, dateOfBirth)),
    ]),
  ]
}

/** First and last word, as they sound: what stands between them is often left out. */
function personKeys(name: string | undefined, dateOfBirth: string | undefined): string[] {
  const words = plainName(name ?? '').split(' ')
  const [first, last] = [words[0] ?? '', words.at(-1) ?? '']
  // One word with a date of birth is too little to know somebody by.
  if (dateOfBirth === undefined || words.length < 2) return []
  return soundsOf(first).flatMap((one) => soundsOf(last).map((other) => `person:${dateOfBirth}:${one}.${other}`))
}
