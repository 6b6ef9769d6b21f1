/** The events that may be recorded. A name here is part of the contract of the log and of later webhooks. */
export const EVENTS = [
  'policy.published',
  'policy.source_kept',
  'policy.drafted',
  'policy.revised',
  'policy.submitted',
  'policy.withdrawn',
  'policy.rejected',
  'policy.approved',
  'policy.retired',
  'referral.received',
  'referral.revised',
  'recommendation.made',
  'decision.recorded',
  'decision.superseded',
] as const
export type EventName = (typeof EVENTS)[number]
