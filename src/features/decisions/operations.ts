import { z } from 'zod'
import { MOVEMENTS } from '../../db/tables/decisions.ts'
import { line } from '../../engine/text.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import type { Receipt, StoredRecord } from '../../kernel/record.ts'
import { getRecommendationRow } from '../recommendations/index.ts'
import { getReferralRow, lockReferral } from '../referrals/index.ts'
import { completeWhenReady } from './completion.ts'
import { type Decided, decide } from './decide.ts'
import {
  DECISION_BYTES_MAX,
  Decision,
  DecisionInput,
  DecisionPage,
  DecisionReceipt,
  DecisionReceipts,
  DecisionsInput,
} from './model.ts'
import { getDecisionSeen, getDecisionShown, listDecisionsShown } from './queries.ts'
import { requireQualified } from './rules.ts'
import { DECISION_STATES } from './state.ts'

const READERS = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

export const recordDecision = defineOperation({
  name: 'recordDecision',
  kind: 'command',
  priority: 'urgent',
  summary: 'Record what a qualified person decided for a child',
  description:
    'Accepting the recommendation or departing from it. Never edited: a later decision supersedes it. It is complete once everything that it needs is there: a second screening, a sign-off.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/recommendations/{recommendationId}/decision',
  status: 201,
  params: { recommendationId: Id },
  body: DecisionInput,
  bodyBytesMax: DECISION_BYTES_MAX,
  output: DecisionReceipt,
  async run(context, { recommendationId, body }) {
    const { tx, actor } = context
    requireQualified(actor)
    const { referralId, childKey } = await getRecommendationRow(tx, actor, recommendationId)
    await lockReferral(tx, actor, referralId)
    const together = new Set([childKey])
    const { stored, records } = await decide(context, { recommendationId, input: body, at: '', together })
    const audit = await recordOne(context, stored, records)
    await completeWhenReady(context, stored.id)
    return { decision: await getDecisionShown(tx, actor, stored.id), audit }
  },
})

export const recordDecisions = defineOperation({
  name: 'recordDecisions',
  kind: 'command',
  priority: 'urgent',
  summary: 'Decide for brothers and sisters in one act',
  description: 'Each child has a decision of its own, with its own reasons. All of them are recorded or none.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/referrals/{referralId}/decisions',
  status: 201,
  params: { referralId: Id },
  body: DecisionsInput,
  output: DecisionReceipts,
  async run(context, { referralId, body }) {
    const { tx, actor } = context
    requireQualified(actor)
    await lockReferral(tx, actor, referralId)
    await getReferralRow(tx, actor, referralId)
    const together = await childrenOf(context, referralId, body.decisions)
    const done: Decided[] = []
    const audits: Receipt[] = []
    for (const [i, { recommendation, ...input }] of body.decisions.entries()) {
      const what = { recommendationId: recommendation, input, at: `/decisions/${i}`, together }
      const { stored, records } = await decide(context, what)
      audits.push(await recordOne(context, stored, records))
      done.push(stored)
    }
    for (const { id } of done) await completeWhenReady(context, id)
    const audit = audits.at(-1)
    if (!audit) throw new Error('Nothing was decided')
    const shown: Decision[] = []
    for (const { id } of done) shown.push(await getDecisionShown(tx, actor, id))
    return { decisions: shown, audits, audit }
  },
})

/** @throws Refusal unprocessable for a recommendation of another referral, and for a child named twice. */
async function childrenOf(
  { tx, actor }: Context,
  referralId: string,
  decisions: readonly { readonly recommendation: string }[],
): Promise<Set<string>> {
  const children = new Set<string>()
  for (const [i, { recommendation }] of decisions.entries()) {
    const row = await getRecommendationRow(tx, actor, recommendation)
    const isTwice = children.has(row.childKey)
    if (row.referralId !== referralId || isTwice) {
      const detail = isTwice ? 'The child is decided on twice.' : 'The recommendation is of another referral.'
      const errors = [{ in: 'body' as const, pointer: `/decisions/${i}/recommendation`, code: 'unprocessable', detail }]
      throw new Refusal('unprocessable', detail, { errors })
    }
    children.add(row.childKey)
  }
  return children
}

/** What was decided is not in the log: a supervisor reads it who may screen the child a second time, or may not see the record. */
async function recordOne(context: Context, stored: Decided, records: readonly StoredRecord[]) {
  return await context.record({
    event: stored.supersedes ? 'decision.superseded' : 'decision.recorded',
    facts: {
      decision: stored.id,
      recommendation: stored.recommendationId,
      referral: stored.referralId,
      child: stored.childKey,
      revision: stored.revision,
      sequence: stored.sequence,
    },
    records,
  })
}

export const getDecision = defineOperation({
  name: 'decision',
  kind: 'query',
  summary: 'One decision with what was recommended, what it needs and where it stands',
  allow: READERS,
  route: 'GET /v1/decisions/{decisionId}',
  params: { decisionId: Id },
  output: Decision,
  async run({ tx, actor }, { decisionId }) {
    return await getDecisionSeen(tx, actor, decisionId)
  },
})

export const listDecisions = defineOperation({
  name: 'decisions',
  kind: 'query',
  summary: 'The decision history, newest first',
  description: 'What waits for a second screening is listed without what it says for those who might screen it.',
  allow: READERS,
  route: 'GET /v1/decisions',
  params: {
    ...pageParams,
    from: Bound.optional().describe('Decided at or after this instant.'),
    to: Bound.optional().describe('Decided before this instant.'),
    state: z.enum(DECISION_STATES).optional(),
    level: line(60).optional(),
    response: line(60).optional(),
    overridden: z
      .boolean()
      .optional()
      .describe('Only those that depart from the recommendation, or only those that do not.'),
    belowFloor: z.boolean().optional().describe('Those of which the panel was told.'),
    movement: z.enum(MOVEMENTS).optional().describe('How the own judgement moved once the recommendation was seen.'),
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
