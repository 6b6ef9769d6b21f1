/** Letters say what they have to, and name only what there is. */
import { type Path, suggestion } from '../problem.ts'
import type { Checker } from './checker.ts'
import { type LetterPart, OPTIONAL_PLACES, PLACES, piecesOf } from './letter-items.ts'

/** What a letter has to say somewhere, whatever its words. */
const NEEDED = {
  acknowledgement: ['reference', 'escalation'],
  feedback: ['reference', 'decision', 'escalation'],
  family: ['decision', 'escalation'],
} as const

type Kind = keyof typeof NEEDED

export function checkLetters(check: Checker): void {
  const { letters } = check.policy
  if (!letters) return
  for (const kind of Object.keys(NEEDED) as Kind[]) {
    const template = letters[kind]
    if (!template) continue
    const said = Object.entries(template).flatMap(([property, text]) => {
      const part: LetterPart = property === 'child' ? `${kind as 'feedback' | 'family'}Child` : kind
      const paragraphs = typeof text === 'string' ? [text] : text
      return paragraphs.flatMap((paragraph, i) => {
        const at = ['letters', kind, property, ...(typeof text === 'string' ? [] : [i])]
        return checkParagraph(check, paragraph, { at, part, needed: NEEDED[kind] })
      })
    })
    const missing = NEEDED[kind].filter((place) => !said.includes(place))
    if (missing.length > 0)
      check.error(
        ['letters', kind],
        'letter-missing-place',
        `This letter has to say ${missing.map(shown).join(' and ')}. Put ${missing.length > 1 ? 'them' : 'it'} into a paragraph.`,
      )
  }
}

interface Checked {
  readonly at: Path
  readonly part: LetterPart
  readonly needed: readonly string[]
}

/** The places that the paragraph names. */
function checkParagraph(check: Checker, paragraph: string, { at, part, needed }: Checked): string[] {
  const pieces = piecesOf(paragraph)
  const places = pieces.flatMap(({ place }) => (place === null ? [] : [place]))
  const known: ReadonlySet<string> = new Set(PLACES[part])
  for (const place of places.filter((name) => !known.has(name)))
    check.error(
      at,
      'letter-unknown-place',
      `There is no ${shown(place)} in this part of the letter.${suggestion(place, known)} It has ${[...known].map(shown).join(', ')}.`,
    )
  if (pieces.some(({ words }) => /\{\{|\}\}/.test(words)))
    check.error(at, 'letter-unknown-place', 'A place is written with two braces on each side, as {{reference}}.')
  const optional = places.find((place) => OPTIONAL_PLACES.includes(place))
  const hidden = places.find((place) => needed.includes(place))
  if (optional !== undefined && hidden !== undefined)
    check.error(
      at,
      'letter-place-hidden',
      `This paragraph is left out where there is nothing for ${shown(optional)}, and ${shown(hidden)} with it. Give ${shown(hidden)} a paragraph of its own.`,
    )
  return places
}

const shown = (place: string): string => `{{${place}}}`
