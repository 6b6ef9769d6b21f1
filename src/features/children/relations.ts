/** The history as a field of a recommendation, of a referral and of its children; links as a field of a referral. */
import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { historiesOf } from './history.ts'
import { ChildHistory, ReferralLink } from './model.ts'
import { HISTORY_READERS } from './operations.ts'
import { linksOfReferrals } from './queries.ts'
import { shownLink } from './shown.ts'

type Parent = Readonly<Record<string, unknown>>

/** The field `history` of a type that is about one child of a referral. */
function historyOn(on: string, childOf: (parent: Parent) => unknown) {
  return defineRelation({
    on,
    name: 'history',
    summary: 'What came before about the child, siblings and household, and whether it requires review',
    allow: HISTORY_READERS,
    output: ChildHistory,
    async load({ tx, actor }, parents) {
      const found = await historiesOf(
        tx,
        actor.authorityId,
        parents.map(({ referralId }) => String(referralId)),
      )
      return parents.map((parent) => {
        const histories = found.get(String(parent['referralId'])) ?? []
        const history = histories.find(({ child }) => child === childOf(parent))
        if (!history) throw new Error('A child has no history')
        return history
      })
    },
  })
}

export const recommendationHistory = historyOn('Recommendation', ({ child }) => child)
export const childHistory = historyOn('ReferralChild', ({ key }) => key)

export const referralHistories = defineRelation({
  on: 'Referral',
  name: 'history',
  summary: 'What came before about each child of the referral',
  allow: HISTORY_READERS,
  output: z.array(ChildHistory),
  async load({ tx, actor }, parents) {
    const ids = parents.map(({ id }) => String(id))
    const found = await historiesOf(tx, actor.authorityId, ids)
    return ids.map((id) => found.get(id) ?? [])
  },
})

export const linksOfReferral = defineRelation({
  on: 'Referral',
  name: 'links',
  summary: 'Other referrals that may be about the same event or household, newest link first',
  allow: HISTORY_READERS,
  output: z.array(ReferralLink),
  async load({ tx, actor }, parents) {
    const ids = parents.map(({ id }) => String(id))
    const links = (await linksOfReferrals(tx, actor.authorityId, ids)).map(shownLink)
    return ids.map((id) => links.filter(({ referrals }) => referrals.includes(id)))
  },
})
