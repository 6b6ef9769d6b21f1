import { z } from 'zod'
import { childMatches, LINK_KINDS, referralLinkVerdicts } from '../../db/tables/children.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { destroyedWith, insertRecorded } from '../../kernel/record.ts'
import { lockReferral } from '../referrals/index.ts'
import { historyFor } from './history-for.ts'
import { candidatesOf, comparedNow, inOrder, listMatchRows, requireChild, verdictCount } from './matches.ts'
import {
  ChildCandidates,
  ChildMatchPage,
  ChildMatchReceipt,
  LinkVerdict,
  NewChildMatch,
  ReferralHistory,
  ReferralLinkPage,
  ReferralLinkReceipt,
} from './model.ts'
import { getLinkRow, LINK_STATES, listLinkRows } from './queries.ts'
import { shownLink, shownMatch } from './shown.ts'

export const HISTORY_READERS = ['system', 'screener', 'supervisor', 'panel_member'] as const
const MATCHERS = ['system', 'screener', 'supervisor'] as const
const JUDGES = ['screener', 'supervisor'] as const

const childParams = { referralId: Id, child: ChildKey.describe('The child as the referral names it.') }

export const referralHistory = defineOperation({
  name: 'referralHistory',
  kind: 'query',
  summary: 'What came before a referral: about each child, siblings and household',
  description:
    'Earlier contacts, the gaps between them, repeated concerns, and whether a person has to go through them before deciding. It changes no level.',
  allow: HISTORY_READERS,
  route: 'GET /v1/referrals/{referralId}/history',
  params: { referralId: Id },
  output: ReferralHistory,
  async run({ tx, actor }, { referralId }) {
    return await historyFor(tx, actor, referralId)
  },
})

export const listCandidates = defineOperation({
  name: 'childMatches',
  kind: 'query',
  summary: 'Children of other referrals who are, or may be, the same child',
  description: 'Only identifiers join by themselves. Everything else is proposed, and a person confirms or rejects it.',
  allow: MATCHERS,
  route: 'GET /v1/referrals/{referralId}/children/{child}/matches',
  params: childParams,
  output: ChildCandidates,
  async run({ tx, actor }, { referralId, child }) {
    const ref = { referralId, childKey: child }
    await requireChild(tx, actor, ref)
    return { referralId, child, ...(await candidatesOf(tx, actor.authorityId, ref)) }
  },
})

export const judgeMatch = defineOperation({
  name: 'judgeChildMatch',
  kind: 'command',
  summary: 'Say that two children of two referrals are one child, or are not',
  description: 'The latest word on two children counts. Nothing is merged: each referral stays as it is.',
  allow: JUDGES,
  route: 'POST /v1/referrals/{referralId}/children/{child}/matches',
  status: 201,
  params: childParams,
  body: NewChildMatch,
  output: ChildMatchReceipt,
  async run(context, { referralId, child, body }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    requirePerson(actor)
    const own = { referralId, childKey: child }
    const other = { referralId: body.otherReferral, childKey: body.otherChild }
    await requireChild(tx, actor, own)
    await requireChild(tx, actor, other)
    requireTwoReferrals(own.referralId, other.referralId)
    for (const id of [referralId, other.referralId].sort()) await lockReferral(tx, actor, id)
    const { match } = await comparedNow(tx, authorityId, own, other)
    const sequence = (await verdictCount(tx, authorityId, own, other)) + 1
    const { row, record } = await insertRecorded(tx, childMatches, {
      ...{ authorityId, id: context.newId(), ...inOrder(own, other), sequence },
      ...{ verdict: body.verdict, standing: match.standing, score: match.score, reason: body.reason },
      ...{ judgedBy: actor.accountId, judgedAt: now },
    })
    const audit = await context.record({
      event: 'child.match_judged',
      facts: {
        ...{ referral: row.firstReferralId, child: row.firstChildKey },
        ...{ otherReferral: row.secondReferralId, otherChild: row.secondChildKey },
        ...{ verdict: row.verdict, standing: row.standing, score: row.score },
      },
      records: [record],
    })
    return { match: shownMatch({ match: row, judgeName: actor.displayName, isStanding: true }, own), audit }
  },
})

export const listVerdicts = defineOperation({
  name: 'childMatchVerdicts',
  kind: 'query',
  summary: 'What people said of a child and others, newest first',
  allow: MATCHERS,
  route: 'GET /v1/referrals/{referralId}/children/{child}/match-verdicts',
  params: { ...childParams, ...pageParams },
  output: ChildMatchPage,
  async run({ tx, actor }, { referralId, child, first = PAGE_DEFAULT, after }) {
    const ref = { referralId, childKey: child }
    await requireChild(tx, actor, ref)
    const rows = await listMatchRows(tx, actor.authorityId, ref, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ match }) => ({ at: match.judgedAt, id: match.id }),
      (row) => shownMatch(row, ref),
    )
  },
})

export const listLinks = defineOperation({
  name: 'referralLinks',
  kind: 'query',
  summary: 'Referrals that may be about one event or one household, newest link first',
  allow: HISTORY_READERS,
  route: 'GET /v1/referral-links',
  params: {
    ...pageParams,
    referral: Id.optional().describe('Only links of this referral.'),
    kind: z.enum(LINK_KINDS).optional(),
    state: z.enum(LINK_STATES).optional().describe('`open`: nobody has confirmed or rejected it.'),
  },
  output: ReferralLinkPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, referral, kind, state }) {
    const page = { first, after: decodeCursor(after) }
    const rows = await listLinkRows(tx, actor.authorityId, { referral, kind, state }, page)
    return toPage(rows, first, ({ link }) => ({ at: link.madeAt, id: link.id }), shownLink)
  },
})

export const judgeLink = defineOperation({
  name: 'judgeReferralLink',
  kind: 'command',
  summary: 'Confirm or reject that two referrals belong together',
  description: 'The latest word counts. Both referrals stay, and each is decided.',
  allow: JUDGES,
  route: 'POST /v1/referral-links/{linkId}/verdicts',
  status: 201,
  params: { linkId: Id },
  body: LinkVerdict,
  output: ReferralLinkReceipt,
  async run(context, { linkId, body: { verdict, reason } }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    requirePerson(actor)
    await lockReferral(tx, actor, linkId)
    const before = await getLinkRow(tx, authorityId, linkId)
    const sequence = (before.verdict?.sequence ?? 0) + 1
    const { record } = await insertRecorded(tx, referralLinkVerdicts, {
      ...{ authorityId, id: context.newId(), linkId, sequence, verdict, reason },
      ...{ judgedBy: actor.accountId, judgedAt: now },
    })
    const audit = await context.record({
      event: 'referral.link_judged',
      facts: { link: linkId, kind: before.link.kind, verdict },
      // It goes with whichever of the two is disposed of first.
      records: [destroyedWith(before.link.firstReferralId, record)],
    })
    return { link: shownLink(await getLinkRow(tx, authorityId, linkId)), audit }
  },
})

function requireTwoReferrals(one: string, other: string): void {
  if (one !== other) return
  const detail = 'The two children have to be of two referrals. Correct a referral that names a child twice.'
  throw new Refusal('unprocessable', detail, {
    errors: [{ in: 'body', pointer: '/otherReferral', code: 'same_referral', detail }],
  })
}
