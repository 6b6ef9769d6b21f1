/** Which events are told outside. Every event has to be named here, so that none goes out, or stays in, by oversight. */
import type { EventName } from '../../kernel/event.ts'

/**
 * `within`: steps on the way to something that counts for others only when it is complete, and housekeeping.
 * A decision is told when it is complete: until then its level is not for those outside, nor for a second screener.
 */
const AUDIENCE = {
  'policy.published': 'outside',
  'policy.source_kept': 'within',
  'policy.drafted': 'within',
  'policy.revised': 'within',
  'policy.submitted': 'outside',
  'policy.withdrawn': 'outside',
  'policy.rejected': 'outside',
  'policy.approved': 'outside',
  'policy.retired': 'outside',
  'referral.received': 'outside',
  'referral.revised': 'outside',
  'judgement.recorded': 'within',
  'referral.linked': 'outside',
  'referral.link_judged': 'within',
  'child.match_judged': 'within',
  'child.traits_made': 'within',
  'recommendation.made': 'outside',
  'decision.prepared': 'within',
  'decision.recorded': 'within',
  'decision.superseded': 'within',
  'decision.completed': 'outside',
  'decision.returned': 'within',
  'decision.reconciled': 'within',
  'decision.signed_off': 'within',
  'panel.notified': 'outside',
  'screening.picked_up': 'within',
  'screening.released': 'within',
  'screening.judged': 'within',
  'task.set': 'within',
  'task.finished': 'within',
  'escalation.raised': 'outside',
  'escalation.answered': 'outside',
  'escalation.moved_up': 'outside',
  'escalation.skipped': 'outside',
  'escalation.overdue': 'outside',
  'escalation.closed': 'outside',
  'escalation.withdrawn': 'outside',
  'milestone.recorded': 'outside',
  'clock.overdue': 'outside',
  'help.arranged': 'within',
  'help.updated': 'within',
  'letter.sent': 'outside',
  'letter.delivery_recorded': 'outside',
  'letter.received': 'outside',
  'rehearsal.started': 'within',
  'rehearsal.advanced': 'within',
  'rehearsal.cancelled': 'within',
  'rehearsal.resumed': 'within',
  'rehearsal.completed': 'outside',
  'rehearsal.failed': 'outside',
  'rehearsal.downgrade_accepted': 'within',
  'webhook.added': 'within',
  'webhook.secret_rotated': 'within',
  'webhook.paused': 'within',
  'webhook.resumed': 'within',
  'webhook.removed': 'within',
  'webhook.replayed': 'within',
} as const satisfies Record<EventName, 'outside' | 'within'>

type Outside = { [E in EventName]: (typeof AUDIENCE)[E] extends 'outside' ? E : never }[EventName]

/** What a webhook can be sent and `events` shows. */
export const OUTSIDE_EVENTS = (Object.keys(AUDIENCE) as EventName[]).filter(
  (event): event is Outside => AUDIENCE[event] === 'outside',
)
