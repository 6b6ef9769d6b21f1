/** Letters in an authority's own words: plain text with named places. What may stand in braces is a closed list. */
import { z } from 'zod'
import { Line, Words } from './items.ts'

const Paragraphs = z.array(Words).min(1).max(20)

const Acknowledgement = z.strictObject({ subject: Line, body: Paragraphs })

/** `child` is said once for each child, between the opening and the closing. */
const Feedback = z.strictObject({ subject: Line, opening: Paragraphs, child: Paragraphs, closing: Paragraphs })

/** What is left out is written in the product's own words. */
export const Letters = z.strictObject({
  acknowledgement: Acknowledgement.optional(),
  feedback: Feedback.optional(),
  family: Feedback.optional(),
})
export type Letters = z.output<typeof Letters>
export type AcknowledgementTemplate = z.output<typeof Acknowledgement>
export type FeedbackTemplate = z.output<typeof Feedback>

const EVERYWHERE = ['reference', 'authority', 'document', 'date', 'received', 'signedBy', 'escalation'] as const
const OF_FAMILY_CHILD = ['child', 'decision', 'feedback', 'level', 'meaning', 'support', 'help'] as const

/** The places of each part of a letter. A family's letter has none for what the referrer said, or for who it was. */
export const PLACES = {
  acknowledgement: [...EVERYWHERE, 'referrer', 'dueBy'],
  feedback: [...EVERYWHERE, 'referrer', 'quality'],
  feedbackChild: [...EVERYWHERE, ...OF_FAMILY_CHILD, 'referrer', 'reasons'],
  family: EVERYWHERE,
  familyChild: [...EVERYWHERE, ...OF_FAMILY_CHILD],
} as const
export type LetterPart = keyof typeof PLACES
export type Place = (typeof PLACES)[LetterPart][number]

/** Places that may have nothing to say; the paragraph is then left out. */
export const OPTIONAL_PLACES: readonly string[] = ['feedback', 'reasons', 'support', 'help', 'quality']

/** Words, then a place, then words, and so on: `a {{b}} c` is `a `, b, ` c`. The names are not looked up. */
export function piecesOf(text: string): { words: string; place: string | null }[] {
  return text.split(/(\{\{[^{}]*\}\})/).map((piece) => {
    const [, place] = /^\{\{([^{}]*)\}\}$/.exec(piece) ?? []
    return place === undefined ? { words: piece, place: null } : { words: '', place: place.trim() }
  })
}
