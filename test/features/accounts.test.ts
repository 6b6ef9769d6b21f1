// Accounts over the API: what an administrator may do, from the next request on, and what nobody may.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import { accountChanges, accountRecords, ROLES } from '../../src/db/tables/accounts.ts'
import { provideAccounts } from '../../src/features/identity/provision.ts'
import { postgresUrl } from '../support/database.ts'
import { low } from '../support/referrals.ts'
import { grantRole } from '../support/roles.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type Account, type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const reason = 'Started at the front door.'

/** An account made over the API, with a token of its own. */
async function made(la: Authority & { readonly on: Call }, more: object = {}): Promise<Account> {
  const subject = `p-${randomUUID()}`
  const body = { subject, displayName: 'Ada Lovelace', kind: 'human', ...more }
  const { data, text } = await la.on('administrator', 'createAccount', { body })
  if (!data) throw new Error(text)
  return { id: data.account.id, subject, token: await la.token(subject) }
}

onBoth(
  t,
  world,
  'an account does nothing until it is granted a role, and does it from its next request on',
  async (t, la) => {
    const account = await made(la)
    const params = { accountId: account.id }
    const shown = (await la.on('administrator', 'account', { params })).data
    t.match(shown, { displayName: 'Ada Lovelace', kind: 'human', agency: null, roles: [], isEnabled: true })
    t.match(shown, { qualification: null, createdBy: { displayName: 'The administrator' } })
    t.match(await la.on(account, 'receiveReferral', { body: low() }), { status: 403, code: 'forbidden' })
    const granted = await la.on('administrator', 'grantRole', { params, body: { role: 'screener', reason } })
    t.match(granted, {
      status: 201,
      data: { account: { roles: ['screener'] }, audit: { leafHash: /^[0-9a-f]{64}$/ } },
    })
    t.equal((await la.on(account, 'receiveReferral', { body: low() })).status, 201)
    const revoked = { params: { ...params, role: 'screener' }, body: { reason: 'Left.' } }
    t.match(await la.on('administrator', 'revokeRole', revoked), { status: 201, data: { account: { roles: [] } } })
    t.match(await la.on(account, 'receiveReferral', { body: low() }), { status: 403, code: 'forbidden' })
  },
)

onBoth(
  t,
  world,
  'a supervisor whose role is revoked is refused at the next request, by service and database alike',
  async (t, la) => {
    const { id } = la.accounts.supervisor
    t.equal((await la.on('supervisor', 'restrictions')).status, 200)
    for (const role of ['supervisor', 'screener'])
      await la.on('administrator', 'revokeRole', { params: { accountId: id, role }, body: { reason: 'Moved.' } })
    t.match(await la.on('supervisor', 'restrictions'), { status: 403, code: 'forbidden' })
    t.same(await world.sql('select role from account_roles where account_id = $1', [id]), [])
  },
)

onBoth(t, world, 'a qualification is a fact with its number, and can be withdrawn', async (t, la) => {
  const account = await made(la)
  const params = { accountId: account.id }
  const body = { qualification: 'social_work', registration: 'SW12345', reason: 'Seen in the register.' }
  for (const registration of ['SW', 'SW0123', 'sw123', '12345', 'SW12345678', 'SW12 3'])
    t.match(await la.on('administrator', 'setQualification', { params, body: { ...body, registration } }), {
      status: 400,
    })
  const set = await la.on('administrator', 'setQualification', { params, body })
  t.match(set.data.account, { qualification: 'social_work', registration: 'SW12345' })
  await la.on('administrator', 'grantRole', { params, body: { role: 'screener', reason } })
  t.match((await la.on(account, 'me')).data, { qualification: 'social_work', roles: ['screener'] })
  const withdrawn = { params, body: { reason: 'Struck off.' } }
  t.match((await la.on('administrator', 'withdrawQualification', withdrawn)).data.account, {
    qualification: null,
    registration: null,
  })
  t.equal((await la.on(account, 'me')).data.qualification, null)
  t.match(await la.on('administrator', 'withdrawQualification', withdrawn), { status: 409, code: 'account_state' })
})

onBoth(t, world, 'a disabled account is nobody, and has its roles again when it is enabled', async (t, la) => {
  const { id } = la.accounts.screener
  const change = (operation: string) =>
    la.on('administrator', operation, { params: { accountId: id }, body: { reason: 'On leave.' } })
  t.match((await change('disableAccount')).data.account, { isEnabled: false, roles: ['screener'] })
  t.match(await la.on('screener', 'me'), { status: 401, code: 'unauthenticated' })
  t.match(world.log(), '"event":"auth.rejected","reason":"disabled"')
  t.match(await change('disableAccount'), { status: 409, code: 'account_state' })
  t.match((await change('enableAccount')).data.account, { isEnabled: true })
  t.match(await change('enableAccount'), { status: 409, code: 'account_state' })
  t.match((await la.on('screener', 'me')).data, { roles: ['screener'], qualification: 'social_work' })
})

onBoth(t, world, 'a new name is shown wherever the account is named', async (t, la) => {
  const params = { accountId: la.accounts.referrer.id }
  const body = { displayName: 'Grace Hopper', reason: 'Married.' }
  t.match((await la.on('administrator', 'renameAccount', { params, body })).data.account, {
    displayName: 'Grace Hopper',
  })
  t.match(await la.on('administrator', 'renameAccount', { params, body }), { status: 409, code: 'account_state' })
  t.equal((await la.on('referrer', 'me')).data.displayName, 'Grace Hopper')
})

onBoth(t, world, 'nobody changes their own account, and only an administrator changes any', async (t, la) => {
  const own = { accountId: la.accounts.administrator.id }
  const tries: [string, Json][] = [
    ['grantRole', { params: own, body: { role: 'supervisor', reason } }],
    ['revokeRole', { params: { ...own, role: 'administrator' }, body: { reason } }],
    ['setQualification', { params: own, body: { qualification: 'social_work', registration: 'SW1', reason } }],
    ['withdrawQualification', { params: own, body: { reason } }],
    ['disableAccount', { params: own, body: { reason } }],
    ['enableAccount', { params: own, body: { reason } }],
    ['renameAccount', { params: own, body: { displayName: 'Root', reason } }],
  ]
  for (const [operation, request] of tries) {
    t.match(
      await la.on('administrator', operation, request),
      { status: 403, code: 'own_account', data: null },
      operation,
    )
    for (const who of ['supervisor', 'auditor', 'system', 'approver'] as const)
      t.match(await la.on(who, operation, request), { status: 403, code: 'forbidden' }, `${who} ${operation}`)
  }
  t.match((await la.on('auditor', 'account', { params: own })).data, { roles: ['administrator'] })
  t.match(await la.on('screener', 'accounts'), { status: 403 })
  for (const operation of ['referrals', 'queue'])
    t.match(await la.on('administrator', operation), { status: 403, code: 'forbidden' }, 'and reads nothing of a case')
})

onBoth(t, world, 'systems have the roles of systems, people those of people', async (t, la) => {
  const system = await made(la, { kind: 'system', displayName: 'Portal', agency: 'Hillside' })
  const person = await made(la)
  for (const role of ROLES) {
    const ofSystem = ['system', 'referrer'].includes(role)
    const grant = (id: string) =>
      la.on('administrator', 'grantRole', { params: { accountId: id }, body: { role, reason } })
    const refused = { status: 422, code: 'role_not_for_kind', errors: [{ pointer: '/role' }] }
    t.match(await grant(system.id), ofSystem ? { status: 201 } : refused, `system ${role}`)
    t.match(await grant(person.id), role === 'system' ? refused : { status: 201 }, `human ${role}`)
  }
  const body = { qualification: 'social_work', registration: 'SW1', reason }
  t.match(await la.on('administrator', 'setQualification', { params: { accountId: system.id }, body }), { status: 422 })
  t.match(
    await la.on('administrator', 'grantRole', { params: { accountId: person.id }, body: { role: 'auditor', reason } }),
    { status: 409, code: 'account_state' },
  )
  const filtered = async (params: object) =>
    (await la.on('administrator', 'accounts', { params: { ...params, first: 50 } })).data.edges.map(
      ({ node }: Json) => node.id,
    )
  t.same(await filtered({ kind: 'system', role: 'referrer' }), [system.id])
  t.same(await filtered({ subject: person.subject }), [person.id])
  t.ok((await filtered({ qualification: 'social_work' })).includes(la.accounts.screener.id))
  t.same(await filtered({ enabled: false }), [])
})

onBoth(t, world, 'a subject has one account, and what came of it can be read', async (t, la) => {
  const body = { subject: la.accounts.screener.subject, displayName: 'Twice', kind: 'human' }
  t.match(await la.on('administrator', 'createAccount', { body }), { status: 409, code: 'subject_taken' })
  for (const subject of ['', ' x', 'a\u0000', 'x'.repeat(256)])
    t.match(await la.on('administrator', 'createAccount', { body: { ...body, subject } }), { status: 400 })
  const params = { accountId: la.accounts.officer.id }
  await la.on('administrator', 'grantRole', { params, body: { role: 'referrer', reason } })
  t.match((await la.on('auditor', 'accountChanges', { params })).data.changes, [
    { sequence: 1, kind: 'role_granted', role: 'screener', changedBy: null, reason: null },
    { sequence: 2, kind: 'role_granted', role: 'referrer', changedBy: { displayName: 'The administrator' }, reason },
  ])
})

onBoth(t, world, 'the log vouches for accounts and roles, and notices one that was slipped in', async (t, la) => {
  const account = await made(la)
  await la.on('administrator', 'grantRole', { params: { accountId: account.id }, body: { role: 'auditor', reason } })
  t.match((await la.on('auditor', 'auditVerification')).data, { isIntact: true })
  await grantRole(world, account.id, 'supervisor')
  const { isIntact, faults } = (await la.on('auditor', 'auditVerification')).data
  t.notOk(isIntact)
  t.match(faults, [{ table: 'account_changes' }])
  const entries = (await la.on('auditor', 'auditEntries', { params: { first: 100 } })).data.edges
  t.notMatch(JSON.stringify(entries), /Ada Lovelace|Started at/, 'no name and no reason stands in the log')
})

t.test('accounts of before they were recorded are taken into the log once, by the next provisioning', async (t) => {
  const earlier = await world.authority(null)
  // As a database of an earlier version is after the migration: accounts and roles, and nothing of them in the log.
  await world.database.asOwner(async (tx) => {
    await tx.execute(sql.raw(`set local session_replication_role = 'replica'`))
    for (const table of ['outbox_events', 'audit_entries', 'audit_heads'])
      await tx.execute(sql`delete from ${sql.identifier(table)} where authority_id = ${earlier.id}`)
  })
  const verified = async () => (await earlier.call('REST', 'auditor', 'auditVerification')).data
  t.match(await verified(), { isIntact: false, entries: 0 })
  const making = { now: new Date(world.clock.now).toISOString(), newId: randomUUID }
  for (let i = 0; i < 2; i++) {
    await provideAccounts(world.database, { id: earlier.id, code: earlier.code, name: 'A' }, [], making)
    t.match(await verified(), { isIntact: true, entries: 1 })
  }
})

t.test(
  'two administrators who take each other’s role at once do so one after the other, and one is left',
  async (t) => {
    for (let i = 0; i < (postgresUrl() ? 5 : 1); i++) {
      const la = await world.authority(null)
      const [one, two] = [la.accounts.administrator, la.accounts.auditor]
      await grantRole(world, two.id, 'administrator')
      const revoke = (who: Account, of: Account) =>
        la.call('REST', who, 'revokeRole', { params: { accountId: of.id, role: 'administrator' }, body: { reason } })
      const answers = await Promise.all([revoke(one, two), revoke(two, one)])
      t.same(answers.map(({ status }) => status).sort(), [201, 403])
      const left = await world.sql(
        "select account_id from account_roles where authority_id = $1 and role = 'administrator'",
        [la.id],
      )
      t.equal(left.length, 1)
    }
  },
)

t.test('the service cannot give itself a role past the operations', async (t) => {
  const la = await world.authority(null)
  const { administrator, screener, officer } = la.accounts
  const change = {
    authorityId: la.id,
    accountId: officer.id,
    sequence: 9,
    changedAt: '2026-11-24T10:00:00.000Z',
    reason,
  }
  const grant = (more: Partial<typeof accountChanges.$inferInsert>, acting: string | undefined) =>
    world.database.withTenant(
      la.id,
      (tx) =>
        tx
          .insert(accountChanges)
          .values({ ...change, id: randomUUID(), kind: 'role_granted', role: 'supervisor', ...more }),
      acting ? { accountId: acting, now: change.changedAt } : undefined,
    )
  const refused = { name: 'DatabaseError', constraint: 'account_changes_by_administrator' }
  await t.rejects(grant({ changedBy: null }, undefined), refused, 'as the set-up')
  await t.rejects(grant({ changedBy: null }, administrator.id), refused, 'as the set-up, while an administrator acts')
  await t.rejects(grant({ changedBy: screener.id }, screener.id), refused, 'as somebody who is none')
  await t.rejects(grant({ changedBy: administrator.id }, screener.id), refused, 'in the name of an administrator')
  const self = { changedBy: administrator.id, accountId: administrator.id }
  await t.rejects(
    grant(self, administrator.id),
    { name: 'DatabaseError', constraint: 'account_changes_not_own' },
    'to oneself',
  )
  const system = { changedBy: administrator.id, accountId: la.accounts.system.id }
  await t.rejects(
    grant(system, administrator.id),
    { name: 'DatabaseError', constraint: 'account_changes_fit_kind' },
    'to a system',
  )
  await t.rejects(grant({ changedBy: administrator.id, reason: ' ' }, administrator.id), {
    name: 'DatabaseError',
    constraint: 'account_changes_reason_given',
  })
  const account = {
    authorityId: la.id,
    id: randomUUID(),
    subject: 's',
    displayName: 'D',
    kind: 'human',
    createdAt: change.changedAt,
  } as const
  for (const more of [{}, { createdBy: administrator.id, qualification: 'social_work' as const }])
    await t.rejects(
      world.database.withTenant(la.id, (tx) => tx.insert(accountRecords).values({ ...account, ...more }), {
        accountId: administrator.id,
        now: change.changedAt,
      }),
      { name: 'DatabaseError', constraint: 'account_records_by_administrator' },
    )
  for (const table of ['accounts', 'account_roles', 'account_records', 'account_changes'])
    for (const statement of [
      sql`update ${sql.identifier(table)} set authority_id = authority_id`,
      sql`delete from ${sql.identifier(table)}`,
    ])
      await t.rejects(
        world.database.withTenant(la.id, (tx) => tx.execute(statement)),
        { name: 'DatabaseError', sqlstate: '42501' },
        table,
      )
})
