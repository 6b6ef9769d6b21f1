/** Recommendations as fields of a referral and of its children. */
import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { Recommendation } from './model.ts'
import { listRecommendationRows, shownRecommendation } from './queries.ts'

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
    return parents.map(({ referralId, key }) =>
      rows.filter((row) => row.referralId === referralId && row.childKey === key).map(shownRecommendation),
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
    return parents.map(({ id }) => rows.filter((row) => row.referralId === id).map(shownRecommendation))
  },
})
