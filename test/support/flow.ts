/** Short ways to where a test begins: a referral received, its recommendations made, a decision recorded. */
import { acceptance, type ReferralBody } from './referrals.ts'
import type { Call, Json } from './surfaces.ts'
import type { Account, AccountName } from './world.ts'

/** The id of a referral just received. */
export async function received(on: Call, body: ReferralBody): Promise<string> {
  const { data, text } = await on('referrer', 'receiveReferral', { body })
  if (!data) throw new Error(`not received: ${text}`)
  return data.referral.id
}

/** The recommendations for the children of a referral just received. */
export async function recommended(on: Call, body: ReferralBody): Promise<Json[]> {
  return await recommendedFor(on, await received(on, body))
}

export async function recommendedFor(on: Call, referralId: string): Promise<Json[]> {
  const { data, text } = await on('system', 'recommendReferral', { params: { referralId } })
  if (!data) throw new Error(`not recommended: ${text}`)
  return data.recommendations
}

/** The own judgement of somebody about a child, as the recommendation has it unless told otherwise; once is enough. */
export async function judged(
  on: Call,
  who: AccountName | Account,
  recommendation: Json,
  more: object = {},
): Promise<void> {
  const { child, referralId, revision, content } = recommendation
  const level = content?.level?.code ?? 'L2'
  const view = { child, level, indicators: [], reasons: 'What I think, having read it.', ...more }
  const { data, text, code } = await on(who, 'judge', { params: { referralId }, body: { revision, children: [view] } })
  if (!data && code !== 'already_judged' && code !== 'revision_conflict') throw new Error(`not judged: ${text}`)
}

/** A decision that takes over a recommendation, or what `more` makes of it. */
export async function decided(
  on: Call,
  recommendation: Json,
  more: object = {},
  who: AccountName | Account = 'supervisor',
) {
  await judged(on, who, recommendation)
  const { data, text } = await on(who, 'recordDecision', {
    params: { recommendationId: recommendation.id },
    body: acceptance(recommendation, { ...more }),
  })
  if (!data) throw new Error(`not decided: ${text}`)
  return data.decision as Json
}

/** A decision carried through whatever it needs until it is complete: second screening, reconciliation, sign-off. */
export async function completed(
  on: Call,
  recommendation: Json,
  more: object = {},
  who: AccountName | Account = 'supervisor',
): Promise<Json> {
  let decision = await decided(on, recommendation, more, who)
  const done = async (who: AccountName, operation: string, body: object) => {
    const { data, text } = await on(who, operation, { params: { decisionId: decision.id }, body })
    if (!data) throw new Error(`not complete, ${operation}: ${text}`)
    decision = data.decision
  }
  if (decision.state === 'awaiting_second_screening') {
    await on('secondScreener', 'pickUpSecondScreening', { params: { decisionId: decision.id } })
    const { level, response } = decision
    await done('secondScreener', 'judgeSecond', { level, response, indicators: [], reasons: 'I see it so as well.' })
  }
  if (decision.state === 'awaiting_sign_off')
    await done('secondSupervisor', 'signOffDecision', { notes: 'I have read it all.' })
  if (decision.state !== 'complete') throw new Error(`not complete: ${decision.state}`)
  return decision
}
