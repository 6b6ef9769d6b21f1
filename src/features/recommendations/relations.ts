/** Recommendations as fields of a referral and of its children. */
import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { Recommendation } from './model.ts'
import { listRecommendationRows } from './queries.ts'
import { shownRecommendations } from './shown.ts'

const READERS = ['system', 'screener', 'supervisor', 'panel_member'] as const

export const childRecommendations = defineRelation({
  on: 'ReferralChild',
  name: 'recommendations',
  summary: 'Recommendations for the child, newest first',
  allow: READERS,
  output: z.array(Recommendation),
  async load({ tx, actor }, parents) {
    const rows = await listRecommendationRows(
      tx,
      actor,
      parents.map(({ referralId }) => String(referralId)),
    )
    const shown = await shownRecommendations(tx, actor, rows)
    return parents.map(({ referralId, key }) =>
      shown.filter((found) => found.referralId === referralId && found.child === key),
    )
  },
})

export const referralRecommendations = defineRelation({
  on: 'Referral',
  name: 'recommendations',
  summary: 'Recommendations for every child of the referral, newest first',
  allow: READERS,
  output: z.array(Recommendation),
  async load({ tx, actor }, parents) {
    const rows = await listRecommendationRows(
      tx,
      actor,
      parents.map(({ id }) => String(id)),
    )
    const shown = await shownRecommendations(tx, actor, rows)
    return parents.map(({ id }) => shown.filter(({ referralId }) => referralId === id))
  },
})
