/** A referral is destroyed by two people: an administrator finds that it is due, a supervisor reads it and does it. */
import { z } from 'zod'
import { sql } from '../../db/drizzle.ts'
import { disposalProposals, disposals } from '../../db/tables/retention.ts'
import { lookingPast } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded, nextPosition } from '../../kernel/record.ts'
import { getReferralRow, lockReferral } from '../referrals/index.ts'
import { dueOfReferrals, referralNamed } from './facts.ts'
import { Confirmation, DisposalPage, DisposalProposalPage, DisposalProposalReceipt, DisposalReceipt } from './model.ts'
import {
  getProposal,
  heldAmong,
  listDisposals,
  listProposals,
  lockRetention,
  newestPosition,
  newestProposals,
  shownDisposal,
  vouchedElsewhere,
} from './queries.ts'
import { type Due, requireDue, requireNotHeld, requireOtherThanProposer, requireTyped } from './rules.ts'

const READERS = ['administrator', 'supervisor', 'auditor'] as const

export const proposeDisposal = defineOperation({
  name: 'proposeDisposal',
  kind: 'command',
  summary: 'Find a referral past the time for which it is kept, so that somebody else may destroy it',
  description:
    'A later proposal takes the place of an earlier one: where something changed meanwhile, propose it anew.',
  allow: ['administrator'],
  route: 'POST /v1/referrals/{referralId}/disposal-proposals',
  status: 201,
  params: { referralId: Id },
  output: DisposalProposalReceipt,
  async run(context, { referralId }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, referralId)
    if (!(await referralNamed(tx, actor, referralId))) throw notFound('referral')
    const { rule, dueOn } = await requireMayGo(context, referralId)
    const { row, record } = await insertRecorded(tx, disposalProposals, {
      ...{ authorityId: actor.authorityId, id: context.newId(), referralId, ruleId: rule.id, class: rule.class, dueOn },
      asOfPosition: await newestPosition(tx, actor, referralId),
      ...{ proposedBy: actor.accountId, proposedByName: actor.displayName, proposedAt: now },
    })
    const facts = { proposal: row.id, referral: referralId, rule: rule.code, dueOn }
    const audit = await context.record({ event: 'disposal.proposed', facts, records: [record] })
    return { proposal: (await getProposal(tx, actor, row.id)).shown, audit }
  },
})

/** @throws Refusal on_hold, not_due */
async function requireMayGo({ tx, actor, now }: Context, referralId: string): Promise<Due> {
  const due = (await dueOfReferrals(tx, actor, [referralId])).get(referralId) ?? null
  const found = requireDue(due, londonDate(now))
  requireNotHeld((await heldAmong(tx, actor, [referralId])).has(referralId))
  return found
}

export const disposeReferral = defineOperation({
  name: 'disposeReferral',
  kind: 'command',
  summary: 'Destroy a referral with its key and everything that hangs on it, for good',
  description:
    'By a supervisor who did not propose it, who sees the referral and types its reference. What is left is that it was destroyed, when, by whom and on which basis. The log still verifies. Refused where anything happened since it was proposed.',
  allow: ['supervisor'],
  route: 'POST /v1/disposal-proposals/{proposalId}/disposal',
  status: 201,
  params: { proposalId: Id },
  body: Confirmation,
  output: DisposalReceipt,
  async run(context, { proposalId, body }) {
    const { tx, actor } = context
    requirePerson(actor)
    await lockRetention(tx, actor)
    const { row: proposal } = await getProposal(tx, actor, proposalId)
    const { referralId } = proposal
    await lockReferral(tx, actor, referralId)
    // From here on nothing is recorded by anybody else: what comes in now is joined to this referral neither unseen nor too late.
    await nextPosition(tx, actor)
    const { referral } = await getReferralRow(tx, actor, referralId)
    requireOtherThanProposer(actor, proposal.proposedBy)
    requireTyped(body.reference, referral.reference)
    const due = await requireMayGo(context, referralId)
    await requireUnchanged(context, proposal, due)
    return await destroy(context, proposal, due)
  },
})

type ProposalRow = typeof disposalProposals.$inferSelect

/** @throws Refusal revision_conflict where the proposal is not of what is there now */
async function requireUnchanged({ tx, actor }: Context, proposal: ProposalRow, due: Due): Promise<void> {
  const { id, referralId, ruleId, dueOn, asOfPosition } = proposal
  const newest = (await newestProposals(tx, actor, [referralId])).get(referralId)
  const isSame = newest === id && ruleId === due.rule.id && dueOn === due.dueOn
  if (isSame && asOfPosition === (await newestPosition(tx, actor, referralId))) return
  throw new Refusal('revision_conflict', 'Something changed since it was proposed. Have it proposed anew.')
}

/** The disposal is recorded first; the database destroys nothing that two people have not recorded in the same transaction. */
async function destroy(
  context: Context,
  proposal: ProposalRow,
  { rule }: Due,
): Promise<z.output<typeof DisposalReceipt>> {
  const { tx, actor, now } = context
  const { referralId, id: proposalId, ruleId, dueOn, proposedBy, proposedByName, proposedAt } = proposal
  const { row, record } = await insertRecorded(tx, disposals, {
    ...{ authorityId: actor.authorityId, id: context.newId(), referralId, proposalId, ruleId },
    ...{ ruleCode: rule.code, class: proposal.class, legalBasis: rule.legalBasis, dueOn },
    ...{ proposedBy, proposedByName, proposedAt },
    ...{ carriedOutBy: actor.accountId, carriedOutByName: actor.displayName, carriedOutAt: now },
    auditPosition: await nextPosition(tx, actor),
    // What is hidden from whoever carries it out is destroyed as well, and has to be named.
    erasedElsewhere: await lookingPast(tx, () => vouchedElsewhere(tx, actor, referralId)),
  })
  const facts = { disposal: row.id, referral: referralId, rule: rule.code, class: row.class, proposal: proposalId }
  const audit = await context.record({ event: 'referral.disposed', facts, records: [record] })
  await tx.execute(sql`select dispose_of_referral(${row.id})`)
  return { disposal: shownDisposal(row), audit }
}

export const listDisposalProposals = defineOperation({
  name: 'disposalProposals',
  kind: 'query',
  summary: 'Proposals to destroy referrals, newest first',
  allow: READERS,
  route: 'GET /v1/disposal-proposals',
  params: {
    ...pageParams,
    referral: Id.optional(),
    open: z.boolean().optional().describe('Only those that were not carried out, or only those that were.'),
  },
  output: DisposalProposalPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, referral, open }) {
    const rows = await listProposals(tx, actor, { referral, open }, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ proposedAt, id }) => ({ at: proposedAt, id }),
      (proposal) => proposal,
    )
  },
})

export const listOfDisposals = defineOperation({
  name: 'disposals',
  kind: 'query',
  summary: 'What was destroyed, newest first: when, by whom, by which rule and on which basis',
  allow: READERS,
  route: 'GET /v1/disposals',
  params: { ...pageParams, referral: Id.optional() },
  output: DisposalPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, referral }) {
    const rows = await listDisposals(tx, actor, { referral }, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ carriedOutAt, id }) => ({ at: carriedOutAt, id }),
      (disposal) => disposal,
    )
  },
})
