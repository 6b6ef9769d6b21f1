/** A decision prepared by somebody who may not make it, for a qualified person to take up or not. */
import { and, asc, eq } from '../../db/drizzle.ts'
import { decisionProposals } from '../../db/tables/front-door.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { ownJudgement } from '../judgements/index.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { getRecommendationRow, requireSeen } from '../recommendations/index.ts'
import { type Proposal, ProposalInput, ProposalReceipt, Proposals } from './model.ts'
import { requireAllowed } from './rules.ts'

type ProposalRow = typeof decisionProposals.$inferSelect

function shownProposal(row: ProposalRow): Proposal {
  const { id, recommendationId, referralId, childKey: child, revision, level, response, rationale, preparedAt } = row
  const preparedBy = { accountId: row.preparedBy, displayName: row.preparedByName }
  return { id, recommendationId, referralId, child, revision, level, response, rationale, preparedBy, preparedAt }
}

export async function proposalOf({ tx, actor }: Context, id: string): Promise<ProposalRow | undefined> {
  const [row] = await tx
    .select()
    .from(decisionProposals)
    .where(and(eq(decisionProposals.authorityId, actor.authorityId), eq(decisionProposals.id, id)))
  return row
}

export const prepareDecision = defineOperation({
  name: 'prepareDecision',
  kind: 'command',
  summary: 'Prepare a decision for a qualified person; it decides nothing',
  description: 'Whoever decides names it in “proposal”, having written down a judgement of their own.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/recommendations/{recommendationId}/proposals',
  status: 201,
  params: { recommendationId: Id },
  body: ProposalInput,
  output: ProposalReceipt,
  async run(context, { recommendationId, body }) {
    const { tx, actor, now } = context
    requirePerson(context.actor)
    const row = await getRecommendationRow(tx, actor, recommendationId)
    if (!row.isCurrent)
      throw new Refusal('stale_recommendation', 'Newer information or a newer recommendation has come in. Read that.')
    requireAllowed(compiledPolicy(await getVersion(tx, actor.authorityId, { id: row.policyVersionId })), body)
    if (!(await ownJudgement(tx, actor, row)))
      throw new Refusal('own_judgement_first', 'Write down your own judgement before you prepare a decision.')
    const { row: stored, record } = await insertRecorded(tx, decisionProposals, {
      ...{ authorityId: actor.authorityId, id: context.newId(), recommendationId, referralId: row.referralId },
      ...{ childKey: row.childKey, revision: row.revision, ...body },
      ...{ preparedBy: actor.accountId, preparedByName: actor.displayName, preparedAt: now },
    })
    const audit = await context.record({
      event: 'decision.prepared',
      facts: { proposal: stored.id, recommendation: recommendationId, referral: row.referralId, child: row.childKey },
      records: [record],
    })
    return { proposal: shownProposal(stored), audit }
  },
})

export const listProposals = defineOperation({
  name: 'decisionProposals',
  kind: 'query',
  summary: 'What was prepared on a recommendation, first to last',
  allow: ['screener', 'supervisor', 'panel_member', 'auditor', 'system'],
  route: 'GET /v1/recommendations/{recommendationId}/proposals',
  params: { recommendationId: Id },
  output: Proposals,
  async run({ tx, actor }, { recommendationId }) {
    const row = await getRecommendationRow(tx, actor, recommendationId)
    await requireSeen(tx, actor, row)
    const rows = await tx
      .select()
      .from(decisionProposals)
      .where(
        and(
          eq(decisionProposals.authorityId, actor.authorityId),
          eq(decisionProposals.recommendationId, recommendationId),
        ),
      )
      .orderBy(asc(decisionProposals.preparedAt), asc(decisionProposals.id))
    return { proposals: rows.map(shownProposal) }
  },
})
