/** How consent stands for what was decided: what the register says counts, and before it says anything, the referral. */
import { z } from 'zod'
import { CONSENT_ANSWERS } from '../../db/tables/sharing.ts'
import { consentState } from '../../engine/referral/snapshot.ts'
import { CONSENT_EFFECTS, type ConsentState } from '../../engine/vocabulary.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { getRecommendationRow } from '../recommendations/index.ts'
import { contentOfRevision, listRevisionRows } from '../referrals/index.ts'
import { type ConsentFacts, consentStands, latestConsent } from '../sharing/index.ts'
import { getDecisionSeen } from './queries.ts'

const DecisionConsent = z
  .object({
    decisionId: z.string(),
    response: z.string(),
    stands: z.boolean().describe('Whether what is known of consent is what the policy asks for this response.'),
    effect: z
      .enum(CONSENT_EFFECTS)
      .describe('What the policy has done where it does not stand. What protects a child proceeds, always.'),
    missing: z.string().nullable().describe('What is missing, in a sentence.'),
    state: z.enum(CONSENT_ANSWERS).nullable().describe('What is known; null where nothing is.'),
    saidIn: z.enum(['register', 'referral']).nullable().describe('The register counts before the referral.'),
    consentId: z.string().nullable().describe('The entry of the register.'),
  })
  .meta({ id: 'DecisionConsent' })

/** What the words of a referral come to as an entry of the register. */
const AS_ENTRY: Readonly<Record<ConsentState, ConsentFacts['state'] | undefined>> = {
  obtained: 'given',
  refused: 'refused',
  not_sought: 'not_sought',
  unknown: undefined,
}

export const decisionConsent = defineOperation({
  name: 'decisionConsent',
  kind: 'query',
  summary: 'Whether consent to what was decided stands, as the policy asks for it',
  description: 'It holds nothing back by itself: it says what is missing, and what the policy has done for want of it.',
  allow: ['system', 'screener', 'supervisor', 'panel_member', 'auditor'],
  route: 'GET /v1/decisions/{decisionId}/consent',
  params: { decisionId: Id },
  output: DecisionConsent,
  async run(context, { decisionId }) {
    const { tx, actor } = context
    const { referralId, child, response: code, recommendationId } = await getDecisionSeen(tx, actor, decisionId)
    const { policyVersionId } = await getRecommendationRow(tx, actor, recommendationId)
    const policy = compiledPolicy(await getVersion(tx, actor.authorityId, { id: policyVersionId }))
    const response = policy.responses.get(code ?? '')
    if (!response) throw new Refusal('integrity_violation', 'The decision names a response that its policy lacks.')
    const entry = await latestConsent(context, { referralId, child, response: response.code })
    const facts: ConsentFacts | undefined = entry
      ? { state: entry.state, overrideGround: entry.override?.ground ?? null }
      : saidBy(await listRevisionRows(tx, actor, referralId))
    return {
      ...{ decisionId, response: response.code, ...consentStands(response, facts) },
      state: facts?.state ?? null,
      saidIn: entry ? ('register' as const) : facts ? ('referral' as const) : null,
      consentId: entry?.id ?? null,
    }
  },
})

function saidBy(revisions: readonly Parameters<typeof contentOfRevision>[0][]): ConsentFacts | undefined {
  const latest = revisions.at(-1)
  const state = latest && AS_ENTRY[consentState(contentOfRevision(latest))]
  return state && { state, overrideGround: null }
}
