/** Decisions as fields of a referral, of its children and of a recommendation. */
import { z } from 'zod'
import { defineRelation, type Relation } from '../../kernel/relation.ts'
import { Decision } from './model.ts'
import { decisionsOf } from './queries.ts'

type Parent = Readonly<Record<string, unknown>>

interface Belonging {
  readonly on: string
  readonly summary: string
  readonly referralOf: (parent: Parent) => unknown
  readonly belongs: (decision: Decision, parent: Parent) => boolean
}

/** The field `decisions` of a type: those of its referral that belong to it, newest first. */
function decisionsOn({ on, summary, referralOf, belongs }: Belonging): Relation {
  return defineRelation({
    on,
    name: 'decisions',
    summary,
    allow: ['system', 'screener', 'supervisor', 'panel_member', 'auditor'],
    output: z.array(Decision),
    async load({ tx, actor }, parents) {
      const referralIds = parents.map((parent) => String(referralOf(parent)))
      const found = await decisionsOf(tx, actor, referralIds)
      return parents.map((parent) => found.filter((decision) => belongs(decision, parent)))
    },
  })
}

export const childDecisions = decisionsOn({
  on: 'ReferralChild',
  summary: 'Decisions about the child in this referral, newest first',
  referralOf: ({ referralId }) => referralId,
  belongs: (decision, { referralId, key }) => decision.referralId === referralId && decision.child === key,
})

export const referralDecisions = decisionsOn({
  on: 'Referral',
  summary: 'Decisions about the children of the referral, newest first',
  referralOf: ({ id }) => id,
  belongs: (decision, { id }) => decision.referralId === id,
})

export const recommendationDecisions = decisionsOn({
  on: 'Recommendation',
  summary: 'Decisions made on the recommendation, newest first',
  referralOf: ({ referralId }) => referralId,
  belongs: (decision, { id }) => decision.recommendationId === id,
})
