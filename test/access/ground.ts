/** Two authorities with one of everything, and ids that are nobody's: what every request across authorities is made of. */
import { randomBytes, randomUUID } from 'node:crypto'
import { provideAccount } from '../../src/features/identity/provision.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import { challenge } from '../support/escalating.ts'
import { completed, decided, received, recommended } from '../support/flow.ts'
import { inForce, small, submitted } from '../support/policy-flow.ts'
import { child, levelThree, levelTwo, low, referral } from '../support/referrals.ts'
import { carriedOut, drafted, LOWERED, started } from '../support/rehearsing.ts'
import type { Call, Json, Request } from '../support/surfaces.ts'
import type { Account, AccountName, Authority, World } from '../support/world.ts'

export const HELP = {
  help: 'A place in the hub',
  heldBy: 'Hub',
  status: 'offered',
  consent: 'given',
  followUpOn: '2026-12-01',
}
export const FEEDBACK = { kind: 'feedback' }
export const RESTRICTION = { category: 'other', reason: 'Probing', reviewOn: '2027-01-10' }
export const SHARING = {
  outcome: 'shared',
  information: 'Its dates.',
  recipient: 'GP',
  recipientKind: 'health',
  basis: 'consent',
}
export const MARK = { audience: 'family', words: 'Elm Street', reason: 'A refuge.' }
export const SEEN = { kind: 'seen', child: 'a', happenedAt: '2026-11-24T10:00:00.000Z' }

/** What an authority has, each by a name: a new kind of record is added here and named in requests.ts. */
export const KINDS = [
  ...[
    'referral',
    'twin',
    'link',
    'recommendation',
    'proposed',
    'proposal',
    'decision',
    'decider',
    'colleague',
    'robot',
  ],
  ...[
    'task',
    'milestone',
    'escalation',
    'told',
    'help',
    'letter',
    'closed',
    'rehearsal',
    'rehearsalChild',
    'draft',
    'submission',
  ],
  ...['rule', 'hold', 'disposal', 'account'],
  ...['version', 'webhook', 'guarded', 'reference', 'restriction', 'grant', 'conflict', 'sharing', 'mark'],
] as const
export type Ids = Readonly<Record<string, string>>

export interface Furnished {
  readonly la: Authority
  readonly ids: Ids
  readonly on: Call
}

/** Ids, and a reference, of what does not exist anywhere. */
export const nobody: Ids = Object.fromEntries(
  KINDS.map((kind) => [kind, kind === 'reference' ? 'R-0000-0000' : randomUUID()]),
)

type Does = (who: AccountName, operation: string, request: Request) => Promise<Json>

function doing(on: Call): Does {
  return async (who, operation, request) => {
    const { data, text } = await on(who, operation, request)
    if (!data) throw new Error(`${operation}: ${text}`)
    return data
  }
}

export async function furnished(world: World): Promise<Furnished> {
  const la = await world.authority()
  const on: Call = (who, operation, request) => la.call('REST', who, operation, request)
  const does = doing(on)
  const ids: Record<string, string> = {
    colleague: la.accounts.supervisor.id,
    robot: la.accounts.robot.id,
    ...(await screened(on, does)),
    ...(await related(on, does)),
    ...(await guarded(la, does)),
    ...(await ruled(world, { la, on, does })),
  }
  Object.assign(ids, await kept(world, ids, does), await employed(la, does))
  const missing = KINDS.filter((kind) => !(kind in ids))
  if (missing.length > 0) throw new Error(`The authority has no ${missing.join(', ')}`)
  return { la, ids, on }
}

/** A referral decided on and challenged, with a task and a milestone; and another that was told of. */
async function screened(on: Call, does: Does): Promise<Ids> {
  const [recommendation] = await recommended(on, levelThree())
  const params = { referralId: recommendation.referralId }
  const decision = await decided(on, recommendation)
  const { task } = await does('screener', 'setTask', { params, body: { task: 'Ring the school nurse.' } })
  const { escalation } = await does('screener', 'raiseEscalation', { params, body: challenge() })
  const { milestone } = await does('screener', 'recordMilestone', { params, body: SEEN })
  const [early] = await recommended(on, levelTwo())
  const told = await completed(on, early, { closing: { help: [HELP] } })
  const { help } = await does('screener', 'decisionHelp', { params: { decisionId: told.id } })
  const { letter } = await does('screener', 'sendLetter', { params: { referralId: early.referralId }, body: FEEDBACK })
  return {
    ...{ referral: recommendation.referralId, recommendation: recommendation.id, decision: decision.id },
    ...{ decider: decision.decidedBy.accountId, task: task.id, escalation: escalation.id, milestone: milestone.id },
    ...{ told: told.id, help: help[0].id, letter: letter.id, closed: early.referralId },
  }
}

/** Two agencies refer one child, so that the two are linked; on the second a decision is prepared. */
async function related(on: Call, does: Does): Promise<Ids> {
  const body = referral([
    child(['SEN-01', 'FAM-01'], {
      name: { given: 'Ada', family: 'Fern' },
      identifiers: [{ scheme: 'nhs', value: '9434765919' }],
    }),
  ])
  await does('otherReferrer', 'receiveReferral', { body })
  const twin = await received(on, body)
  const { recommendations } = await does('system', 'recommendReferral', { params: { referralId: twin } })
  const { edges } = await does('screener', 'referralLinks', { params: { referral: twin } })
  const view = { child: 'a', level: 'L2', indicators: [], reasons: 'What I think.' }
  await does('officer', 'judge', { params: { referralId: twin }, body: { revision: 1, children: [view] } })
  const { proposal } = await does('officer', 'prepareDecision', {
    params: { recommendationId: recommendations[0].id },
    body: { level: 'L2', response: 'early-help-assessment', rationale: 'Prepared.' },
  })
  return { twin, link: edges[0].node.id, proposed: recommendations[0].id, proposal: proposal.id }
}

/** A restricted referral with what goes with it. */
async function guarded(la: Authority, does: Does): Promise<Ids> {
  const { referral } = await does('referrer', 'receiveReferral', { body: low() })
  const params = { referralId: referral.id }
  const { sharing } = await does('supervisor', 'recordSharing', { params, body: { ...SHARING, reason: 'To plan.' } })
  const { mark } = await does('supervisor', 'markWithheld', { params, body: MARK })
  const body = { ...RESTRICTION, accounts: [la.accounts.supervisor.id, la.accounts.officer.id] }
  const { restriction } = await does('supervisor', 'restrictReferral', { params, body })
  const broken = { params, body: { reason: 'Probing', minutes: 60 } }
  const { grant } = await does('secondScreener', 'breakGlass', broken)
  const conflict = {
    account: la.accounts.robot.id,
    relationship: 'family',
    child: { scheme: 'nhs', value: '9434765919' },
  }
  const { id } = await does('administrator', 'declareConflict', { body: conflict })
  return {
    ...{ guarded: referral.id, reference: restriction.reference, restriction: restriction.id },
    ...{ grant: grant.id, conflict: id, sharing: sharing.id, mark: mark.id },
  }
}

/** A policy on its way with a rehearsal of another, and a webhook. */
async function ruled(world: World, { la, on, does }: { la: Authority; on: Call; does: Does }): Promise<Ids> {
  const rehearsal = await started(on, { draft: await drafted(on, LOWERED) })
  await carriedOut(world, la.id)
  const { edges } = await does('author', 'rehearsalChildren', { params: { rehearsalId: rehearsal.id } })
  const { webhook } = await does('administrator', 'addWebhook', {
    body: { url: 'https://receiver.example/', description: 'Case management' },
  })
  const submission = await submitted(on, small('next', '2026-12-01'))
  return {
    ...{ rehearsal: rehearsal.id, rehearsalChild: edges[0].node.id, webhook: webhook.id },
    ...{ draft: submission.draftId, submission: submission.id, version: await inForce(on) },
  }
}

export const RULE = {
  ...{ code: 'early-help', class: 'early_help', years: 6, countedFrom: 'last_decision' },
  ...{ legalBasis: 'Limitation Act 1980.', source: 'Schedule, page 1.', note: 'Probing' },
}

/** A rule, a proposal to destroy a referral when its time has come, and a hold of it. */
async function kept(world: World, ids: Ids, does: Does): Promise<Ids> {
  const { rule } = await does('administrator', 'setRetentionRule', { body: RULE })
  const { now } = world.clock
  world.clock.now = Date.parse('2033-01-10T10:00:00.000Z')
  const { proposal } = await does('administrator', 'proposeDisposal', { params: { referralId: ids['closed'] } })
  world.clock.now = now
  const held = { referral: ids['closed'], inquiry: 'Probing', reason: 'Probing' }
  const { hold } = await does('supervisor', 'placeHold', { body: held })
  return { rule: rule.id, hold: hold.id, disposal: proposal.id }
}

/** Somebody new, who may do nothing yet. */
async function employed(la: Authority, does: Does): Promise<Ids> {
  const body = { subject: `new@${la.code}.example`, displayName: 'Somebody new', kind: 'human' }
  const { account } = await does('administrator', 'createAccount', { body })
  return { account: account.id }
}

/** Somebody of each role and of no other, somebody of no role, and nobody. */
export const ROLE_CALLERS = {
  referrer: 'referrer',
  system: 'system',
  screener: 'screener',
  supervisor: null,
  panel_member: 'panel',
  policy_author: 'author',
  policy_approver: 'approver',
  auditor: 'auditor',
  administrator: 'administrator',
} as const satisfies Record<string, AccountName | null>
export type RoleName = keyof typeof ROLE_CALLERS

export interface Callers {
  readonly roles: Readonly<Record<RoleName, AccountName | Account>>
  readonly roleless: Account
}

export async function callersIn(world: World, la: Authority): Promise<Callers> {
  const making = { now: new Date(world.clock.now).toISOString(), newId: idsInOrder(() => world.clock.now, randomBytes) }
  const account = async (name: string, roles: readonly ['supervisor'] | readonly []): Promise<Account> => {
    const subject = `${name}-alone@${la.code}.example`
    const spec = { kind: 'human', qualification: 'social_work', roles, subject, displayName: `The ${name}` } as const
    const id = await provideAccount(world.database, { id: la.id, code: la.code, name: la.code }, spec, making)
    return { id, subject, token: await la.token(subject) }
  }
  return {
    roles: { ...ROLE_CALLERS, supervisor: await account('supervisor', ['supervisor']) },
    roleless: await account('nobody', []),
  }
}
