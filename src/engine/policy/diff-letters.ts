/** What changed in the words of letters: what a letter tells that it did not, or tells no longer, and what is worded anew. Pure. */
import { canonical } from '../hash.ts'
import { ACKNOWLEDGEMENT, FAMILY, FEEDBACK } from '../letters/default.ts'
import type { Change } from './diff.ts'
import { changedProperties } from './diff-match.ts'
import { quoted } from './diff-words.ts'
import { type AcknowledgementTemplate, type FeedbackTemplate, type Place, piecesOf } from './letter-items.ts'
import type { PolicyDocument } from './shape.ts'

type Template = AcknowledgementTemplate | FeedbackTemplate

/** Each letter, as a reader calls it, and the product's own wording, which holds where a policy brings none. */
const LETTERS = {
  acknowledgement: { called: 'The acknowledgement', ours: ACKNOWLEDGEMENT },
  feedback: { called: 'The letter to the referrer on what was decided', ours: FEEDBACK },
  family: { called: 'The letter to the family', ours: FAMILY },
} as const satisfies Record<keyof Required<PolicyDocument>['letters'], { called: string; ours: Template }>

/** What stands in a place, in words. */
const SAID: Readonly<Record<Place, string>> = {
  reference: 'the reference',
  authority: 'the name of the authority',
  document: 'the name of the document',
  date: 'the day',
  received: 'when the referral was received',
  signedBy: 'who signed',
  escalation: 'whom to ask to look again',
  referrer: 'the name of the referrer',
  dueBy: 'by when it is decided',
  quality: 'what would make a referral more useful',
  child: 'the name of the child',
  decision: 'what was decided',
  feedback: 'the words of whoever decided',
  level: 'the level',
  meaning: 'what the level means',
  reasons: 'the reasons',
  support: 'other help that is there',
  help: 'what help was arranged',
}

/** What is told no longer comes first; then what is told anew, and what only reads otherwise. */
export function letterChanges(before: PolicyDocument, after: PolicyDocument): Change[] {
  return (Object.keys(LETTERS) as (keyof typeof LETTERS)[]).flatMap((code): Change[] => {
    const { called, ours } = LETTERS[code]
    const [own, nowOwn] = [before.letters?.[code], after.letters?.[code]]
    if (canonical(own ?? null) === canonical(nowOwn ?? null)) return []
    const [old, now] = [own ?? ours, nowOwn ?? ours]
    const change = (kind: Change['kind'], text: string): Change => ({ section: 'letters', code, kind, text })
    const [lost, gained] = [missingFrom(now, old), missingFrom(old, now)]
    return [
      ...(lost.length > 0 ? [change('removed', `${called} no longer says ${lost.join(', ')}.`)] : []),
      ...(gained.length > 0 ? [change('added', `${called} now says ${gained.join(', ')}.`)] : []),
      change('reworded', `${called} ${wording(own, nowOwn)}.`),
    ]
  })
}

/** What one wording says and the other does not. */
function missingFrom(template: Template, other: Template): string[] {
  const said = placesOf(template)
  return [...placesOf(other)].filter((place) => !said.has(place)).map((place) => SAID[place as Place] ?? place)
}

function placesOf(template: Template): Set<string> {
  const pieces = Object.values(template).flat().flatMap(piecesOf)
  return new Set(pieces.flatMap(({ place }) => place ?? []))
}

function wording(own: Template | undefined, nowOwn: Template | undefined): string {
  if (!own) return 'is now written in the words of the policy'
  if (!nowOwn) return 'is again written in the words of the product'
  const parts = changedProperties({ ...own }, { ...nowOwn }).map((part) =>
    paragraphChanges(PARTS[part] ?? part, paragraphsOf(own, part), paragraphsOf(nowOwn, part)),
  )
  return `reads otherwise: ${parts.join('; ')}`
}

const PARTS: Readonly<Record<string, string>> = { child: 'what is said of each child' }

function paragraphsOf(template: Template, part: string): readonly string[] {
  return Object.entries(template).flatMap(([name, text]) => (name === part ? text : []))
}

function paragraphChanges(part: string, old: readonly string[], now: readonly string[]): string {
  const gone = old.filter((paragraph) => !now.includes(paragraph)).map((paragraph) => `no longer ${quoted(paragraph)}`)
  const come = now.filter((paragraph) => !old.includes(paragraph)).map((paragraph) => `now ${quoted(paragraph)}`)
  const said = [...gone, ...come]
  return `${part}: ${said.length > 0 ? said.join(', ') : 'the paragraphs stand otherwise'}`
}
