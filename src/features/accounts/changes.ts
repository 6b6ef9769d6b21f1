/** What an account may do, whether it may do anything, and what it is called. */

import { z } from 'zod'
import { ROLES } from '../../db/tables/accounts.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { change, KEEPERS } from './change.ts'
import { AccountName, AccountReason, AccountReceipt, RoleGrant } from './model.ts'
import { requireEnabled, requireGrantable, requireOtherName, requireRevocable } from './rules.ts'

export const grantRole = defineOperation({
  name: 'grantRole',
  kind: 'command',
  summary: 'Let an account act in a role, from its next request on',
  description: 'A system is granted the roles system and referrer alone. Nobody grants a role to themselves.',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/roles',
  status: 201,
  params: { accountId: Id },
  body: RoleGrant,
  output: AccountReceipt,
  run: async (context, { accountId, body: { role, reason } }) =>
    await change(context, accountId, {
      kind: 'role_granted',
      values: { role, reason },
      require: (standing) => requireGrantable(standing, role),
    }),
})

export const revokeRole = defineOperation({
  name: 'revokeRole',
  kind: 'command',
  summary: 'Let an account act in a role no longer, from its next request on',
  description: 'Nobody takes a role from themselves, so that an authority always has an administrator.',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/roles/{role}/revocation',
  status: 201,
  params: { accountId: Id, role: z.enum(ROLES) },
  body: AccountReason,
  output: AccountReceipt,
  run: async (context, { accountId, role, body: { reason } }) =>
    await change(context, accountId, {
      kind: 'role_revoked',
      values: { role, reason },
      require: (standing) => requireRevocable(standing, role),
    }),
})

export const disableAccount = defineOperation({
  name: 'disableAccount',
  kind: 'command',
  summary: 'Let nobody act by an account, from its next request on',
  description: 'Its tokens are refused as if there were no such account. What it did keeps its name.',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/disabling',
  status: 201,
  params: { accountId: Id },
  body: AccountReason,
  output: AccountReceipt,
  run: async (context, { accountId, body: { reason } }) =>
    await change(context, accountId, {
      kind: 'disabled',
      values: { reason },
      require: (standing) => requireEnabled(standing, true),
    }),
})

export const enableAccount = defineOperation({
  name: 'enableAccount',
  kind: 'command',
  summary: 'Let a disabled account act again, in the roles that it was granted',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/enabling',
  status: 201,
  params: { accountId: Id },
  body: AccountReason,
  output: AccountReceipt,
  run: async (context, { accountId, body: { reason } }) =>
    await change(context, accountId, {
      kind: 'enabled',
      values: { reason },
      require: (standing) => requireEnabled(standing, false),
    }),
})

export const renameAccount = defineOperation({
  name: 'renameAccount',
  kind: 'command',
  summary: 'Give an account another name to be shown by',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/name',
  status: 201,
  params: { accountId: Id },
  body: AccountName,
  output: AccountReceipt,
  run: async (context, { accountId, body: { displayName, reason } }) =>
    await change(context, accountId, {
      kind: 'renamed',
      values: { displayName, reason },
      require: (standing) => requireOtherName(standing, displayName),
    }),
})
