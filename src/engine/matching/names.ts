/** Names as they are compared: how they are written is left out, which language they come from does not matter. */

export interface Name {
  /** Words in small letters without accents, parted by single spaces; never empty. */
  readonly plain: string
  /** How it sounds, in codes that are equal where names sound alike; for scripts that have no code, the name itself. */
  readonly sounds: readonly string[]
}

/** How two names stand to each other, nearest first. */
export const NAME_RELATIONS = ['equal', 'part', 'sounds_alike', 'differs'] as const
export type NameRelation = (typeof NAME_RELATIONS)[number]

/** Letters that do not come apart into a plain one and an accent. */
const WHOLE: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** Empty where nothing is left, as of a name of signs alone. */
export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => WHOLE[letter] ?? letter)
    .replaceAll(/['’‘ʼ`´]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** The same whichever comes first. */
export function nameRelation(a: Name, b: Name): NameRelation {
  if (joined(a) === joined(b)) return 'equal'
  if (isPart(a, b) || isPart(b, a)) return 'part'
  return a.sounds.some((sound) => b.sounds.includes(sound)) ? 'sounds_alike' : 'differs'
}

function joined({ plain }: Name): string {
  return plain.replaceAll(' ', '')
}

/** Every word of the one is a word of the other: a second given name left out, one half of a double-barrelled name. */
function isPart(part: Name, whole: Name): boolean {
  const words = new Set(whole.plain.split(' '))
  return part.plain.split(' ').every((word) => words.has(word))
}
