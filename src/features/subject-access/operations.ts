/** What is held of one child in one referral, for whoever answers a request for it. */
import { z } from 'zod'
import { and, eq, inArray } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { referralRevisions, referrals } from '../../db/tables/referrals.ts'
import { line } from '../../engine/text.ts'
import { type Actor, hasRole, requirePerson } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { requireVouched, type Shown } from '../../kernel/vouch.ts'
import { decisionsOf } from '../decisions/index.ts'
import { contentOfRevision, getReferralRow, listRevisionRows } from '../referrals/index.ts'
import { withheldFrom } from '../sharing/index.ts'
import { fieldsOfContent, fieldsOfRow, type Known } from './fields.ts'
import { namesOfOthers, redacted } from './marks.ts'
import { SubjectAccess, type SubjectItem, VIEWS } from './model.ts'
import { type Held, heldOf, nameOf } from './sources.ts'

const NOTICE =
  'Marks are reasons to look, found by rule: free text can name people in ways that no rule finds. Read all of it. A person decides what is released, and records why.'

const JOINED = 'What joins it to other referrals: each referral is asked for by itself.'
const PENDING = 'Judgements, recommendations, decisions and letters: a decision on the child is pending.'

export const subjectAccess = defineOperation({
  name: 'subjectAccess',
  isExport: true,
  kind: 'query',
  summary:
    'Everything held of one child in one referral, with where it comes from and what has to be decided before it is released',
  description:
    'In the redacted view what is marked has no value: who referred where that is no professional, others, what must not be shared with the family, and until `harmReviewed` says that somebody looked for serious harm, every account of it. Names of professionals stay.',
  allow: ['supervisor', 'auditor'],
  route: 'GET /v1/referrals/{referralId}/subject-access',
  params: {
    referralId: Id,
    child: line(60).describe('The child as the referral names it.'),
    view: z.enum(VIEWS).optional().describe('`marked` where left out.'),
    harmReviewed: z.boolean().optional().describe('Whether the test of serious harm was made.'),
  },
  output: SubjectAccess,
  async run(context, { referralId, child, view = 'marked', harmReviewed = false }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    const referral = await referralSeen(context, referralId)
    const revisions = await listRevisionRows(tx, actor, referralId)
    const contents = revisions.map(contentOfRevision)
    if (!contents.some(({ children }) => children.some(({ id }) => id === child))) throw notFound('child')
    const known: Known = {
      subjects: contents.map((content) => ({ content, child })),
      names: contents.flatMap((content) => namesOfOthers({ content, child })),
      withheld: await withheldFrom(tx, actor, referralId, 'family'),
    }
    const held = await heldOf(tx, actor.authorityId, { referralId, child })
    const isShown = await mayKnow(context, referralId, child)
    const shown = isShown ? held : held.filter(({ source }) => !source.isJudgement)
    await requireVouched(tx, actor.authorityId, [
      { table: referrals, row: referral },
      ...revisions.map((row) => ({ table: referralRevisions, row })),
      ...shown.map(({ source: { table }, row }) => ({ table, row: row as Shown['row'] })),
    ])
    const people = await namesOf(context, [...revisions.map(({ recordedBy }) => recordedBy), ...peopleIn(shown)])
    const items = [
      ...revisions.map((row, i) => revisionItem(row, people, fieldsOfContent(known, row.revision, i))),
      ...shown.map((one) => itemOf(one, people, known)),
    ]
    const seen =
      view === 'marked'
        ? items
        : items.map((item) => ({ ...item, fields: item.fields.map((field) => redacted(field, harmReviewed)) }))
    const leftOut = isShown ? [JOINED] : [JOINED, PENDING]
    return {
      ...{ referralId, reference: referral.reference, child, view, preparedAt: now },
      preparedFor: { accountId: actor.accountId, displayName: actor.displayName },
      ...{ items: seen, leftOut, notice: NOTICE },
    }
  },
})

/** @throws Refusal not_found, restricted */
async function referralSeen({ tx, actor }: Context, referralId: string): Promise<typeof referrals.$inferSelect> {
  if (hasRole(actor, 'supervisor')) return (await getReferralRow(tx, actor, referralId)).referral
  const [row] = await tx
    .select()
    .from(referrals)
    .where(and(eq(referrals.authorityId, actor.authorityId), eq(referrals.id, referralId)))
  if (!row) throw notFound('referral')
  return row
}

/** Whoever may still have to judge the child is not told what others think; auditors judge nothing. */
async function mayKnow({ tx, actor }: Context, referralId: string, child: string): Promise<boolean> {
  if (!hasRole(actor, 'screener', 'supervisor')) return true
  const all = await decisionsOf(tx, actor, [referralId])
  const own = all.filter((one) => one.child === child).toSorted((a, b) => b.sequence - a.sequence)
  return own[0]?.state === 'complete' && !own[0].isStale
}

function peopleIn(held: readonly Held[]): string[] {
  return held.flatMap(({ source: { by }, row }) => (by && !by.endsWith('Name') && row[by] ? [String(row[by])] : []))
}

async function namesOf({ tx, actor }: { tx: Context['tx']; actor: Actor }, ids: readonly string[]) {
  const rows = await tx
    .select({ id: accounts.id, name: accounts.displayName })
    .from(accounts)
    .where(and(eq(accounts.authorityId, actor.authorityId), inArray(accounts.id, [...new Set(ids)])))
  return new Map(rows.map(({ id, name }) => [id, name]))
}

type People = ReadonlyMap<string, string>

function revisionItem(
  { id, revision, recordedAt, recordedBy }: typeof referralRevisions.$inferSelect,
  people: People,
  fields: SubjectItem['fields'],
): SubjectItem {
  return {
    ...{ what: `Referral, revision ${revision}`, table: 'referral_revisions', recordId: id, recordedAt },
    ...{ recordedBy: people.get(recordedBy) ?? null, fields },
  }
}

function itemOf({ source, row }: Held, people: People, known: Known): SubjectItem {
  const { what, at, by } = source
  const who = by === undefined ? null : (row[by] as string | null)
  return {
    ...{ what, table: nameOf(source), recordId: String(row['id']) },
    recordedAt: at === undefined ? null : (row[at] as string),
    recordedBy: who === null ? null : (people.get(who) ?? who),
    fields: fieldsOfRow(known, row),
  }
}
