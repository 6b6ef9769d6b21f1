/** Whether two statements say nearly the same: by the words that they share. */

export interface Said {
  readonly words: ReadonlySet<string>
  /** Numbers and words that turn a statement round: two texts that differ in these mean different things. */
  readonly turns: string
}

const TURNS = new Set(
  (
    'no not never without none nor neither unborn father mother parent parents child baby sibling under over above below more ' +
    'less once sometimes often persistent one two three four five six seven eight nine ten twelve'
  ).split(' '),
)
const isTurn = (word: string): boolean => TURNS.has(word) || /^\d+$/.test(word)
const FILLERS = new Set(
  'a an and are as at be been by for from has have in is it its of on or that the their them they this to was were which who with'.split(
    ' ',
  ),
)
const SHARED_MIN = 0.8
const WORDS_MIN = 4

export function tokensOf(text: string): Said {
  const all = text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []
  const words = new Set(all.filter((word) => !FILLERS.has(word)))
  return {
    words,
    turns: [...words].filter(isTurn).sort().join(' '),
  }
}

/** The same words anywhere; or, among neighbours, nearly the same words. */
export function similar(one: Said, other: Said, isNeighbour: boolean): boolean {
  const [few, many] = one.words.size <= other.words.size ? [one.words, other.words] : [other.words, one.words]
  if (few.size === 0 || few.size < many.size * SHARED_MIN) return false
  let shared = 0
  for (const word of few) if (many.has(word)) shared += 1
  if (shared === many.size) return true
  const isLong = few.size >= WORDS_MIN && one.turns === other.turns
  return isNeighbour && isLong && shared / (few.size + many.size - shared) >= SHARED_MIN
}
