import type { ChildFacts } from './facts.ts'

/** From one piece of information to the decision that takes it into account. */
export interface Round {
  readonly startedAt: string
  readonly metAt: string | null
}

/** The first round starts with the referral, each later one with the first revision after what was decided on. */
export function roundsOf({ receivedAt, revisions, completions }: ChildFacts): Round[] {
  const rounds: Round[] = []
  let startedAt: string | undefined = receivedAt
  let decidedOn = 0
  for (const { revision, at } of completions) {
    if (revision <= decidedOn || startedAt === undefined) continue
    rounds.push({ startedAt, metAt: at })
    decidedOn = revision
    startedAt = revisions[revision]
  }
  return startedAt === undefined ? rounds : [...rounds, { startedAt, metAt: null }]
}
