/** How an account is changed: by another administrator, one change after the other, with an entry of the log. */
import type { z } from 'zod'
import { type ACCOUNT_CHANGES, accountChanges } from '../../db/tables/accounts.ts'
import { requirePerson } from '../../kernel/actor.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import type { Account, AccountReceipt } from './model.ts'
import { type AccountRow, getAccount, isAdministrator, lockAccounts, nextSequence } from './queries.ts'
import { requireAdministrator, requireNotOwn, type Standing } from './rules.ts'

export const KEEPERS = ['administrator'] as const

interface Change {
  readonly kind: (typeof ACCOUNT_CHANGES)[number]
  readonly values: Pick<
    typeof accountChanges.$inferInsert,
    'role' | 'qualification' | 'registration' | 'displayName' | 'reason'
  >
  /** @throws Refusal when the account does not stand so that this can be done */
  readonly require: (standing: Standing) => void
}

/** @throws Refusal own_account, not_found, forbidden, and whatever the rule of the change says */
export async function change(
  context: Context,
  accountId: string,
  { kind, values, require }: Change,
): Promise<z.output<typeof AccountReceipt>> {
  const { tx, actor, now } = context
  const { authorityId } = actor
  await lockForAdministrator(context)
  const before = await getAccount(tx, authorityId, accountId)
  requireNotOwn(accountId, actor.accountId)
  require(standingOf(before))
  const { record } = await insertRecorded(tx, accountChanges, {
    ...{ authorityId, id: context.newId(), accountId, kind, changedAt: now, changedBy: actor.accountId },
    sequence: await nextSequence(tx, authorityId, accountId),
    ...values,
  })
  const audit = await context.record({
    event: `account.${kind}`,
    facts: { account: accountId, ...(values.role ? { role: values.role } : {}) },
    records: [record],
  })
  return { account: shownAccount(await getAccount(tx, authorityId, accountId)), audit }
}

/** @throws Refusal forbidden to a system, and to whoever has lost the role meanwhile */
export async function lockForAdministrator({ tx, actor }: Context): Promise<void> {
  requirePerson(actor)
  await lockAccounts(tx, actor.authorityId)
  requireAdministrator(await isAdministrator(tx, actor.authorityId, actor.accountId))
}

function standingOf({ account, roles }: AccountRow): Standing {
  const { kind, isEnabled, displayName, qualification } = account
  return { kind, isEnabled, displayName, qualification, roles }
}

export function shownAccount({
  account,
  roles,
  registration,
  creatorId,
  creatorName,
}: AccountRow): z.output<typeof Account> {
  const { authorityId: _, ...shown } = account
  const createdBy = creatorId && creatorName ? { accountId: creatorId, displayName: creatorName } : null
  return { ...shown, roles: [...roles], registration, createdBy }
}
