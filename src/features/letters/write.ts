/** Composing a letter, and storing it as it is sent. */
import { letterDecisions, letters } from '../../db/tables/letters.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { contentHash } from '../../engine/index.ts'
import type { LetterKind } from '../../engine/letters/facts.ts'
import { type Letter, renderLetter } from '../../engine/letters/render.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertAllRecorded, insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { decisionsOf } from '../decisions/index.ts'
import { compiledPolicy, type PolicyRow, versionInForce } from '../policies/index.ts'
import { getReferralRow, shown as shownReferral } from '../referrals/index.ts'
import { calendarNow, dueFrom } from './due.ts'
import { familyFacts, feedbackFacts, generalFacts, type LetterReferral, type ToTell, toTell } from './facts.ts'
import { listOwed, type Untold, untoldDecisions } from './owed.ts'

/** A letter that is not sent yet. */
export interface Composed {
  readonly kind: LetterKind
  readonly referralId: string
  readonly reference: string
  /** The account that it is for; null for a family. */
  readonly accountId: string | null
  readonly letter: Letter
  readonly told: readonly ToTell[]
  readonly policyVersionId: string | null
  readonly dueAt: string
}

interface Asked {
  readonly referralId: string
  readonly kind: LetterKind
  readonly child?: string | undefined
}

/**
 * The letter that is owed, or that a family may have.
 * @throws Refusal not_found, nothing_to_tell
 */
export async function compose(context: Context, asked: Asked): Promise<Composed> {
  const { tx, actor } = context
  const found = await getReferralRow(tx, actor, asked.referralId)
  if (asked.kind === 'acknowledgement') {
    const filter = {
      kind: asked.kind,
      referral: asked.referralId,
      agency: undefined,
      before: undefined,
      from: undefined,
    }
    const [owed] = await listOwed(tx, actor, { filter, page: { first: 1, after: undefined } })
    if (!owed)
      throw new Refusal('nothing_to_tell', 'The referrer has heard from us already, or is to be told the decision.')
    return await composeAcknowledgement(tx, actor.authorityId, { referral: found.referral, now: context.now })
  }
  const untold = await untoldDecisions(tx, actor, { kind: asked.kind, referralIds: [asked.referralId] })
  const toldOf = untold.filter(({ childKey }) => asked.child === undefined || childKey === asked.child)
  return await composeFeedback(context, { ...asked, untold: toldOf, found })
}

interface Feedback extends Asked {
  readonly untold: readonly Untold[]
  readonly found: Awaited<ReturnType<typeof getReferralRow>>
}

async function composeFeedback(context: Context, { kind, untold, found }: Feedback): Promise<Composed> {
  const { tx, actor, now } = context
  const { referral } = found
  const ids = new Set(untold.map(({ decisionId }) => decisionId))
  const decided = (await decisionsOf(tx, actor, [referral.id])).filter(({ id }) => ids.has(id))
  const told: ToTell[] = []
  for (const { decisionId } of untold) {
    const decision = decided.find(({ id }) => id === decisionId)
    if (decision) told.push(await toTell(context, decision))
  }
  const [first] = told
  if (!first) throw new Refusal('nothing_to_tell', 'Nothing is decided that has not been told.')
  // The words are those of the policy of the latest decision.
  const { row, policy } = told.reduce(
    (last, one) => (one.decision.decidedAt > last.decision.decidedAt ? one : last),
    first,
  )
  const general = await generalFacts(tx, { authorityId: actor.authorityId, row, referral, now })
  const signed = { ...general, signedBy: `${actor.displayName}, for ${general.authority}` }
  const facts =
    kind === 'feedback'
      ? await feedbackFacts(context, signed, { told, referral })
      : await familyFacts(context, signed, { told, content: shownReferral(found).content })
  const since = untold.map(({ completedAt }) => completedAt).sort()[0] ?? now
  return {
    ...{ kind, referralId: referral.id, reference: referral.reference, told, policyVersionId: row.id },
    accountId: kind === 'feedback' ? referral.receivedBy : null,
    letter: renderLetter(facts, policy.document.letters),
    dueAt: dueFrom(since, await calendarNow(tx, { authorityId: actor.authorityId, now })),
  }
}

/** That a referral came. It says nothing of what the referral says, so that nothing in it can stand in the way. */
export async function composeAcknowledgement(
  tx: TenantTx,
  authorityId: string,
  { referral, now }: { referral: LetterReferral & { id: string; receivedBy: string }; now: string },
): Promise<Composed> {
  const row: PolicyRow | undefined = await versionInForce(
    tx,
    authorityId,
    londonDate(now),
    londonDate(referral.receivedAt),
  )
  const document = row && compiledPolicy(row).document
  const calendar = await calendarNow(tx, { authorityId, now })
  const general = await generalFacts(tx, { authorityId, row, referral, now })
  const { receivedAt } = referral
  const letter = renderLetter(
    {
      ...general,
      kind: 'acknowledgement',
      referrer: referral.agency,
      dueAt: dueFrom(receivedAt, calendar, document?.oversight.decision.withinWorkingDays),
    },
    document?.letters,
  )
  return {
    ...{ kind: 'acknowledgement', referralId: referral.id, reference: referral.reference, letter, told: [] },
    ...{ accountId: referral.receivedBy, policyVersionId: row?.id ?? null, dueAt: dueFrom(receivedAt, calendar) },
  }
}

interface Writing {
  readonly tx: TenantTx
  readonly authorityId: string
  readonly now: string
  newId(): string
  /** Null where the service writes by itself. */
  readonly writer: { readonly accountId: string; readonly displayName: string } | null
}

/** Stores a letter as it is sent; the caller records it, and holds the lock of the referral. */
export async function storeLetter(
  { tx, authorityId, now, newId, writer }: Writing,
  { kind, referralId, accountId, letter, told, policyVersionId, dueAt }: Composed,
  tellingIsSafe: string | null,
): Promise<{ id: string; records: StoredRecord[]; contentHash: string }> {
  const { title, to, text, html } = letter
  const { row, record } = await insertRecorded(tx, letters, {
    ...{ authorityId, id: newId(), referralId, kind, accountId, addressee: to, policyVersionId, title, text, html },
    ...{ contentHash: contentHash({ title, text, html }), tellingIsSafe, dueAt },
    ...{ writtenBy: writer?.accountId ?? null, writtenByName: writer?.displayName ?? null, writtenAt: now },
  })
  const rows = told.map(({ decision }) => ({
    ...{ authorityId, id: newId(), letterId: row.id, kind, referralId },
    ...{ childKey: decision.child, decisionId: decision.id },
  }))
  const records = rows.length === 0 ? [] : await insertAllRecorded(tx, letterDecisions, rows)
  return { id: row.id, records: [record, ...records], contentHash: row.contentHash }
}
