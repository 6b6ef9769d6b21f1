import { randomUUID } from 'node:crypto'
import t from 'tap'
import { challenge } from '../support/escalating.ts'
import { completed, decided, recommended } from '../support/flow.ts'
import { inForce, small, submitted } from '../support/policy-flow.ts'
import { acceptance, levelFour, levelThree, levelTwo, low } from '../support/referrals.ts'
import { carriedOut, drafted, LOWERED, started } from '../support/rehearsing.ts'
import { type Request, type Surface, surfacesOf } from '../support/surfaces.ts'
import { type AccountName, type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)

interface Ids {
  readonly referral: string
  readonly recommendation: string
  readonly decision: string
  readonly decider: string
  readonly task: string
  readonly escalation: string
  readonly told: string
  readonly help: string
  readonly letter: string
  readonly rehearsal: string
  readonly rehearsalChild: string
  readonly draft: string
  readonly submission: string
  readonly version: string
  readonly webhook: string
  readonly restriction: string
  readonly grant: string
  readonly conflict: string
  readonly sharing: string
  readonly mark: string
  readonly rule: string
  readonly hold: string
  readonly proposal: string
}

const HELP = {
  help: 'A place in the hub',
  heldBy: 'Hub',
  status: 'offered',
  consent: 'given',
  followUpOn: '2026-12-01',
}
const FEEDBACK = { kind: 'feedback' }
const RESTRICTION = { category: 'other', reason: 'Probing', reviewOn: '2027-01-10' }
const SHARING = {
  outcome: 'shared',
  information: 'Its dates.',
  recipient: 'GP',
  recipientKind: 'health',
  basis: 'consent',
}
const MARK = { audience: 'family', words: 'Elm Street', reason: 'A refuge.' }

/** A restricted referral with what goes with it. */
async function guarded(la: Authority): Promise<Pick<Ids, 'restriction' | 'grant' | 'conflict' | 'sharing' | 'mark'>> {
  const made = async (who: AccountName, operation: string, request: Request) => {
    const { data, text } = await la.call('REST', who, operation, request)
    if (!data) throw new Error(`${operation}: ${text}`)
    return data
  }
  const { referral } = await made('referrer', 'receiveReferral', { body: low() })
  const params = { referralId: referral.id }
  const { sharing } = await made('supervisor', 'recordSharing', { params, body: { ...SHARING, reason: 'To plan.' } })
  const { mark } = await made('supervisor', 'markWithheld', { params, body: MARK })
  const body = { ...RESTRICTION, accounts: [la.accounts.supervisor.id, la.accounts.screener.id] }
  const { restriction } = await made('supervisor', 'restrictReferral', { params, body })
  const broken = { params, body: { reason: 'Probing', minutes: 60 } }
  const { grant } = await made('secondScreener', 'breakGlass', broken)
  const conflict = {
    account: la.accounts.robot.id,
    relationship: 'family',
    child: { scheme: 'nhs', value: '9434765919' },
  }
  const { id } = await made('administrator', 'declareConflict', { body: conflict })
  return { restriction: restriction.id, grant: grant.id, conflict: id, sharing: sharing.id, mark: mark.id }
}

const RULE = {
  ...{ code: 'early-help', class: 'early_help', years: 6, countedFrom: 'last_decision' },
  ...{ legalBasis: 'Limitation Act 1980.', source: 'Schedule, page 1.', note: 'Probing' },
}

/** Years later, when a closed referral is past its time. */
async function later<T>(act: () => Promise<T>): Promise<T> {
  const { now } = world.clock
  world.clock.now = Date.parse('2033-01-10T10:00:00.000Z')
  const result = await act()
  world.clock.now = now
  return result
}

/** A rule, a proposal to destroy a referral when its time has come, and a hold of it. */
async function retained(la: Authority, referralId: string): Promise<Pick<Ids, 'rule' | 'hold' | 'proposal'>> {
  const { rule } = (await la.call('REST', 'administrator', 'setRetentionRule', { body: RULE })).data
  const proposed = await later(() => la.call('REST', 'administrator', 'proposeDisposal', { params: { referralId } }))
  const held = { referral: referralId, inquiry: 'Probing', reason: 'Probing' }
  const { hold } = (await la.call('REST', 'supervisor', 'placeHold', { body: held })).data
  return { rule: rule.id, hold: hold.id, proposal: proposed.data.proposal.id }
}

/** An authority with one of everything. */
async function furnished(): Promise<{ la: Authority; ids: Ids }> {
  const la = await world.authority()
  const on = (...args: Parameters<Authority['call']> extends [Surface, ...infer R] ? R : never) =>
    la.call('REST', ...args)
  const [recommendation] = await recommended(on, levelThree())
  const decision = await decided(on, recommendation)
  const set = await on('screener', 'setTask', {
    params: { referralId: recommendation.referralId },
    body: { task: 'Ring the school nurse.' },
  })
  const params = { referralId: recommendation.referralId }
  const challenged = await on('screener', 'raiseEscalation', { params, body: challenge() })
  const [early] = await recommended(on, levelTwo())
  const told = await completed(on, early, { closing: { help: [HELP] } })
  const { help } = (await on('screener', 'decisionHelp', { params: { decisionId: told.id } })).data
  const sent = await on('screener', 'sendLetter', { params: { referralId: early.referralId }, body: FEEDBACK })
  const rehearsal = await started(on, { draft: await drafted(on, LOWERED) })
  await carriedOut(world, la.id)
  const listed = await on('author', 'rehearsalChildren', { params: { rehearsalId: rehearsal.id } })
  const webhook = await on('administrator', 'addWebhook', {
    body: { url: 'https://receiver.example/', description: 'Case management' },
  })
  const submission = await submitted(on, small('next', '2026-12-01'))
  return {
    la,
    ids: {
      referral: recommendation.referralId,
      recommendation: recommendation.id,
      decision: decision.id,
      decider: decision.decidedBy.accountId,
      task: set.data.task.id,
      escalation: challenged.data.escalation.id,
      told: told.id,
      help: help[0].id,
      letter: sent.data.letter.id,
      rehearsal: rehearsal.id,
      rehearsalChild: listed.data.edges[0].node.id,
      draft: submission.draftId,
      submission: submission.id,
      version: await inForce(on),
      webhook: webhook.data.webhook.id,
      ...(await guarded(la)),
      ...(await retained(la, early.referralId)),
    },
  }
}

const nobody: Ids = {
  referral: randomUUID(),
  recommendation: randomUUID(),
  decision: randomUUID(),
  decider: randomUUID(),
  task: randomUUID(),
  escalation: randomUUID(),
  told: randomUUID(),
  help: randomUUID(),
  letter: randomUUID(),
  rehearsal: randomUUID(),
  rehearsalChild: randomUUID(),
  draft: randomUUID(),
  submission: randomUUID(),
  version: randomUUID(),
  webhook: randomUUID(),
  restriction: randomUUID(),
  grant: randomUUID(),
  conflict: randomUUID(),
  sharing: randomUUID(),
  mark: randomUUID(),
  rule: randomUUID(),
  hold: randomUUID(),
  proposal: randomUUID(),
}

const VIEW = { level: 'L3', indicators: [], reasons: 'Probing' }
const withBody = (params: Record<string, string>, body: object | undefined): Request =>
  body === undefined ? { params } : { params, body }
const HASH = 'f'.repeat(64)
const bytesNamed = { contentHash: HASH, casesHash: HASH }

type Probe = [operation: string, who: AccountName, request: (ids: Ids) => Request]
/** The working day of the front door: what is said of a decision, of a recommendation and of a referral. */
const FRONT_DOOR: Probe[] = [
  ...(
    [
      ['pickUpSecondScreening', 'secondScreener', undefined],
      ['releaseSecondScreening', 'secondScreener', undefined],
      ['judgeSecond', 'secondScreener', { ...VIEW, response: 'family-help' }],
      ['screeningAgreement', 'auditor', undefined],
      ['reconcileDecision', 'supervisor', { stands: true, reasons: 'Probing' }],
      ['returnDecision', 'supervisor', { reasons: 'Probing' }],
      ['signOffDecision', 'supervisor', { notes: 'Probing' }],
    ] as const
  ).map(
    ([operation, who, body]): Probe => [operation, who, ({ decision }) => withBody({ decisionId: decision }, body)],
  ),
  ...(
    [
      ['judge', 'screener', { revision: 1, children: [{ child: 'a', ...VIEW }] }],
      ['judgements', 'screener', undefined],
      ['setTask', 'screener', { task: 'Probing' }],
      ['tasks', 'screener', undefined],
    ] as const
  ).map(
    ([operation, who, body]): Probe => [operation, who, ({ referral }) => withBody({ referralId: referral }, body)],
  ),
  [
    'recordDecisions',
    'supervisor',
    ({ referral, recommendation }) => ({
      params: { referralId: referral },
      body: { decisions: [{ recommendation, level: 'L3', response: 'family-help', rationale: 'Probing' }] },
    }),
  ],
  [
    'prepareDecision',
    'officer',
    ({ recommendation }) => ({
      params: { recommendationId: recommendation },
      body: { level: 'L3', response: 'family-help', rationale: 'Probing' },
    }),
  ],
  ['referralHistory', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  ...(['childMatches', 'childMatchVerdicts'] as const).map(
    (operation): Probe => [operation, 'screener', ({ referral }) => ({ params: { referralId: referral, child: 'a' } })],
  ),
  [
    'judgeChildMatch',
    'screener',
    ({ referral }) => ({
      params: { referralId: referral, child: 'a' },
      body: { otherReferral: referral, otherChild: 'a', verdict: 'same', reason: 'Probing' },
    }),
  ],
  [
    'judgeReferralLink',
    'screener',
    ({ task }) => ({ params: { linkId: task }, body: { verdict: 'confirmed', reason: 'Probing' } }),
  ],
  ['decisionProposals', 'auditor', ({ recommendation }) => ({ params: { recommendationId: recommendation } })],
  [
    'finishTask',
    'screener',
    ({ task }) => ({ params: { taskId: task }, body: { outcome: 'done', result: 'Probing' } }),
  ],
]

/** Every operation that takes an id, with what else it needs. */
const PROBES: Probe[] = [
  ['referral', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  ['referralRevisions', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  ['referralRecommendations', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  ['recommendReferral', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  [
    'reviseReferral',
    'screener',
    ({ referral }) => ({
      params: { referralId: referral },
      body: { basedOn: 1, reason: 'Probing', content: levelFour() },
    }),
  ],
  ['recommendation', 'screener', ({ recommendation }) => ({ params: { recommendationId: recommendation } })],
  [
    'recommendationExplanation',
    'screener',
    ({ recommendation }) => ({ params: { recommendationId: recommendation, audience: 'screener' } }),
  ],
  ['replayRecommendation', 'auditor', ({ recommendation }) => ({ params: { recommendationId: recommendation } })],
  [
    'recordDecision',
    'supervisor',
    ({ recommendation }) => ({
      params: { recommendationId: recommendation },
      body: { level: 'L3', response: 'section-17-assessment', rationale: 'Probing' },
    }),
  ],
  [
    'recordDecision',
    'supervisor',
    ({ recommendation, decision }) => ({
      params: { recommendationId: recommendation },
      body: { level: 'L3', response: 'family-help', rationale: 'Probing', supersedes: decision },
    }),
  ],
  ['decision', 'auditor', ({ decision }) => ({ params: { decisionId: decision } })],
  ...FRONT_DOOR,
  ['raiseEscalation', 'screener', ({ referral }) => ({ params: { referralId: referral }, body: challenge() })],
  ['escalation', 'auditor', ({ escalation }) => ({ params: { escalationId: escalation } })],
  ['escalations', 'auditor', ({ referral }) => ({ params: { referral } })],
  ...(
    [
      ['answerEscalation', { stage: 1, as: 'Probing', outcome: 'upheld', reasons: 'Probing' }],
      ['moveEscalationUp', { stage: 1, reasons: 'Probing' }],
      ['skipEscalation', { stage: 1, to: 2, reasons: 'Probing' }],
      ['closeEscalation', { stage: 1, accepted: true, notes: 'Probing' }],
      ['withdrawEscalation', { reasons: 'Probing' }],
    ] as const
  ).map(
    ([operation, body]): Probe => [
      operation,
      'supervisor',
      ({ escalation }) => ({ params: { escalationId: escalation }, body }),
    ],
  ),
  ['policyDraft', 'auditor', ({ draft }) => ({ params: { draftId: draft } })],
  ['policyDraftRevisions', 'auditor', ({ draft }) => ({ params: { draftId: draft } })],
  ['policyDraftFiles', 'auditor', ({ draft }) => ({ params: { draftId: draft } })],
  ['checkPolicyDraft', 'auditor', ({ draft }) => ({ params: { draftId: draft, revision: 1 } })],
  ['policyDiff', 'auditor', ({ draft }) => ({ params: { draft } })],
  ['policyDiff', 'auditor', ({ version }) => ({ params: { to: version } })],
  ['createPolicyDraft', 'author', ({ version }) => ({ body: { fromVersion: version } })],
  [
    'revisePolicyDraft',
    'author',
    ({ draft }) => ({ params: { draftId: draft }, body: { basedOn: 1, reason: 'Probing', files: { policy: 'a: 1' } } }),
  ],
  ['submitPolicyDraft', 'author', ({ draft }) => ({ params: { draftId: draft }, body: { revision: 1 } })],
  ['policySubmission', 'auditor', ({ submission }) => ({ params: { submissionId: submission } })],
  ['policySubmissionReviews', 'auditor', ({ submission }) => ({ params: { submissionId: submission } })],
  ...(['withdrawPolicySubmission', 'rejectPolicySubmission'] as const).map(
    (operation): Probe => [
      operation,
      operation.startsWith('withdraw') ? 'author' : 'approver',
      ({ submission }) => ({ params: { submissionId: submission }, body: { reason: 'Probing' } }),
    ],
  ),
  ...(['approvePolicySubmission', 'publishPolicy'] as const).map(
    (operation): Probe => [
      operation,
      'approver',
      ({ submission }) => ({ params: { submissionId: submission }, body: bytesNamed }),
    ],
  ),
  [
    'publishPolicyHotfix',
    'approver',
    ({ submission, version }) => ({
      params: { submissionId: submission },
      body: { ...bytesNamed, supersedes: version, reason: 'Probing' },
    }),
  ],
  ['arrangeHelp', 'screener', ({ told }) => ({ params: { decisionId: told }, body: HELP })],
  [
    'updateHelp',
    'screener',
    ({ help }) => ({ params: { helpId: help }, body: { status: 'secured', notes: 'Probing' } }),
  ],
  ['help', 'auditor', ({ help }) => ({ params: { helpId: help } })],
  ['decisionHelp', 'auditor', ({ told }) => ({ params: { decisionId: told } })],
  ['letterPreview', 'screener', ({ referral }) => ({ params: { referralId: referral, ...FEEDBACK } })],
  ['sendLetter', 'screener', ({ referral }) => ({ params: { referralId: referral }, body: FEEDBACK })],
  ['letter', 'screener', ({ letter }) => ({ params: { letterId: letter } })],
  [
    'recordDelivery',
    'system',
    ({ letter }) => ({ params: { letterId: letter }, body: { means: 'post', outcome: 'delivered' } }),
  ],
  ['confirmLetter', 'referrer', ({ letter }) => ({ params: { letterId: letter } })],
  ['decisions', 'auditor', ({ referral }) => ({ params: { referral } })],
  ['decisions', 'auditor', ({ decider }) => ({ params: { decider } })],
  ['rehearsal', 'auditor', ({ rehearsal }) => ({ params: { rehearsalId: rehearsal } })],
  ['cancelRehearsal', 'author', ({ rehearsal }) => ({ params: { rehearsalId: rehearsal } })],
  ['resumeRehearsal', 'author', ({ rehearsal }) => ({ params: { rehearsalId: rehearsal } })],
  ['rehearsalResult', 'author', ({ rehearsal }) => ({ params: { rehearsalId: rehearsal } })],
  ['rehearsalChildren', 'author', ({ rehearsal }) => ({ params: { rehearsalId: rehearsal } })],
  [
    'acceptDowngrade',
    'approver',
    ({ rehearsal, rehearsalChild }) => ({
      params: { rehearsalId: rehearsal, rehearsalChildId: rehearsalChild },
      body: { reason: 'Probing' },
    }),
  ],
  [
    'compareReferral',
    'supervisor',
    ({ referral }) => ({ params: { referralId: referral, policy: 'northmoor', version: '2026-04' } }),
  ],
  ['clocks', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  ['milestones', 'screener', ({ referral }) => ({ params: { referralId: referral } })],
  [
    'recordMilestone',
    'screener',
    ({ referral }) => ({
      params: { referralId: referral },
      body: { kind: 'seen', child: 'a', happenedAt: '2026-11-24T10:00:00.000Z' },
    }),
  ],
  ['queue', 'screener', ({ referral }) => ({ params: { referral } })],
  ...(
    [
      'webhook',
      'webhookDeliveries',
      'webhookAttempts',
      'rotateWebhookSecret',
      'pauseWebhook',
      'resumeWebhook',
      'removeWebhook',
    ] as const
  ).map((operation): Probe => [operation, 'administrator', ({ webhook }) => ({ params: { webhookId: webhook } })]),
  [
    'replayWebhook',
    'administrator',
    ({ webhook }) => ({ params: { webhookId: webhook }, body: { state: 'delivered' } }),
  ],
  ['decisionConsent', 'auditor', ({ decision }) => ({ params: { decisionId: decision } })],
  [
    'restrictReferral',
    'supervisor',
    ({ referral }) => ({
      params: { referralId: referral },
      body: { ...RESTRICTION, accounts: [own.la.accounts.supervisor.id] },
    }),
  ],
  ['restriction', 'supervisor', ({ restriction }) => ({ params: { restrictionId: restriction } })],
  [
    'liftRestriction',
    'supervisor',
    ({ restriction }) => ({ params: { restrictionId: restriction }, body: { reason: 'Probing' } }),
  ],
  [
    'breakGlass',
    'screener',
    ({ referral }) => ({ params: { referralId: referral }, body: { reason: 'Probing', minutes: 5 } }),
  ],
  [
    'reviewBreakGlass',
    'supervisor',
    ({ grant }) => ({ params: { grantId: grant }, body: { outcome: 'justified', note: 'Probing' } }),
  ],
  [
    'withdrawConflict',
    'supervisor',
    ({ conflict }) => ({ params: { conflictId: conflict }, body: { reason: 'Probing' } }),
  ],
  [
    'recordConsent',
    'screener',
    ({ referral }) => ({
      params: { referralId: referral },
      body: {
        ...{ child: 'a', response: 'early-help-assessment', state: 'given', by: 'mother', manner: 'telephone' },
        statedOn: '2026-11-24',
      },
    }),
  ],
  [
    'recordSharing',
    'supervisor',
    ({ referral }) => ({ params: { referralId: referral }, body: { ...SHARING, reason: 'Probing' } }),
  ],
  ['sharingDecision', 'supervisor', ({ sharing }) => ({ params: { sharingId: sharing } })],
  ['markWithheld', 'supervisor', ({ referral }) => ({ params: { referralId: referral }, body: MARK })],
  ['liftSharingMark', 'supervisor', ({ mark }) => ({ params: { markId: mark }, body: { reason: 'Probing' } })],
  ['withdrawRetentionRule', 'administrator', ({ rule }) => ({ params: { ruleId: rule }, body: { reason: 'Probing' } })],
  [
    'classifyForRetention',
    'supervisor',
    ({ referral }) => ({
      params: { referralId: referral },
      body: { child: 'a', class: 'looked_after', reason: 'Probing' },
    }),
  ],
  [
    'placeHold',
    'administrator',
    ({ referral }) => ({ params: {}, body: { referral, inquiry: 'Probing', reason: 'Probing' } }),
  ],
  ['releaseHold', 'supervisor', ({ hold }) => ({ params: { holdId: hold }, body: { reason: 'Probing' } })],
  ['proposeDisposal', 'administrator', ({ referral }) => ({ params: { referralId: referral } })],
  [
    'disposeReferral',
    'supervisor',
    ({ proposal }) => ({ params: { proposalId: proposal }, body: { reference: 'ABCDE-FGHJK' } }),
  ],
  ...(['legalHolds', 'disposalProposals', 'disposals'] as const).map(
    (operation): Probe => [operation, 'auditor', ({ referral }) => ({ params: { referral } })],
  ),
  ['subjectAccess', 'supervisor', ({ referral }) => ({ params: { referralId: referral, child: 'a' } })],
]

/** A list of what is not there is empty. */
const LISTS: readonly string[] = [
  ...['decisions', 'escalations', 'queue', 'events', 'letters', 'lettersDue'],
  ...['legalHolds', 'disposalProposals', 'disposals'],
]

const own = await furnished()
const other = await furnished()

/** The answer as it went over the wire, without what tells two requests apart. */
function bytes({ status, headers, text }: { status: number; headers: object; text: string }): string {
  const { 'x-request-id': _, date: __, ...rest } = headers as Record<string, unknown>
  return JSON.stringify({ status, rest, text: text.replaceAll(/"traceId":"[^"]*"/g, '"traceId":""') })
}

for (const surface of surfacesOf('isolation')) {
  t.test(`what is another authority’s is answered, byte for byte, as what does not exist (${surface})`, async (t) => {
    const before = await world.counts()
    for (const [operation, who, request] of PROBES) {
      const foreign = await own.la.call(surface, who, operation, request(other.ids))
      const missing = await own.la.call(surface, who, operation, request(nobody))
      t.equal(bytes(foreign), bytes(missing), operation)
      if (LISTS.includes(operation)) t.strictSame(foreign.data?.edges, [], `${operation}: none`)
      else t.match(foreign, { status: 404, code: 'not_found', data: null }, operation)
      t.notMatch(foreign.text, other.ids.referral, `${operation}: no id of theirs`)
    }
    t.strictSame(await world.counts(), before, 'and nothing was stored')
  })

  t.test(`lists hold nothing of another authority (${surface})`, async (t) => {
    for (const [operation, who] of [
      ['referrals', 'screener'],
      ['decisions', 'auditor'],
      ['escalations', 'auditor'],
      ['queue', 'screener'],
      ['letters', 'screener'],
      ['lettersDue', 'screener'],
      ['policies', 'screener'],
      ['auditEntries', 'auditor'],
      ['policyDrafts', 'auditor'],
      ['policySubmissions', 'auditor'],
      ['webhooks', 'auditor'],
      ['restrictions', 'supervisor'],
      ['retentionRules', 'auditor'],
      ['legalHolds', 'auditor'],
      ['disposalProposals', 'auditor'],
      ['breakGlassGrants', 'supervisor'],
      ['conflicts', 'administrator'],
      ['sharingDecisions', 'supervisor'],
      ['sharingMarks', 'supervisor'],
      ['events', 'auditor'],
    ] as const) {
      const { data, text } = await own.la.call(surface, who, operation, {})
      t.ok(data.edges.length > 0, operation)
      for (const id of [...Object.values(other.ids), other.la.id, other.la.code]) t.notMatch(text, id, operation)
    }
    const due = await later(() => own.la.call(surface, 'administrator', 'retentionDue', {}))
    t.ok(due.data.edges.length > 0, 'something is due')
    for (const id of Object.values(other.ids)) t.notMatch(due.text, id, 'retentionDue')
  })

  t.test(`a cursor of another authority leads to nothing of theirs (${surface})`, async (t) => {
    const { data } = await other.la.call(surface, 'screener', 'referrals', {})
    const page = await own.la.call(surface, 'screener', 'referrals', { params: { after: data.pageInfo.endCursor } })
    t.notMatch(page.text, other.ids.referral)
  })

  t.test(`a policy is the own one, by name, by date and by hash (${surface})`, async (t) => {
    const la = await world.authority('saltmere/2026-01')
    const params = { policy: 'northmoor', version: '2026-04' }
    t.match(await la.call(surface, 'screener', 'policyVersion', { params }), { status: 404, code: 'not_found' })
    const scored = await la.call(surface, 'screener', 'scoreReferral', { params, body: low() })
    t.match(scored, { status: 404, code: 'not_found' })
    const inForce = await la.call(surface, 'screener', 'policyInForce', {})
    t.match(inForce.data, { policy: 'saltmere' })
  })

  t.test(`a token works for its own authority alone (${surface})`, async (t) => {
    const strangers = [
      await own.la.token(other.la.accounts.screener.subject),
      await other.la.token(own.la.accounts.screener.subject),
      await own.la.token(randomUUID()),
    ]
    for (const token of strangers) {
      const account = { id: '', subject: '', token }
      const request = { params: { referralId: own.ids.referral } }
      t.match(await own.la.call(surface, account, 'referral', request), { status: 401, code: 'unauthenticated' })
    }
  })
}

t.test('every operation that takes an id of a record was probed', async (t) => {
  const { operations } = await import('../../src/features/index.ts')
  const taking = operations.filter(({ params }) => Object.keys(params).some((name) => name.endsWith('Id')))
  for (const { name } of taking)
    t.ok(
      PROBES.some(([probed]) => probed === name),
      name,
    )
})

t.test('another authority’s Idempotency-Key is not known here', async (t) => {
  const key = randomUUID()
  const bodies = [low(), levelThree()]
  for (const [i, la] of [own.la, other.la].entries()) {
    const { status, headers } = await la.rest('referrer', 'POST', '/v1/referrals', bodies[i], {
      'idempotency-key': key,
    })
    t.match({ status, replayed: headers['idempotent-replayed'] }, { status: 201, replayed: 'false' })
  }
})

t.test('the audit verification of one says nothing of the other', async (t) => {
  const verify = async (la: Authority) => (await la.rest('auditor', 'GET', '/v1/audit/verification')).body
  const before = await verify(own.la)
  const [recommendation] = await recommended((...args) => other.la.call('REST', ...args), low())
  await other.la.rest(
    'supervisor',
    'POST',
    `/v1/recommendations/${recommendation.id}/decision`,
    acceptance(recommendation),
  )
  t.strictSame(await verify(own.la), before)
  t.equal(before.isIntact, true)
})
