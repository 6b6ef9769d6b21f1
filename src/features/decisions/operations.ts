import { z } from 'zod'
import { decisions } from '../../db/tables/decisions.ts'
import { line } from '../../engine/text.ts'
import { hasRole } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { getRecommendationRow, type RecommendationRow, shownRecommendation } from '../recommendations/index.ts'
import { lockReferral } from '../referrals/index.ts'
import { Decision, DecisionInput, DecisionPage, DecisionReceipt } from './model.ts'
import { getDecisionShown, listDecisionsShown, standingDecision } from './queries.ts'
import { requireAllowed, requireGrounds, requireQualified } from './rules.ts'

const READERS = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

export const recordDecision = defineOperation({
  name: 'recordDecision',
  kind: 'command',
  summary: 'Record what a qualified person decided for a child',
  description: 'Accepting the recommendation or departing from it. Never edited: a later decision supersedes it.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/recommendations/{recommendationId}/decision',
  status: 201,
  params: { recommendationId: Id },
  body: DecisionInput,
  output: DecisionReceipt,
  async run(context, { recommendationId, body }) {
    const { tx, actor, now } = context
    requireQualified(actor)
    const { referralId } = await getRecommendationRow(tx, actor, recommendationId)
    await lockReferral(tx, actor, referralId)
    // Read again under the lock: a revision or a recommendation may have come in between.
    const row = await getRecommendationRow(tx, actor, recommendationId)
    requireCurrent(row)
    const policy = compiledPolicy(await getVersion(tx, actor.authorityId, { id: row.policyVersionId }))
    requireAllowed(policy, body)
    const departure = requireGrounds(policy, actor, shownRecommendation(row).content, body)
    const standing = await standingDecision(tx, actor, referralId, row.childKey)
    requireSuccession(standing, body.supersedes)
    const { row: stored, record } = await insertRecorded(tx, decisions, {
      authorityId: actor.authorityId,
      id: context.newId(),
      recommendationId,
      referralId,
      childKey: row.childKey,
      revision: row.revision,
      sequence: (standing?.sequence ?? 0) + 1,
      level: body.level,
      response: body.response,
      departure,
      overrideReason: body.overrideReason ?? null,
      rationale: body.rationale,
      statutoryReason: body.statutoryReason ?? null,
      decidedBy: actor.accountId,
      decidedByName: actor.displayName,
      decidedByRole: hasRole(actor, 'supervisor') ? 'supervisor' : 'screener',
      decidedByQualification: actor.qualification,
      decidedAt: now,
      supersedes: standing?.id ?? null,
    })
    const audit = await context.record({
      event: standing ? 'decision.superseded' : 'decision.recorded',
      facts: {
        decision: stored.id,
        recommendation: recommendationId,
        referral: referralId,
        revision: row.revision,
        sequence: stored.sequence,
        level: body.level,
        response: body.response,
        departure,
      },
      records: [record],
    })
    return { decision: await getDecisionShown(tx, actor, stored.id), audit }
  },
})

/** @throws Refusal stale_recommendation */
function requireCurrent({ isCurrent }: RecommendationRow): void {
  if (isCurrent) return
  throw new Refusal(
    'stale_recommendation',
    'Newer information or a newer recommendation has come in. Read it, and decide on that.',
  )
}

/** Whoever replaces a decision has to know which: nobody overwrites what they have not seen. */
function requireSuccession(standing: { id: string } | undefined, supersedes: string | undefined): void {
  if (standing?.id === supersedes) return
  if (standing && supersedes === undefined)
    throw new Refusal(
      'already_decided',
      `Decision ${standing.id} stands for this child. To replace it, name it in “supersedes”.`,
    )
  throw new Refusal(
    'already_decided',
    'The decision named in “supersedes” is not the one that stands. Read the history, and decide on that.',
  )
}

export const getDecision = defineOperation({
  name: 'decision',
  kind: 'query',
  summary: 'One decision with what was recommended',
  allow: READERS,
  route: 'GET /v1/decisions/{decisionId}',
  params: { decisionId: Id },
  output: Decision,
  async run({ tx, actor }, { decisionId }) {
    return await getDecisionShown(tx, actor, decisionId)
  },
})

export const listDecisions = defineOperation({
  name: 'decisions',
  kind: 'query',
  summary: 'The decision history, newest first',
  allow: READERS,
  route: 'GET /v1/decisions',
  params: {
    ...pageParams,
    from: Bound.optional().describe('Decided at or after this instant.'),
    to: Bound.optional().describe('Decided before this instant.'),
    level: line(60).optional(),
    response: line(60).optional(),
    overridden: z
      .boolean()
      .optional()
      .describe('Only those that depart from the recommendation, or only those that do not.'),
    agency: line(200).optional().describe('The agency that referred.'),
    decider: Id.optional().describe('Account of the person who decided.'),
    referral: Id.optional(),
  },
  output: DecisionPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listDecisionsShown(tx, actor, filter, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ decidedAt, id }) => ({ at: decidedAt, id }),
      (decision) => decision,
    )
  },
})
