/** Own and family records: an account that is a subject of a referral, or kin, never sees it. */

import type { SQL } from 'drizzle-orm'
import { z } from 'zod'
import { alias, and, desc, eq, isNotNull, isNull, lt, ne, or, sql } from '../../db/drizzle.ts'
import { accounts, ROLES } from '../../db/tables/accounts.ts'
import { accountConflicts, accountConflictWithdrawals } from '../../db/tables/restrictions.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { type Actor, hasRole, requirePerson } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { type Cursor, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { destroyedWith, insertRecorded } from '../../kernel/record.ts'
import { lockReferral, plainIdentifier } from '../referrals/index.ts'
import { Because, type Conflict, ConflictPage, ConflictReceipt, NewConflict } from './model.ts'
import { isOpen } from './queries.ts'
import { requireMayDeclareFor, requireOneSubject, requireOtherThanKin, requireSupervisorLeft } from './rules.ts'

export const declareConflict = defineOperation({
  name: 'declareConflict',
  kind: 'command',
  summary: 'Say that an account is a subject of a referral, or kin of a child: it never sees the record from then on',
  description:
    'By the person, or for them by a supervisor or an administrator. Neither being let in nor breaking the glass helps against it. What such a person tells of the child is taken like anybody’s.',
  allow: ROLES.filter((role) => role !== 'system'),
  route: 'POST /v1/conflicts',
  status: 201,
  params: {},
  body: NewConflict,
  output: ConflictReceipt,
  async run(context, { body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    const { account: accountId = actor.accountId, relationship, referral, child } = body
    requireMayDeclareFor(actor, accountId)
    requireOneSubject(referral, child)
    if (!(await hasAccount(tx, actor, accountId))) throw notFound('account')
    if (referral !== undefined && !(await mayName(context, referral))) throw notFound('referral')
    // Of two at once the second sees the first.
    if (accountId !== actor.accountId) await lockReferral(tx, actor, 'conflicts')
    const { row, record } = await insertRecorded(tx, accountConflicts, {
      authorityId: actor.authorityId,
      id: context.newId(),
      accountId,
      relationship,
      referralId: referral ?? null,
      scheme: child?.scheme ?? null,
      value: child ? plainIdentifier(child.value) : null,
      declaredAt: now,
      declaredBy: actor.accountId,
    })
    if (accountId !== actor.accountId) requireSupervisorLeft(await lookingPast(tx, () => hidesFromAll(context, row)))
    const audit = await context.record({
      event: 'conflict.declared',
      facts: { conflict: row.id, account: accountId, relationship },
      records: [destroyedWith(row.referralId, record)],
    })
    return { id: row.id, relationship, audit }
  },
})

/** An administrator sees no referrals and may name any; everybody else names what they see. */
async function mayName({ tx, actor }: Context, referralId: string): Promise<boolean> {
  if (hasRole(actor, 'administrator')) return await lookingPast(tx, () => isOpen(tx, actor, referralId))
  const isReader = hasRole(actor, 'screener', 'supervisor', 'panel_member')
  return await isOpen(tx, actor, referralId, isReader ? undefined : actor.accountId)
}

/** Whether a referral that a conflict is about is kept from every supervisor. */
async function hidesFromAll(
  { tx, actor }: Context,
  { referralId, scheme, value }: typeof accountConflicts.$inferSelect,
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    select from referrals f
    where f.authority_id = ${actor.authorityId}
      and (f.id = ${referralId} or exists (
        select from child_identifiers i
        where i.authority_id = f.authority_id and i.referral_id = f.id and i.scheme = ${scheme} and i.value = ${value}))
      and not exists (
        select from accounts a
          join account_roles o on o.authority_id = a.authority_id and o.account_id = a.id and o.role = 'supervisor'
        where a.authority_id = f.authority_id and a.kind = 'human' and not exists (
          select from account_conflicts c
          where c.authority_id = a.authority_id and c.account_id = a.id
            and not exists (
              select from account_conflict_withdrawals w where w.authority_id = c.authority_id and w.conflict_id = c.id)
            and (c.referral_id = f.id or exists (
              select from child_identifiers i
              where i.authority_id = c.authority_id and i.referral_id = f.id
                and i.scheme = c.scheme and i.value = c.value))))
    limit 1`)
  return rows.length > 0
}

async function hasAccount(tx: TenantTx, actor: Actor, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.authorityId, actor.authorityId), eq(accounts.id, id)))
  return rows.length > 0
}

export const withdrawConflict = defineOperation({
  name: 'withdrawConflict',
  kind: 'command',
  summary: 'Take back a conflict that was declared by mistake',
  description: 'By a supervisor or an administrator, and never by the person whom it concerns.',
  allow: ['supervisor', 'administrator'],
  route: 'POST /v1/conflicts/{conflictId}/withdrawal',
  status: 201,
  params: { conflictId: Id },
  body: Because,
  output: ConflictReceipt,
  async run(context, { conflictId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    const [found] = await select(tx, actor, eq(accountConflicts.id, conflictId), 1)
    requireOtherThanKin(actor, found?.conflict)
    if (!found) throw notFound('conflict')
    if (found.withdrawnAt !== null) throw new Refusal('already_withdrawn', 'This conflict was withdrawn already.')
    const { record } = await insertRecorded(tx, accountConflictWithdrawals, {
      authorityId: actor.authorityId,
      id: context.newId(),
      conflictId,
      reason: body.reason,
      withdrawnAt: now,
      withdrawnBy: actor.accountId,
    })
    const { accountId, relationship, referralId } = found.conflict
    const audit = await context.record({
      event: 'conflict.withdrawn',
      facts: { conflict: conflictId, account: accountId },
      records: [destroyedWith(referralId, record)],
    })
    return { id: conflictId, relationship, audit }
  },
})

export const listConflicts = defineOperation({
  name: 'conflicts',
  kind: 'query',
  summary: 'Declared conflicts, newest first',
  description: 'Without the caller’s own: what somebody else declared of them would tell that there is a record.',
  allow: ['supervisor', 'administrator', 'auditor'],
  route: 'GET /v1/conflicts',
  params: { ...pageParams, account: Id.optional(), withdrawn: z.boolean().optional() },
  output: ConflictPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, account, withdrawn }) {
    const rows = await listRows(tx, actor, { account, withdrawn }, { first, after: decodeCursor(after) })
    return toPage(rows, first, ({ conflict }) => ({ at: conflict.declaredAt, id: conflict.id }), shown)
  },
})

const concerned = alias(accounts, 'concerned')
const declarer = alias(accounts, 'declarer')

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined, most: number) {
  const own = actor.authorityId
  return await tx
    .select({
      conflict: accountConflicts,
      withdrawnAt: accountConflictWithdrawals.withdrawnAt,
      accountName: concerned.displayName,
      declaredByName: declarer.displayName,
    })
    .from(accountConflicts)
    .innerJoin(concerned, and(eq(concerned.authorityId, own), eq(concerned.id, accountConflicts.accountId)))
    .innerJoin(declarer, and(eq(declarer.authorityId, own), eq(declarer.id, accountConflicts.declaredBy)))
    .leftJoin(
      accountConflictWithdrawals,
      and(
        eq(accountConflictWithdrawals.authorityId, own),
        eq(accountConflictWithdrawals.conflictId, accountConflicts.id),
      ),
    )
    .where(and(eq(accountConflicts.authorityId, own), condition))
    .orderBy(desc(accountConflicts.declaredAt), desc(accountConflicts.id))
    .limit(most)
}

type ConflictRow = Awaited<ReturnType<typeof select>>[number]

async function listRows(
  tx: TenantTx,
  actor: Actor,
  { account, withdrawn }: { account: string | undefined; withdrawn: boolean | undefined },
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<ConflictRow[]> {
  const { accountId, declaredAt, declaredBy, id } = accountConflicts
  const { withdrawnAt } = accountConflictWithdrawals
  const conditions: (SQL | undefined)[] = [or(ne(accountId, actor.accountId), eq(declaredBy, actor.accountId))]
  if (account !== undefined) conditions.push(eq(accountId, account))
  if (withdrawn !== undefined) conditions.push(withdrawn ? isNotNull(withdrawnAt) : isNull(withdrawnAt))
  if (after) conditions.push(or(lt(declaredAt, after.at), and(eq(declaredAt, after.at), lt(id, after.id))))
  return await select(tx, actor, and(...conditions), first + 1)
}

function shown({ conflict, withdrawnAt, accountName, declaredByName }: ConflictRow): z.output<typeof Conflict> {
  const { scheme, value } = conflict
  return {
    id: conflict.id,
    account: { accountId: conflict.accountId, displayName: accountName },
    relationship: conflict.relationship,
    referralId: conflict.referralId,
    child: scheme !== null && value !== null ? { scheme, value } : null,
    declaredAt: conflict.declaredAt,
    declaredBy: { accountId: conflict.declaredBy, displayName: declaredByName },
    withdrawnAt,
  }
}
