/** Consent and the register of sharing as fields of a referral. */
import { z } from 'zod'
import { londonDate } from '../../engine/calendar/civil.ts'
import { defineRelation } from '../../kernel/relation.ts'
import { consentsOf } from './consent-queries.ts'
import { ConsentRecord, SharingDecision } from './model.ts'
import { sharingOf } from './queries.ts'

export const referralConsents = defineRelation({
  on: 'Referral',
  name: 'consents',
  summary: 'What was said of consent, newest first',
  allow: ['system', 'screener', 'supervisor', 'panel_member'],
  output: z.array(ConsentRecord),
  async load(context, parents) {
    const found = await consentsOf(
      context,
      parents.map(({ id }) => String(id)),
    )
    return parents.map(({ id }) => found.filter(({ referralId }) => referralId === id))
  },
})

export const referralSharing = defineRelation({
  on: 'Referral',
  name: 'sharing',
  summary: 'What was shared of the referral and what was not, newest first',
  allow: ['screener', 'supervisor', 'panel_member'],
  output: z.array(SharingDecision),
  async load(context, parents) {
    const ids = parents.map(({ id }) => String(id))
    const found = await sharingOf(context, ids, londonDate(context.now))
    return parents.map(({ id }) => found.filter(({ referralId }) => referralId === id))
  },
})
