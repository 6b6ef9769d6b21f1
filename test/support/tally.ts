/** Numbers that `npm run trust` prints: counted by the tests that make the claim, while they make it. */
import { appendFileSync } from 'node:fs'
import type { Test } from 'tap'

/** The rows of the table, in its order, with what each counts. */
export const TALLIES = {
  vectors: 'published vectors: passed',
  mutations: 'tampering T1 to T21: detected, first bad entry named',
  byte_flips: 'every byte of an export flipped: detected',
  cross_authority: 'probes across authorities: answered as if nothing were there',
  policy_mutants: 'row-level policies dropped: noticed',
  jwt_attacks: 'attacks on tokens: refused',
  bad_inputs: 'bad inputs: answered as written, nothing stored',
  fuzzed: 'fuzzed requests: never a 5xx, always as documented',
  audits: 'GraphQL audits and probes: passed',
  kills: 'kills and faults survived',
  lost: 'acknowledged writes that were kept',
  doubled: 'intents that were not doubled',
} as const
export type Tally = keyof typeof TALLIES

export interface Counted {
  readonly held: number
  readonly of: number
  /** Those of them that are known not to hold, each written down with its reason where it is counted. */
  readonly excepted?: number
}

/** Says in the test's output, and in the file TRUST_TALLY where there is one, how many of how many held. */
export function tally(t: Pick<Test, 'comment'>, name: Tally, { held, of, excepted = 0 }: Counted): void {
  const file = process.env['TRUST_TALLY']
  t.comment(`${TALLIES[name]}: ${held} of ${of}${excepted > 0 ? `, ${excepted} excepted` : ''}`)
  if (file) appendFileSync(file, `${JSON.stringify({ name, held, of, excepted })}\n`)
}

/** Says of some faults whether they were survived: all of them where every assertion of the test held so far, and else none. */
export function survived(t: Pick<Test, 'comment' | 'passing'>, faults: number): void {
  tally(t, 'kills', { held: t.passing() ? faults : 0, of: faults })
}
