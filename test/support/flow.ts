/** Short ways to where a test begins: a referral received, its recommendations made, a decision recorded. */
import { acceptance, type ReferralBody } from './referrals.ts'
import type { Call, Json } from './surfaces.ts'
import type { AccountName } from './world.ts'

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

/** A decision that takes over a recommendation, or what `more` makes of it. */
export async function decided(on: Call, recommendation: Json, more: object = {}, who: AccountName = 'supervisor') {
  const { data, text } = await on(who, 'recordDecision', {
    params: { recommendationId: recommendation.id },
    body: acceptance(recommendation, { ...more }),
  })
  if (!data) throw new Error(`not decided: ${text}`)
  return data.decision as Json
}
