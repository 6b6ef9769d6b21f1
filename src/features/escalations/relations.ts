/** Challenges as a field of a referral and of a decision. */
import { z } from 'zod'
import { defineRelation, type Relation } from '../../kernel/relation.ts'
import { Escalation } from './model.ts'
import { listEscalationRows } from './queries.ts'
import { shownEscalations } from './shown.ts'

type Parent = Readonly<Record<string, unknown>>

interface Belonging {
  readonly on: string
  readonly summary: string
  readonly allow: Relation['allow']
  readonly referralOf: (parent: Parent) => unknown
  readonly belongs: (escalation: Escalation, parent: Parent) => boolean
}

/** The field `escalations` of a type, newest first; of a referrer those that they raised. */
function escalationsOn({ on, summary, allow, referralOf, belongs }: Belonging): Relation {
  return defineRelation({
    on,
    name: 'escalations',
    summary,
    allow,
    output: z.array(Escalation),
    async load({ tx, actor, now }, parents) {
      const referrals = [...new Set(parents.map((parent) => String(referralOf(parent))))]
      const rows = referrals.length === 0 ? [] : await listEscalationRows({ tx, actor, now }, { referrals })
      const found = await shownEscalations(tx, actor, rows)
      return parents.map((parent) => found.filter((escalation) => belongs(escalation, parent)))
    },
  })
}

const READERS = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

export const referralEscalations = escalationsOn({
  on: 'Referral',
  summary: 'Challenges about the referral and its children, newest first',
  allow: [...READERS, 'referrer'],
  referralOf: ({ id }) => id,
  belongs: (escalation, { id }) => escalation.referralId === id,
})

export const decisionEscalations = escalationsOn({
  on: 'Decision',
  summary: 'Challenges to the decision, newest first',
  allow: READERS,
  referralOf: ({ referralId }) => referralId,
  belongs: (escalation, { id }) => escalation.decision?.id === id,
})
