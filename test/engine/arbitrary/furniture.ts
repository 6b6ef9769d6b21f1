/** The parts of a policy that random policies do not vary. */
export const CONTROL = {
  title: 'Random',
  authority: 'Testshire',
  version: '1',
  owner: 'Tests',
  changeReason: 'Chance.',
  approved: '2026-01-01',
  effective: '2026-01-01',
  reviewDue: '2027-01-01',
}

const clock = { label: 'One day', workingDays: 1, from: 'referral_received' }
const said = { label: 'Response', legalBasis: 'Law', lead: 'Somebody', nextSteps: ['Go.'] }

/** Most serious first. */
export const RESPONSES = [
  {
    code: 'PROTECT',
    type: 'immediate_protection',
    ...said,
    clock: { label: 'At once', hours: 1, from: 'referral_received' },
    urgency: 'now',
    consent: { rule: 'not_required' },
  },
  { code: 'STRATEGY', type: 'strategy_discussion', ...said, clock, consent: { rule: 'inform_unless_risk' } },
  {
    code: 'ASSESS',
    type: 'section_17_assessment',
    ...said,
    statutoryClock: 'assessment',
    consent: { rule: 'sought_unless_risk' },
  },
  { code: 'EARLY', type: 'early_help_assessment', ...said, clock, consent: { rule: 'required' } },
  { code: 'ADVICE', type: 'information_advice', ...said, statutoryClock: 'decision', consent: { rule: 'required' } },
  { code: 'REDIRECT', type: 'redirect', ...said, statutoryClock: 'decision', consent: { rule: 'not_required' } },
  { code: 'REVIEW', type: 'human_review', ...said, statutoryClock: 'decision', consent: { rule: 'not_required' } },
]

export const OVERSIGHT = {
  blindFirst: true,
  decision: { qualification: 'social_work', role: 'Manager', withinWorkingDays: 1 },
  secondScreening: { responses: ['STRATEGY'], randomPercent: 5 },
  signOff: { responses: ['STRATEGY'], withinWorkingDays: 1 },
  overrideReasons: [{ code: 'other', label: 'Other' }],
  escalation: [{ stage: 1, role: 'Manager', withinWorkingDays: 1 }],
  moderation: { frequency: 'monthly', sample: 5 },
}
