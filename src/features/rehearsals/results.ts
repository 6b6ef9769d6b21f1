import { z } from 'zod'
import { rehearsalAcceptances } from '../../db/tables/rehearsals.ts'
import { LISTS } from '../../engine/rehearsal/compare.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { authorsOf } from '../drafts/index.ts'
import type { Result } from './advance.ts'
import { getDowngrade, listChildRows, lockMovement, shownChild } from './children.ts'
import { AcceptanceReceipt, NewAcceptance, RehearsalChildPage, RehearsalResult } from './model.ts'
import { READERS } from './operations.ts'
import { comparisonFor } from './policies.ts'
import { getRehearsal, resultOf } from './queries.ts'
import { requireOther } from './rules.ts'
import { shownResult } from './shown.ts'

export const rehearsalResult = defineOperation({
  name: 'rehearsalResult',
  kind: 'query',
  summary: 'How children move between levels and responses, in all and by group, with small numbers hidden',
  allow: READERS,
  route: 'GET /v1/rehearsals/{rehearsalId}/result',
  params: { rehearsalId: Id },
  output: RehearsalResult,
  async run({ tx, actor }, { rehearsalId }) {
    const { row, state } = await getRehearsal(tx, actor.authorityId, rehearsalId)
    const result = await resultOf(tx, actor.authorityId, rehearsalId)
    if (result === undefined) throw new Refusal('rehearsal_state', `The rehearsal is ${state}: it has no result yet.`)
    return shownResult(rehearsalId, await comparisonFor(tx, row), JSON.parse(result) as Result)
  },
})

export const listRehearsalChildren = defineOperation({
  name: 'rehearsalChildren',
  kind: 'query',
  summary:
    'The children for somebody to look at: those who would go down, and those whose level would be withheld or stated',
  allow: READERS,
  route: 'GET /v1/rehearsals/{rehearsalId}/children',
  params: {
    rehearsalId: Id,
    ...pageParams,
    list: z.enum(LISTS).optional().describe('`down` where left out.'),
    accepted: z.boolean().optional().describe('Only those whom an approver has accepted, or only the others.'),
  },
  output: RehearsalChildPage,
  async run({ tx, actor }, { rehearsalId, first = PAGE_DEFAULT, after, list = 'down', accepted }) {
    await getRehearsal(tx, actor.authorityId, rehearsalId)
    const page = { first, after: decodeCursor(after) }
    const rows = await listChildRows(tx, actor.authorityId, { rehearsalId, list, accepted }, page)
    return toPage(rows, first, ({ row }) => ({ at: row.recordedAt, id: row.id }), shownChild)
  },
})

export const acceptDowngrade = defineOperation({
  name: 'acceptDowngrade',
  kind: 'command',
  summary: 'Accept that one child would go down, and say why',
  description:
    'By an approver who did not write the draft. It holds for these bytes of both policies and for what is known of this child, in later rehearsals too.',
  allow: ['policy_approver'],
  route: 'POST /v1/rehearsals/{rehearsalId}/children/{rehearsalChildId}/acceptance',
  status: 201,
  params: { rehearsalId: Id, rehearsalChildId: Id },
  body: NewAcceptance,
  output: AcceptanceReceipt,
  async run(context, { rehearsalId, rehearsalChildId, body }) {
    const { tx, actor, now } = context
    const { authorityId, accountId } = actor
    const { row: rehearsal } = await getRehearsal(tx, authorityId, rehearsalId)
    const { row } = await getDowngrade(tx, authorityId, { rehearsalId, rehearsalChildId })
    requireOther(actor, rehearsal.draftId === null ? new Set() : await authorsOf(tx, authorityId, rehearsal.draftId))
    await lockMovement(tx, authorityId, row.movementHash)
    const { acceptance } = await getDowngrade(tx, authorityId, { rehearsalId, rehearsalChildId })
    if (acceptance) throw new Refusal('already_accepted', 'It is accepted already that this child would go down.')
    const { movementHash } = row
    const { record } = await insertRecorded(tx, rehearsalAcceptances, {
      authorityId,
      id: context.newId(),
      rehearsalChildId,
      movementHash,
      reason: body.reason,
      acceptedAt: now,
      acceptedBy: accountId,
    })
    const audit = await context.record({
      event: 'rehearsal.downgrade_accepted',
      facts: { rehearsal: rehearsalId, contentHash: rehearsal.contentHash, referral: row.referralId, movementHash },
      records: [record],
    })
    return { child: shownChild(await getDowngrade(tx, authorityId, { rehearsalId, rehearsalChildId })), audit }
  },
})
