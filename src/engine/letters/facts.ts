/** What a letter can say. Whatever is not here cannot get into one, whatever a template asks for. */

export const LETTER_KINDS = ['acknowledgement', 'feedback', 'family_feedback'] as const
export type LetterKind = (typeof LETTER_KINDS)[number]

export interface HelpThere {
  readonly name: string
  readonly description: string
  readonly contact: string
}

/** What a family may read of a decision: nothing of what was said about them, and nothing of who said it. */
export interface DecidedChild {
  /** As whoever reads the letter calls the child. */
  readonly child: string
  /** When the same reader was last told of another decision, which this one replaces; null where it is the first. */
  readonly replaces: string | null
  /** Label of the response. */
  readonly decision: string
  /** What the document says of the response in plain words; empty where it says nothing. */
  readonly feedback: string
  readonly level: string
  /** The document’s own description of the level. */
  readonly meaning: string
  /** Services of the directory. */
  readonly support: readonly HelpThere[]
  /** Help that was arranged, with who holds it. */
  readonly help: readonly string[]
}

/** For the referrer also why, so far as it rests on what the referrer said. */
export interface DecidedForReferrer extends DecidedChild {
  readonly reasons: readonly string[]
}

export interface Stage {
  readonly role: string
  readonly withinWorkingDays: number
  readonly urgentHours?: number | undefined
}

/** What every letter can say. Moments are RFC 3339 UTC. */
export interface LetterFacts {
  readonly reference: string
  readonly authority: string
  /** Title of the threshold document, with its version. */
  readonly document: string
  readonly writtenAt: string
  readonly receivedAt: string
  readonly signedBy: string
  readonly escalation: readonly Stage[]
}

export interface AcknowledgementFacts extends LetterFacts {
  readonly kind: 'acknowledgement'
  readonly referrer: string
  readonly dueAt: string
}

export interface FeedbackFacts extends LetterFacts {
  readonly kind: 'feedback'
  readonly referrer: string
  readonly children: readonly DecidedForReferrer[]
  /** What would make a referral more useful. */
  readonly quality: readonly string[]
}

export interface FamilyFacts extends LetterFacts {
  readonly kind: 'family_feedback'
  readonly children: readonly DecidedChild[]
}

export type Facts = AcknowledgementFacts | FeedbackFacts | FamilyFacts
