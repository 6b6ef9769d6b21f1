/** Decisions as fields of a referral, of its children and of a recommendation. */
import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { Decision } from './model.ts'
import { decisionsOf } from './queries.ts'

const READERS = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

export const childDecisions = defineRelation({
  on: 'ReferralChild',
  name: 'decisions',
  summary: 'Decisions about the child in this referral, newest first',
  allow: READERS,
  output: z.array(Decision),
  async load({ tx, actor }, parents) {
    const found = await decisionsOf(
      tx,
      actor,
      parents.map(({ referralId }) => String(referralId)),
    )
    return parents.map(({ referralId, key }) =>
      found.filter((decision) => decision.referralId === referralId && decision.child === key),
    )
  },
})

export const referralDecisions = defineRelation({
  on: 'Referral',
  name: 'decisions',
  summary: 'Decisions about the children of the referral, newest first',
  allow: READERS,
  output: z.array(Decision),
  async load({ tx, actor }, parents) {
    const found = await decisionsOf(
      tx,
      actor,
      parents.map(({ id }) => String(id)),
    )
    return parents.map(({ id }) => found.filter((decision) => decision.referralId === id))
  },
})

export const recommendationDecisions = defineRelation({
  on: 'Recommendation',
  name: 'decisions',
  summary: 'Decisions made on the recommendation, newest first',
  allow: READERS,
  output: z.array(Decision),
  async load({ tx, actor }, parents) {
    const found = await decisionsOf(
      tx,
      actor,
      parents.map(({ referralId }) => String(referralId)),
    )
    return parents.map(({ id }) => found.filter((decision) => decision.recommendationId === id))
  },
})
