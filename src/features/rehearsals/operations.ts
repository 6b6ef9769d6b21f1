import { z } from 'zod'
import { rehearsalEvents, rehearsals } from '../../db/tables/rehearsals.ts'
import { lookingPast } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { line } from '../../engine/text.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { getVersion, type PolicyRow, versionInForce } from '../policies/index.ts'
import { NewRehearsal, REHEARSAL_STATES, Rehearsal, RehearsalPage, RehearsalReceipt } from './model.ts'
import { candidateOf, type Named } from './policies.ts'
import {
  getRehearsal,
  listRehearsalRows,
  lockRehearsals,
  nextSequence,
  type RehearsalRow,
  unfinishedRehearsals,
} from './queries.ts'
import { coversYear, requireCandidate, requirePeriod, requireRoom, UNFINISHED_MAX } from './rules.ts'
import { countReferrals, sampleCutoff } from './scope.ts'
import { shownRehearsal } from './shown.ts'

export const READERS = ['policy_author', 'policy_approver', 'supervisor', 'auditor'] as const
const RUNNERS = ['policy_author', 'policy_approver'] as const

export const startRehearsal = defineOperation({
  name: 'startRehearsal',
  kind: 'command',
  summary: 'Find out what a draft, or a published version, would have done to the stored referrals',
  description:
    'It is carried out afterwards, in parts; read the rehearsal to see how far it has come. What is rehearsed are the bytes named by the hash in the answer: a draft that is changed has to be rehearsed again.',
  allow: RUNNERS,
  route: 'POST /v1/rehearsals',
  status: 201,
  params: {},
  body: NewRehearsal,
  output: RehearsalReceipt,
  async run(context, { body }) {
    const { tx, actor, now } = context
    const { authorityId, accountId } = actor
    await lockRehearsals(tx, authorityId)
    requireRoom(await unfinishedRehearsals(tx, authorityId, UNFINISHED_MAX))
    const named: Named = requireCandidate(body)
    const { policy, ...candidate } = await candidateOf(tx, authorityId, named)
    const against = await comparedWith(context, body)
    const scope = await scopeOf(context, body)
    const { row, record } = await insertRecorded(tx, rehearsals, {
      authorityId,
      id: context.newId(),
      ...candidate,
      policyId: policy.id,
      version: policy.version,
      contentHash: policy.hash,
      statutoryHash: policy.statutory.hash,
      againstVersionId: against.id,
      againstHash: against.contentHash,
      againstStatutoryHash: against.statutoryHash,
      ...scope,
      coversYear: coversYear(body, now),
      requestedAt: now,
      requestedBy: accountId,
    })
    const { contentHash, againstHash, referrals } = row
    const audit = await context.record({
      event: 'rehearsal.started',
      facts: { rehearsal: row.id, contentHash, againstHash, referrals, coversYear: row.coversYear },
      records: [record],
    })
    return { rehearsal: shownRehearsal(await getRehearsal(tx, authorityId, row.id)), audit }
  },
})

/** @throws Refusal not_found; no_policy_in_force where none is named and none is in force today */
async function comparedWith({ tx, actor, now }: Context, { against }: NewRehearsal): Promise<PolicyRow> {
  if (against) return await getVersion(tx, actor.authorityId, against)
  const row = await versionInForce(tx, actor.authorityId, londonDate(now))
  if (!row) throw new Refusal('no_policy_in_force', 'No policy is in force today: name the version to compare with.')
  return row
}

/** Which referrals, and how many they are. What comes in later is not looked at, so that there is an end. */
async function scopeOf({ tx, actor, now }: Context, body: NewRehearsal) {
  const { receivedFrom, receivedTo } = requirePeriod(body, now)
  const { size, seed } = body.sample ?? { size: null, seed: null }
  const period = { receivedFrom, receivedTo }
  // The service counts restricted referrals with the others, so that the number is the one that it comes to.
  return await lookingPast(tx, async () => {
    const cutoff = size === null ? null : await sampleCutoff(tx, actor.authorityId, { scope: period, size, seed })
    const scope = { ...period, sampleSeed: seed, sampleCutoff: cutoff }
    return { ...scope, sampleSize: size, referrals: await countReferrals(tx, actor.authorityId, scope) }
  })
}

export const cancelRehearsal = defineOperation({
  name: 'cancelRehearsal',
  kind: 'command',
  summary: 'Stop a rehearsal after the part that is being counted; what is counted is kept',
  allow: RUNNERS,
  route: 'POST /v1/rehearsals/{rehearsalId}/cancellation',
  status: 201,
  params: { rehearsalId: Id },
  output: RehearsalReceipt,
  async run(context, { rehearsalId }) {
    return await turn(context, rehearsalId, { kind: 'cancelled', from: ['queued', 'running'] })
  },
})

export const resumeRehearsal = defineOperation({
  name: 'resumeRehearsal',
  kind: 'command',
  summary: 'Let a rehearsal that was cancelled, or failed, go on where it stopped',
  allow: RUNNERS,
  route: 'POST /v1/rehearsals/{rehearsalId}/resumption',
  status: 201,
  params: { rehearsalId: Id },
  output: RehearsalReceipt,
  async run(context, { rehearsalId }) {
    const { tx, actor } = context
    await lockRehearsals(tx, actor.authorityId)
    requireRoom(await unfinishedRehearsals(tx, actor.authorityId, UNFINISHED_MAX))
    return await turn(context, rehearsalId, { kind: 'resumed', from: ['cancelled', 'failed'] })
  },
})

interface Turn {
  readonly kind: 'cancelled' | 'resumed'
  readonly from: readonly RehearsalRow['state'][]
}

/** @throws Refusal not_found, rehearsal_state when it does not stand so that this can be done */
async function turn(context: Context, rehearsalId: string, { kind, from }: Turn) {
  const { tx, actor, now } = context
  const { authorityId } = actor
  await lockRehearsals(tx, authorityId)
  const { state } = await getRehearsal(tx, authorityId, rehearsalId)
  if (!from.includes(state)) throw new Refusal('rehearsal_state', `The rehearsal is ${state}.`)
  const { record } = await insertRecorded(tx, rehearsalEvents, {
    authorityId,
    id: context.newId(),
    rehearsalId,
    sequence: await nextSequence(tx, authorityId, rehearsalId),
    kind,
    recordedAt: now,
    recordedBy: actor.accountId,
  })
  const audit = await context.record({
    event: `rehearsal.${kind}`,
    facts: { rehearsal: rehearsalId },
    records: [record],
  })
  return { rehearsal: shownRehearsal(await getRehearsal(tx, authorityId, rehearsalId)), audit }
}

export const showRehearsal = defineOperation({
  name: 'rehearsal',
  kind: 'query',
  summary: 'A rehearsal, and how far it has come',
  allow: READERS,
  route: 'GET /v1/rehearsals/{rehearsalId}',
  params: { rehearsalId: Id },
  output: Rehearsal,
  async run({ tx, actor }, { rehearsalId }) {
    return shownRehearsal(await getRehearsal(tx, actor.authorityId, rehearsalId))
  },
})

export const listRehearsals = defineOperation({
  name: 'rehearsals',
  kind: 'query',
  summary: 'Rehearsals, newest first',
  allow: READERS,
  route: 'GET /v1/rehearsals',
  params: {
    ...pageParams,
    state: z.enum(REHEARSAL_STATES).optional(),
    contentHash: line(64).optional().describe('Only those of these bytes.'),
    draft: Id.optional(),
  },
  output: RehearsalPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listRehearsalRows(tx, actor.authorityId, filter, { first, after: decodeCursor(after) })
    return toPage(rows, first, ({ row }) => ({ at: row.requestedAt, id: row.id }), shownRehearsal)
  },
})
