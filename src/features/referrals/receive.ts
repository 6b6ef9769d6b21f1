/** What receiving and revising share: judging what a referral says, and storing it. */

import { childIdentifiers, referralChildren, referralRevisions } from '../../db/tables/referrals.ts'
import { lookingPast } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { canonical, type Policy, sha256 } from '../../engine/index.ts'
import { checkReferral } from '../../engine/referral/check.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { compiledPolicy, versionInForce } from '../policies/index.ts'
import { storeTraits } from './links.ts'
import type { Referral, ReferralContent } from './model.ts'
import { childKeysOf, identifiersOf, type ReferralRow } from './queries.ts'

/**
 * Refuses what cannot be. Codes are judged by the policy that applies to a referral received at that time; where none does,
 * the referral is taken all the same: nothing about a child is turned away because of our own papers.
 * @param at pointer of the referral within the body
 */
export async function requireMeaningful(
  context: Context,
  content: ReferralContent,
  { at, receivedAt }: { at: string; receivedAt: string },
): Promise<void> {
  const { tx, actor, now } = context
  const row = await versionInForce(tx, actor.authorityId, londonDate(now), londonDate(receivedAt))
  requireMeaningfulUnder(row && compiledPolicy(row), content, { now, at })
}

/** The same under a policy that is given. */
export function requireMeaningfulUnder(
  policy: Policy | undefined,
  content: ReferralContent,
  { now, at }: { now: string; at: string },
): void {
  const problems = checkReferral(content, now, policy)
  if (problems.length === 0) return
  const isUnknown = problems.some(({ code }) => code === 'unknown_indicator')
  const errors = problems.map(({ pointer, code, detail }) => ({
    in: 'body' as const,
    pointer: `${at}${pointer}`,
    code,
    detail,
  }))
  throw new Refusal(
    isUnknown ? 'unknown_indicator' : 'unprocessable',
    'What the referral says cannot be so; everything that is wrong is listed.',
    { errors },
  )
}

interface NewRevision {
  readonly referralId: string
  readonly revision: number
  readonly content: ReferralContent
  readonly reason: string | null
}

/**
 * Stores a revision with the children and identifiers that are new in it. Nothing that somebody tells of a child is turned
 * away because they are kin: from the first identifier on they could not write what they may not read afterwards.
 */
export async function storeRevision(context: Context, revision: NewRevision) {
  return await lookingPast(context.tx, () => storeParts(context, revision))
}

async function storeParts(context: Context, { referralId, revision, content, reason }: NewRevision) {
  const { tx, actor, now } = context
  const { authorityId, accountId } = actor
  const text = canonical(content)
  const { row, record } = await insertRecorded(tx, referralRevisions, {
    authorityId,
    id: context.newId(),
    referralId,
    revision,
    content: text,
    contentHash: sha256(text),
    changeReason: reason,
    recordedAt: now,
    recordedBy: accountId,
  })
  const records: StoredRecord[] = [record]
  const known = await childKeysOf(tx, actor, referralId)
  for (const child of content.children) {
    if (!known.has(child.id)) {
      const added = { authorityId, id: context.newId(), referralId, childKey: child.id }
      records.push((await insertRecorded(tx, referralChildren, added)).record)
    }
    records.push(...(await storeIdentifiers(context, referralId, child)))
  }
  records.push(...(await storeTraits(context, { referralId, revision, content })))
  return { row, records }
}

/** By these an earlier referral of the same child is found; one that is known already is left as it is. */
async function storeIdentifiers(context: Context, referralId: string, child: ReferralContent['children'][number]) {
  const { tx, actor } = context
  const records: StoredRecord[] = []
  const known = await identifiersOf(tx, actor, referralId, child.id)
  for (const { scheme, value } of child.identifiers ?? []) {
    const plain = plainIdentifier(value)
    if (known.has(`${scheme}/${plain}`)) continue
    known.add(`${scheme}/${plain}`)
    const { authorityId } = actor
    const added = { authorityId, id: context.newId(), referralId, childKey: child.id, scheme, value: plain }
    records.push((await insertRecorded(tx, childIdentifiers, added)).record)
  }
  return records
}

/** Spaces, dashes and case do not tell two identifiers apart. */
export function plainIdentifier(value: string): string {
  return value.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase()
}

/**
 * What a revision says. There is no other way to read it.
 * @throws Refusal integrity_violation when what is stored is not what was received: it is then not read at all
 */
export function contentOfRevision({
  referralId,
  content,
  contentHash,
}: Pick<ReferralRow['revision'], 'referralId' | 'content' | 'contentHash'>): ReferralContent {
  if (sha256(content) !== contentHash)
    throw new Refusal('integrity_violation', `The referral ${referralId} is not as it was received.`)
  return JSON.parse(content) as ReferralContent
}

/** @throws Refusal integrity_violation */
export function shown({ referral, revision }: ReferralRow): Referral {
  const content = contentOfRevision(revision)
  return {
    id: referral.id,
    reference: referral.reference,
    receivedAt: referral.receivedAt,
    revision: revision.revision,
    revisedAt: revision.recordedAt,
    changeReason: revision.changeReason,
    content,
    children: content.children.map(({ id }) => ({ referralId: referral.id, key: id })),
  }
}
