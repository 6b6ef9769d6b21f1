/** Valid referrals to Northmoor, small: each says as little as comes out at what its name says. */

/** What is sent; a test may spread it, change it, or spoil it. */
export interface ReferralBody {
  readonly children: readonly ChildBody[]
  readonly [property: string]: unknown
}

export interface ChildBody {
  readonly id: string
  readonly [property: string]: unknown
}

export function child(findings: readonly string[], more: Record<string, unknown> = {}): ChildBody {
  return {
    id: 'a',
    dateOfBirth: '2018-05-04',
    findings: findings.map((indicator) => ({
      indicator,
      state: 'present',
      evidence: [{ kind: 'observation', source: 'Class teacher', date: '2026-11-20', text: `Seen: ${indicator}.` }],
    })),
    ...more,
  }
}

export function referral(children: readonly ChildBody[], more: Record<string, unknown> = {}): ReferralBody {
  return {
    referrer: { agency: 'Hillside Primary School', role: 'Designated safeguarding lead', sourceCode: '2A' },
    reason: 'We are worried, and the parents know that we write.',
    immediateDanger: false,
    consent: { sought: true, obtained: true },
    children,
    ...more,
  }
}

/** Nothing but ordinary development: L1, universal services. */
export const low = (more: Record<string, unknown> = {}): ReferralBody => referral([child(['EXP-03', 'EXP-04'])], more)

/** One graded need: L2, early help assessment. */
export const levelTwo = (more: Record<string, unknown> = {}): ReferralBody =>
  referral([child(['SEN-01', 'FAM-01'])], more)

/** A parent who fears hurting the child, which is enough alone: L3, section 17 assessment. No floor. */
export const levelThree = (more: Record<string, unknown> = {}): ReferralBody => referral([child(['PHY-04'])], more)

/** The child says that an adult hurts them: L4 absolute, strategy discussion. */
export const levelFour = (more: Record<string, unknown> = {}): ReferralBody => referral([child(['PHY-06'])], more)

/** A concern that fits no indicator: withheld, for a person to read. */
export const withheld = (more: Record<string, unknown> = {}): ReferralBody =>
  referral([child([], { otherConcerns: ['He speaks of a man in the park who gives him sweets.'] })], more)

/** Two children of one household, placed apart. */
export const siblings = (more: Record<string, unknown> = {}): ReferralBody =>
  referral([child(['PHY-06'], { id: 'older' }), child(['EXP-03'], { id: 'younger', dateOfBirth: '2021-02-11' })], more)

/** The same content with its first child changed. */
export function withChild(content: ReferralBody, more: Record<string, unknown>): ReferralBody {
  const [first, ...rest] = content.children as [ChildBody, ...ChildBody[]]
  return { ...content, children: [{ ...first, ...more }, ...rest] }
}

/** A decision that takes over what was recommended. */
export function acceptance(
  recommendation: { content: { level: { code: string } | null; responses: readonly { code: string }[] } },
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const { level, responses } = recommendation.content
  const response = responses[0]?.code
  const closing = CLOSING.includes(response ?? '') ? { closing: closed() } : {}
  return { level: level?.code, response, rationale: 'I have read it all and agree.', ...closing, ...more }
}

/** Responses of our policies after which nobody does anything more. */
const CLOSING: readonly string[] = ['universal-services', 'information-advice']

/** What is said before a referral is closed. */
export function closed(more: Record<string, unknown> = {}): Record<string, unknown> {
  const referrerSpokenTo = { on: '2026-11-24', with: 'The class teacher', summary: 'She has seen nothing new.' }
  return { referrerSpokenTo, noHelpReason: 'Nothing is needed besides what every family has.', ...more }
}

/** A decision in which every text is as long as it may be, in signs that are long themselves. */
export function longestDecision(): Record<string, unknown> {
  const long = (length: number): string => '\u{1d11e}'.repeat(length - 1).concat('a')
  const help = { help: long(1000), service: long(60), heldBy: long(200), status: 'offered', consent: 'given' }
  const codes = { level: long(60), response: long(60), overrideReason: long(60) }
  return {
    ...codes,
    ...{ rationale: long(8000), statutoryReason: long(4000) },
    closing: {
      referrerSpokenTo: { on: '2026-11-24', with: long(200), summary: long(4000) },
      ...{ referrerNotReached: long(2000), noHelpReason: long(4000), help: Array.from({ length: 20 }, () => help) },
    },
  }
}
