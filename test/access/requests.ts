/**
 * How each operation is asked in an authority that has one of everything: with every id that it can take, in path, query
 * and body. A new operation needs a line here and one in operations.json; the tests print what is missing.
 */
import { challenge } from '../support/escalating.ts'
import { SMALL } from '../support/policies.ts'
import { levelFour, low } from '../support/referrals.ts'
import { draftFiles } from '../support/rehearsing.ts'
import type { Request } from '../support/surfaces.ts'
import type { AccountName } from '../support/world.ts'
import { FEEDBACK, HELP, type Ids, MARK, RESTRICTION, RULE, SEEN, SHARING } from './ground.ts'

/** Somebody who may, and what they send. */
export interface Asked {
  readonly who: AccountName
  ask(ids: Ids): Request
}

const HASH = 'f'.repeat(64)
const BYTES = { contentHash: HASH, casesHash: HASH }
const VIEW = { level: 'L3', indicators: [], reasons: 'Probing' }
const CHOICE = { level: 'L3', response: 'family-help', rationale: 'Probing' }
const REASON = { reason: 'Probing' }
const NORTHMOOR = { policy: 'northmoor', version: '2026-04' }

const by = (who: AccountName, ask: Asked['ask'] = () => ({})): Asked => ({ who, ask })
/** An operation on one thing, named in its path or query, with a body that may name others. */
const on =
  (param: string, kind: string) =>
  (who: AccountName, body?: object | ((ids: Ids) => object), more: object = {}): Asked =>
    by(who, (ids) => {
      const params = { [param]: ids[kind], ...more }
      return body === undefined ? { params } : { params, body: typeof body === 'function' ? body(ids) : body }
    })
const onReferral = on('referralId', 'referral')
const onTwin = on('referralId', 'twin')
const onRecommendation = on('recommendationId', 'recommendation')
const onDecision = on('decisionId', 'decision')
const onEscalation = on('escalationId', 'escalation')
const onDraft = on('draftId', 'draft')
const onSubmission = on('submissionId', 'submission')
const onRehearsal = on('rehearsalId', 'rehearsal')
const onWebhook = on('webhookId', 'webhook')
const onRestriction = on('restrictionId', 'restriction')
const onAccount = on('accountId', 'account')
const onConflict = on('conflictId', 'conflict')
const listed = (who: AccountName, ...filters: readonly (readonly [param: string, kind: string])[]): Asked[] => [
  by(who),
  ...filters.map(([param, kind]) => on(param, kind)(who)),
]
const OF_REFERRAL = ['referral', 'referral'] as const

const FRONT_DOOR: Record<string, readonly Asked[]> = {
  scoreReferral: [by('screener', () => ({ body: low() }))],
  scoreExplanation: [by('screener', () => ({ params: { audience: 'screener' }, body: low() }))],
  receiveReferral: [by('referrer', () => ({ body: low() }))],
  reviseReferral: [onReferral('screener', { basedOn: 1, reason: 'Probing', content: levelFour() })],
  referral: [onReferral('screener')],
  referrals: listed('screener'),
  referralRevisions: [onReferral('screener')],
  referralHistory: [onReferral('screener')],
  childMatches: [onReferral('screener', undefined, { child: 'a' })],
  judgeChildMatch: [
    onTwin(
      'screener',
      ({ referral }) => ({ otherReferral: referral, otherChild: 'a', verdict: 'different', reason: 'Probing' }),
      { child: 'a' },
    ),
  ],
  childMatchVerdicts: [onReferral('screener', undefined, { child: 'a' })],
  referralLinks: listed('screener', ['referral', 'twin']),
  judgeReferralLink: [on('linkId', 'link')('screener', { verdict: 'confirmed', reason: 'Probing' })],
  recommendReferral: [onReferral('screener')],
  referralRecommendations: [onReferral('screener')],
  recommendation: [onRecommendation('screener')],
  replayRecommendation: [onRecommendation('auditor')],
  recommendationExplanation: [onRecommendation('screener', undefined, { audience: 'screener' })],
  judge: [onReferral('screener', { revision: 1, children: [{ child: 'a', ...VIEW }] })],
  judgements: [onReferral('screener')],
  prepareDecision: [onRecommendation('officer', CHOICE)],
  decisionProposals: [on('recommendationId', 'proposed')('auditor')],
  recordDecision: [
    onRecommendation('supervisor', ({ decision }) => ({ ...CHOICE, supersedes: decision })),
    on('recommendationId', 'proposed')('supervisor', ({ proposal }) => ({ ...CHOICE, proposal })),
  ],
  recordDecisions: [
    onReferral('supervisor', ({ recommendation, decision }) => ({
      decisions: [{ recommendation, ...CHOICE, supersedes: decision }],
    })),
    onTwin('supervisor', ({ proposed, proposal }) => ({
      decisions: [{ recommendation: proposed, ...CHOICE, proposal }],
    })),
  ],
  decision: [onDecision('auditor')],
  decisionConsent: [onDecision('auditor')],
  decisions: listed('auditor', OF_REFERRAL, ['decider', 'decider']),
  pickUpSecondScreening: [onDecision('secondScreener')],
  releaseSecondScreening: [onDecision('secondScreener')],
  judgeSecond: [onDecision('secondScreener', { ...VIEW, response: 'family-help' })],
  screeningAgreement: [onDecision('auditor')],
  reconcileDecision: [onDecision('secondSupervisor', { stands: true, reasons: 'Probing' })],
  returnDecision: [onDecision('secondSupervisor', { reasons: 'Probing' })],
  signOffDecision: [onDecision('secondSupervisor', { notes: 'Probing' })],
  setTask: [onReferral('screener', { task: 'Probing' })],
  finishTask: [on('taskId', 'task')('screener', { outcome: 'done', result: 'Probing' })],
  tasks: [onReferral('screener')],
  queue: listed('screener', OF_REFERRAL),
  queueCounts: listed('screener'),
  clocks: [onReferral('screener')],
  recordMilestone: [onReferral('screener', ({ milestone }) => ({ ...SEEN, corrects: milestone }))],
  milestones: [onReferral('screener')],
}

const AFTERWARDS: Record<string, readonly Asked[]> = {
  raiseEscalation: [onReferral('screener', ({ decision }) => challenge({ child: 'a', decision }))],
  answerEscalation: [
    onEscalation('supervisor', ({ told }) => ({
      ...{ stage: 1, as: 'Probing', outcome: 'upheld', reasons: 'Probing', newDecision: told },
    })),
  ],
  moveEscalationUp: [onEscalation('supervisor', { stage: 1, reasons: 'Probing' })],
  skipEscalation: [onEscalation('supervisor', { stage: 1, to: 2, reasons: 'Probing' })],
  closeEscalation: [onEscalation('supervisor', { stage: 1, accepted: true, notes: 'Probing' })],
  withdrawEscalation: [onEscalation('supervisor', { reasons: 'Probing' })],
  escalation: [onEscalation('auditor')],
  escalations: listed('auditor', OF_REFERRAL),
  arrangeHelp: [on('decisionId', 'told')('screener', HELP)],
  updateHelp: [on('helpId', 'help')('screener', { status: 'secured', notes: 'Probing' })],
  help: [on('helpId', 'help')('auditor')],
  decisionHelp: [on('decisionId', 'told')('auditor')],
  helpFollowUps: listed('auditor', OF_REFERRAL),
  nothingSecured: listed('auditor'),
  letterPreview: [onReferral('screener', undefined, FEEDBACK)],
  sendLetter: [onReferral('screener', FEEDBACK)],
  letter: [on('letterId', 'letter')('screener')],
  letters: listed('screener', OF_REFERRAL),
  lettersDue: listed('screener', OF_REFERRAL),
  recordDelivery: [on('letterId', 'letter')('system', { means: 'post', outcome: 'delivered' })],
  confirmLetter: [on('letterId', 'letter')('referrer')],
  restrictReferral: [
    on('referralId', 'guarded')('supervisor', ({ colleague, restriction }) => ({
      ...{ ...RESTRICTION, accounts: [colleague], replaces: restriction },
    })),
  ],
  liftRestriction: [onRestriction('supervisor', REASON)],
  restriction: [onRestriction('supervisor')],
  restrictions: listed('supervisor', ['referral', 'guarded']),
  restrictionNotice: [on('reference', 'reference')('screener')],
  breakGlass: [on('referralId', 'guarded')('screener', { reason: 'Probing', minutes: 5 })],
  reviewBreakGlass: [on('grantId', 'grant')('supervisor', { outcome: 'justified', note: 'Probing' })],
  breakGlassGrants: listed('supervisor', ['referral', 'guarded'], ['account', 'colleague']),
  declareConflict: [
    by('administrator', ({ robot, twin }) => ({ body: { account: robot, relationship: 'family', referral: twin } })),
  ],
  withdrawConflict: [onConflict('supervisor', REASON)],
  conflicts: listed('administrator', ['account', 'robot']),
  recordConsent: [
    onReferral('screener', {
      ...{ child: 'a', response: 'early-help-assessment', state: 'given', by: 'mother', manner: 'telephone' },
      statedOn: '2026-11-24',
    }),
  ],
  consents: listed('auditor', OF_REFERRAL),
  recordSharing: [
    on('referralId', 'guarded')('supervisor', ({ sharing }) => ({ ...SHARING, ...REASON, supersedes: sharing })),
  ],
  sharingDecision: [on('sharingId', 'sharing')('supervisor')],
  sharingDecisions: listed('supervisor', ['referral', 'guarded'], ['decider', 'decider']),
  markWithheld: [onReferral('supervisor', MARK)],
  liftSharingMark: [on('markId', 'mark')('supervisor', REASON)],
  sharingMarks: listed('supervisor', ['referral', 'guarded']),
}

const RULES: Record<string, readonly Asked[]> = {
  policies: listed('screener', ['author', 'colleague']),
  policyVersion: [by('screener', () => ({ params: NORTHMOOR }))],
  policyVersionFiles: [by('screener', () => ({ params: NORTHMOOR }))],
  policyInForce: listed('screener'),
  checkPolicy: [by('author', () => ({ body: { policy: SMALL } }))],
  createPolicyDraft: [
    by('author', ({ version }) => ({ body: { fromVersion: version } })),
    by('author', () => ({ body: { files: { policy: draftFiles().policy } } })),
  ],
  revisePolicyDraft: [onDraft('author', { basedOn: 1, reason: 'Probing', files: { policy: 'a: 1' } })],
  policyDraft: [onDraft('auditor')],
  policyDrafts: listed('auditor', ['author', 'colleague']),
  policyDraftRevisions: [onDraft('auditor')],
  policyDraftFiles: [onDraft('auditor')],
  checkPolicyDraft: [onDraft('auditor', undefined, { revision: 1 })],
  submitPolicyDraft: [onDraft('author', { revision: 1 })],
  withdrawPolicySubmission: [onSubmission('author', REASON)],
  policySubmission: [onSubmission('auditor')],
  policySubmissions: listed('auditor', ['author', 'colleague']),
  approvePolicySubmission: [onSubmission('approver', BYTES)],
  rejectPolicySubmission: [onSubmission('approver', REASON)],
  policySubmissionReviews: [onSubmission('auditor')],
  publishPolicy: [onSubmission('approver', ({ version }) => ({ ...BYTES, supersedes: version }))],
  publishPolicyHotfix: [onSubmission('approver', ({ version }) => ({ ...BYTES, supersedes: version, ...REASON }))],
  retirePolicy: [by('approver', () => ({ params: NORTHMOOR, body: { from: '2027-06-01', ...REASON } }))],
  policyDiff: [
    by('auditor', ({ version }) => ({ params: { from: version, to: version } })),
    by('auditor', ({ draft }) => ({ params: { draft } })),
  ],
  startRehearsal: [by('author', ({ draft }) => ({ body: { draft } }))],
  rehearsal: [onRehearsal('auditor')],
  rehearsals: listed('auditor', ['draft', 'draft']),
  cancelRehearsal: [onRehearsal('author')],
  resumeRehearsal: [onRehearsal('author')],
  rehearsalResult: [onRehearsal('author')],
  rehearsalChildren: [onRehearsal('author')],
  acceptDowngrade: [
    by('approver', ({ rehearsal, rehearsalChild }) => ({
      params: { rehearsalId: rehearsal, rehearsalChildId: rehearsalChild },
      body: REASON,
    })),
  ],
  compareReferral: [
    by('supervisor', ({ referral, draft }) => ({ params: { referralId: referral, draft } })),
    onReferral('supervisor', undefined, NORTHMOOR),
  ],
}

const SERVICE: Record<string, readonly Asked[]> = {
  events: listed('auditor', OF_REFERRAL),
  addWebhook: [by('administrator', () => ({ body: { url: 'https://receiver.example/2', description: 'Probing' } }))],
  webhook: [onWebhook('administrator')],
  webhooks: listed('administrator'),
  rotateWebhookSecret: [onWebhook('administrator')],
  pauseWebhook: [onWebhook('administrator')],
  resumeWebhook: [onWebhook('administrator')],
  removeWebhook: [onWebhook('administrator')],
  webhookDeliveries: [
    onWebhook('administrator'),
    by('administrator', ({ webhook, referral }) => ({ params: { webhookId: webhook, referral } })),
  ],
  webhookAttempts: [onWebhook('administrator')],
  replayWebhook: [onWebhook('administrator', { state: 'delivered' })],
  webhookBacklog: listed('administrator'),
  setRetentionRule: [by('administrator', () => ({ body: RULE }))],
  withdrawRetentionRule: [on('ruleId', 'rule')('administrator', REASON)],
  retentionRules: listed('auditor'),
  classifyForRetention: [onReferral('supervisor', { child: 'a', class: 'looked_after', ...REASON })],
  retentionDue: listed('administrator'),
  placeHold: [by('administrator', ({ referral }) => ({ body: { referral, inquiry: 'Probing', ...REASON } }))],
  releaseHold: [on('holdId', 'hold')('supervisor', REASON)],
  legalHolds: listed('auditor', OF_REFERRAL),
  proposeDisposal: [on('referralId', 'closed')('administrator')],
  disposeReferral: [on('proposalId', 'disposal')('supervisor', { reference: 'ABCDE-FGHJK' })],
  disposalProposals: listed('auditor', OF_REFERRAL),
  disposals: listed('auditor', OF_REFERRAL),
  subjectAccess: [onReferral('supervisor', undefined, { child: 'a' })],
  createAccount: [
    by('administrator', () => ({ body: { subject: 'probe@example', displayName: 'Probing', kind: 'human' } })),
  ],
  account: [onAccount('auditor')],
  accounts: listed('auditor'),
  accountChanges: [onAccount('auditor')],
  grantRole: [onAccount('administrator', { role: 'referrer', ...REASON })],
  revokeRole: [onAccount('administrator', REASON, { role: 'referrer' })],
  setQualification: [onAccount('administrator', { qualification: 'social_work', registration: 'SW12345', ...REASON })],
  withdrawQualification: [onAccount('administrator', REASON)],
  disableAccount: [onAccount('administrator', REASON)],
  enableAccount: [onAccount('administrator', REASON)],
  renameAccount: [onAccount('administrator', { displayName: 'Probing', ...REASON })],
  decisionEvidence: [onDecision('auditor')],
  auditEntries: listed('auditor'),
  accessEntries: listed('auditor', OF_REFERRAL, ['actor', 'colleague']),
  auditVerification: listed('auditor'),
  auditStatus: listed('auditor'),
  auditCheckpoints: listed('referrer'),
  auditInclusion: [by('referrer', () => ({ params: { position: 0 } }))],
  auditConsistency: [by('referrer', () => ({ params: { from: 1 } }))],
  me: listed('screener'),
}

export const REQUESTS: Readonly<Record<string, readonly Asked[]>> = {
  ...FRONT_DOOR,
  ...AFTERWARDS,
  ...RULES,
  ...SERVICE,
}
