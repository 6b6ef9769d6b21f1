/** Accounts of an authority, made and looked at by those who administer it. */
import { z } from 'zod'
import { ACCOUNT_KINDS, accountRecords, ROLES } from '../../db/tables/accounts.ts'
import { line } from '../../engine/text.ts'
import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { KEEPERS, lockForAdministrator, shownAccount } from './change.ts'
import { Account, AccountChanges, AccountPage, AccountReceipt, NewAccount } from './model.ts'
import { changesOf, getAccount, isSubjectTaken, listAccountRows } from './queries.ts'
import { requireFreeSubject } from './rules.ts'

const READERS = ['administrator', 'auditor'] as const

export const createAccount = defineOperation({
  name: 'createAccount',
  kind: 'command',
  summary: 'Make an account for the subject of a token; it can do nothing until it is granted a role',
  allow: KEEPERS,
  route: 'POST /v1/accounts',
  status: 201,
  params: {},
  body: NewAccount,
  output: AccountReceipt,
  async run(context, { body }) {
    const { tx, actor, now } = context
    const { authorityId, accountId } = actor
    await lockForAdministrator(context)
    requireFreeSubject(await isSubjectTaken(tx, authorityId, body.subject))
    const { row, record } = await insertRecorded(tx, accountRecords, {
      ...{ authorityId, id: context.newId(), createdAt: now, createdBy: accountId },
      ...{ ...body, agency: body.agency ?? null },
    })
    const audit = await context.record({
      event: 'account.created',
      facts: { account: row.id, kind: row.kind },
      records: [record],
    })
    return { account: shownAccount(await getAccount(tx, authorityId, row.id)), audit }
  },
})

export const showAccount = defineOperation({
  name: 'account',
  kind: 'query',
  summary: 'An account as it is now',
  allow: READERS,
  route: 'GET /v1/accounts/{accountId}',
  params: { accountId: Id },
  output: Account,
  run: async ({ tx, actor }, { accountId }) => shownAccount(await getAccount(tx, actor.authorityId, accountId)),
})

export const listAccounts = defineOperation({
  name: 'accounts',
  kind: 'query',
  summary: 'Accounts of the authority, newest first',
  allow: READERS,
  route: 'GET /v1/accounts',
  params: {
    ...pageParams,
    kind: z.enum(ACCOUNT_KINDS).optional(),
    role: z.enum(ROLES).optional().describe('Granted it, disabled or not.'),
    qualification: z.enum(QUALIFICATIONS).optional(),
    enabled: z.boolean().optional(),
    subject: line(255).optional(),
  },
  output: AccountPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, ...filter }) {
    const page = { first, after: decodeCursor(after) }
    const rows = await listAccountRows(tx, actor.authorityId, filter, page)
    return toPage(rows, first, ({ account }) => ({ at: account.createdAt, id: account.id }), shownAccount)
  },
})

export const listAccountChanges = defineOperation({
  name: 'accountChanges',
  kind: 'query',
  summary: 'What became of an account since it was made: when, by whom and why',
  allow: READERS,
  route: 'GET /v1/accounts/{accountId}/changes',
  params: { accountId: Id },
  output: AccountChanges,
  async run({ tx, actor }, { accountId }) {
    await getAccount(tx, actor.authorityId, accountId)
    const rows = await changesOf(tx, actor.authorityId, accountId)
    return {
      changes: rows.map(({ row, changerName }) => {
        const { authorityId: _, accountId: __, changedBy, ...shown } = row
        const by = changedBy && changerName ? { accountId: changedBy, displayName: changerName } : null
        return { ...shown, changedBy: by }
      }),
    }
  },
})
