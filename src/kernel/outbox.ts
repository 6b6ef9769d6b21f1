/** What an entry of the log is about, as the outbox keeps it beside the entry. */

/**
 * The subject of an event: its referral, or, where there is none, the family of the event (`policy` of `policy.drafted`).
 * Events of one subject go out in order. A child's are kept in order with those of its whole referral, because an event
 * of the referral concerns every child in it.
 */
export function subjectOf(event: string, facts: Readonly<Record<string, unknown>>): string {
  const { referral } = facts
  return typeof referral === 'string' ? referralSubject(referral) : (event.split('.')[0] ?? event)
}

export function referralSubject(referralId: string): string {
  return `referrals/${referralId}`
}
