/** Ground for retention: a schedule of rules, and a referral of which every table of content has something. */
import { acknowledgeReferrals } from '../../src/features/letters/task.ts'
import { challenge } from './escalating.ts'
import { completed, received, recommendedFor } from './flow.ts'
import { journeyOf } from './journey.ts'
import { child, levelTwo, type ReferralBody, referral, withChild } from './referrals.ts'
import { carriedOut, DROPPED, drafted, started } from './rehearsing.ts'
import type { Call, Json } from './surfaces.ts'
import type { AccountName, Authority, World } from './world.ts'

export type Claimed = Authority & { readonly on: Call }

/** What an operation answered; a refusal ends the test. */
export async function done(
  { on }: Pick<Claimed, 'on'>,
  who: AccountName,
  operation: string,
  params: object,
  body?: object,
): Promise<Json> {
  const { data, text } = await on(who, operation, { params: { ...params }, ...(body ? { body } : {}) })
  if (!data) throw new Error(`${operation}: ${text}`)
  return data
}

export const rule = (code: string, years: number, more: object = {}): Record<string, unknown> => ({
  ...{ code, class: 'early_help', years, countedFrom: 'last_decision' },
  ...{
    legalBasis: 'Limitation Act 1980, section 2.',
    source: 'Schedule 2026, page 4.',
    note: 'Looked at again in 2028.',
  },
  ...more,
})

export const setRule = async (la: Pick<Claimed, 'on'>, code: string, years: number, more: object = {}) =>
  (await done(la, 'administrator', 'setRetentionRule', {}, rule(code, years, more))).rule as Json

const HELP = { heldBy: 'Hub', status: 'secured', consent: 'given', followUpOn: '2026-12-01' }

/** Early help, decided, complete and told: closed. */
export async function closedReferral(la: Claimed, body: ReferralBody = levelTwo()): Promise<Json> {
  const referralId = await received(la.on, body)
  return await close(la, referralId)
}

/** Decides on every child of a referral, with help, and tells the referrer. */
export async function close(la: Claimed, referralId: string, words = 'A place in the hub'): Promise<Json> {
  await journeyOf(undefined as never, la.world, la).goesOn(acknowledgeReferrals)
  let decision: Json
  for (const recommendation of await recommendedFor(la.on, referralId))
    decision = await completed(la.on, recommendation, {
      rationale: words,
      closing: { help: [{ help: words, ...HELP }] },
    })
  return decision
}

export interface Full {
  readonly referralId: string
  readonly reference: string
  /** Another referral of the same child, which stays. */
  readonly other: string
  readonly decision: Json
}

/** A referral with something in every table of content, all of it with a word that is nowhere else, closed in the end. */
export async function fullReferral(world: World, la: Claimed, word: string): Promise<Full> {
  const known = { identifiers: [{ scheme: 'nhs', value: '943 476 5919' }] }
  const other = await received(la.on, referral([child(['SEN-01', 'FAM-01'], known)]))
  await close(la, other)
  const first = referral(
    [child(['SEN-01', 'FAM-01'], { ...known, name: { given: word, family: word }, voice: word })],
    {
      household: { address: `${word} Street, NM1 1AA`, members: [{ name: word, relationship: 'mother' }] },
      referrer: { agency: 'Hillside', role: 'Teacher', sourceCode: '2A', name: word },
    },
  )
  const { referral: made } = await done(la, 'referrer', 'receiveReferral', {}, first)
  const params = { referralId: made.id }
  const content = withChild(first, { narrative: `More of ${word}.` })
  await done(la, 'referrer', 'reviseReferral', params, { basedOn: 1, reason: word, content })
  const decision = await close(la, made.id, word)
  await worked(la, params, decision, word)
  await guarded(la, params, word)
  const link = (await la.on('screener', 'referralLinks', { params: { referral: made.id } })).data.edges[0].node
  await done(la, 'screener', 'judgeReferralLink', { linkId: link.id }, { verdict: 'confirmed', reason: word })
  const match = { otherReferral: other, otherChild: 'a', verdict: 'same', reason: word }
  await done(la, 'screener', 'judgeChildMatch', { ...params, child: 'a' }, match)
  await started(la.on, { draft: await drafted(la.on, [DROPPED[0].replace('PHY-04', 'SEN-01'), DROPPED[1]]) })
  await carriedOut(world, la.id)
  return { referralId: made.id, reference: made.reference, other, decision }
}

/** What is done about a referral once it is decided. */
async function worked(la: Claimed, params: { referralId: string }, decision: Json, word: string): Promise<void> {
  const { task } = await done(la, 'screener', 'setTask', params, { task: word, child: 'a' })
  await done(la, 'screener', 'finishTask', { taskId: task.id }, { outcome: 'done', result: word })
  const { help } = await done(la, 'screener', 'decisionHelp', { decisionId: decision.id })
  await done(la, 'screener', 'updateHelp', { helpId: help[0].id }, { status: 'secured', notes: word })
  const seen = { kind: 'seen', child: 'a', happenedAt: '2026-11-24T10:00:00.000Z', note: word }
  await done(la, 'screener', 'recordMilestone', params, seen)
  const { letter } = await done(la, 'supervisor', 'sendLetter', params, { kind: 'feedback' })
  const delivery = { means: 'post', outcome: 'failed', reason: word, at: '2026-11-24T10:00:00.000Z' }
  await done(la, 'supervisor', 'recordDelivery', { letterId: letter.id }, delivery)
  await done(la, 'referrer', 'confirmLetter', { letterId: letter.id })
  const { escalation } = await done(la, 'screener', 'raiseEscalation', params, challenge({ concern: word }))
  await done(la, 'screener', 'withdrawEscalation', { escalationId: escalation.id }, { reasons: word })
  const given = { child: 'a', response: 'early-help-assessment', state: 'given', by: 'mother', manner: 'telephone' }
  await done(la, 'screener', 'recordConsent', params, { ...given, statedOn: '2026-11-24', reason: word })
  const shared = { outcome: 'shared', information: word, recipient: 'GP', recipientKind: 'health', basis: 'consent' }
  await done(la, 'supervisor', 'recordSharing', params, { ...shared, reason: word })
}

/** Who must not see what of it. */
async function guarded(la: Claimed, params: { referralId: string }, word: string): Promise<void> {
  const withheld = { audience: 'family', words: word, reason: word }
  const { mark } = await done(la, 'supervisor', 'markWithheld', params, withheld)
  await done(la, 'supervisor', 'liftSharingMark', { markId: mark.id }, { reason: word })
  const accounts = [la.accounts.supervisor.id, la.accounts.screener.id]
  const restriction = { category: 'other', reason: word, reviewOn: '2027-01-10', accounts }
  const { restriction: set } = await done(la, 'supervisor', 'restrictReferral', params, restriction)
  const { grant } = await done(la, 'secondScreener', 'breakGlass', params, { reason: word, minutes: 60 })
  const review = { outcome: 'justified', note: word }
  await done(la, 'secondSupervisor', 'reviewBreakGlass', { grantId: grant.id }, review)
  await done(la, 'supervisor', 'liftRestriction', { restrictionId: set.id }, { reason: word })
  const conflict = { account: la.accounts.robot.id, relationship: 'family', referral: params.referralId }
  const { id } = await done(la, 'administrator', 'declareConflict', {}, conflict)
  await done(la, 'administrator', 'withdrawConflict', { conflictId: id }, { reason: word })
  await done(la, 'supervisor', 'classifyForRetention', params, { child: 'a', class: 'early_help', reason: word })
  const held = { referral: params.referralId, inquiry: word, reason: word }
  const { hold } = await done(la, 'supervisor', 'placeHold', {}, held)
  await done(la, 'administrator', 'releaseHold', { holdId: hold.id }, { reason: word })
}
