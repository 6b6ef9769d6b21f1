// The two logins of docs/OPERATOR.md, made by the very statements that stand there, on a server of their own: migrated by
// the one, served by the other, which can do no more than it must; and what `serve` says to any other.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import pg from 'pg'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { openDatabase } from '../../src/db/connect.ts'
import { keyFolder } from '../../src/db/key-folder.ts'
import { CHECKS, refusing } from '../../src/db/protection.ts'
import { vaultOver } from '../../src/db/vault.ts'
import { type Making, provideAccount, provideAuthority } from '../../src/features/identity/provision.ts'
import { developmentVerifier, issueDevelopmentToken } from '../../src/features/identity/tokens.ts'
import { compilePolicy, POLICIES_ROOT } from '../../src/features/policies/files.ts'
import { publishFile, type Sourced } from '../../src/features/policies/publish.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import { onDatabase, postgresUrl } from '../support/database.ts'
import { capturedLog } from '../support/log.ts'
import { startPostgres } from '../support/postgres.ts'
import { low } from '../support/referrals.ts'

if (!postgresUrl()) {
  t.pass('the embedded database has one login')
  process.exit(0)
}

const keys = mkdtempSync(join(tmpdir(), 'threshold-keys-'))
t.teardown(() => rmSync(keys, { recursive: true, force: true }))
const CLI = new URL('../../src/cli/main.ts', import.meta.url).pathname
const MANUAL = readFileSync(new URL('../../docs/OPERATOR.md', import.meta.url), 'utf8')
const server = await startPostgres()
t.teardown(() => server.stop())

/** The SQL of the manual that makes a role, with a password in its place. */
function statementsWith(word: string): string {
  const blocks = [...MANUAL.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  const found = blocks.find((text) => text.includes(word))
  if (!found) throw new Error(`The manual has no statement ${word}`)
  return found.replaceAll("'…'", "'secret'")
}

/** Each statement by itself: a database is not created in a transaction. */
async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of text.split(/;(?=\s)|;$/).filter((one) => one.trim() !== '')) await client.query(statement)
  } finally {
    await client.end()
  }
}

const admin = onDatabase(server.url, 'threshold')
const loginUrl = (user: string): string => Object.assign(new URL(admin), { username: user, password: 'secret' }).href
const [ownerUrl, serviceUrl] = [loginUrl('threshold_owner'), loginUrl('threshold_service')]

await run(server.url, statementsWith('create role threshold_owner'))
const owner = await openDatabase({ url: ownerUrl, max: 2 })
t.teardown(() => owner.close())
await owner.migrate()
await run(ownerUrl, statementsWith('create role threshold_service'))
const service = await openDatabase({ url: serviceUrl, max: 2, vault: vaultOver(keyFolder(keys)) })
t.teardown(() => service.close())

const names = async (database = service): Promise<string[]> => [
  ...new Set((await database.weaknesses()).map(({ check }) => check)),
]

t.test('the login of the service has no weakness, and that of the owner is told apart', async (t) => {
  t.strictSame(await service.weaknesses(), [])
  const found = await owner.weaknesses()
  t.strictSame(
    [...new Set(found.map(({ check }) => check))],
    ['login_makes_nothing', 'login_owns_nothing', 'login_is_nobody_else'],
  )
  t.ok(refusing(found, { isProduction: true }).length > 0)
  t.strictSame(refusing(found, { isProduction: false }), [], 'in development it is only told')
})

t.test('a first request is answered to the login of the service', async (t) => {
  const making: Making = { now: '2026-11-24T10:00:00.000Z', newId: idsInOrder(Date.now, randomBytes) }
  const authority = await provideAuthority(owner, { code: 'northmoor', name: 'Northmoor' }, making)
  const spec = { subject: 'school', displayName: 'A school', kind: 'human', roles: ['referrer'] } as const
  await provideAccount(owner, authority, { ...spec, agency: 'Hillside Primary School' }, making)
  await publishFile(owner, authority.id, compilePolicy(`${POLICIES_ROOT}/northmoor/2026-04.yaml`) as Sourced, making)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'development', alg: 'ES256' }
  const log = capturedLog(t)
  const parts = { database: service, verify: developmentVerifier(key), logger: log.logger, isProduction: true }
  const app = await buildApp(parts)
  t.teardown(() => app.close())
  const token = await issueDevelopmentToken(
    key,
    { subject: 'school', authority: 'northmoor' },
    { now: Date.now(), minutes: 5 },
  )
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'one' }
  const answer = await app.inject({ method: 'POST', url: '/v1/referrals', headers, payload: low() })
  t.equal(answer.statusCode, 201, answer.body)
  // An answer is kept for a second.
  const ready = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1100))
    return (await app.inject('/health/ready')).statusCode
  }
  t.equal(await ready(), 200)
  await run(ownerUrl, 'alter table referrals no force row level security')
  t.equal(await ready(), 503, 'it is not ready once a table is open')
  t.match(log.text(), /Row-level security is not enabled and forced on referrals/)
  await run(ownerUrl, 'alter table referrals force row level security')
  t.equal(await ready(), 200)
})

t.test('the login can become threshold_app and nobody else, and alone it can do nothing', async (t) => {
  const client = new pg.Client({ connectionString: serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const denied = async (statement: string): Promise<void> => {
    await t.rejects(client.query(statement), { code: /^(42501|42P01|22023)$/ }, statement)
  }
  const nothing = async (): Promise<void> => {
    for (const statement of [
      'select * from referrals',
      'select * from authorities',
      'insert into authorities select * from authorities',
      'truncate referrals',
      'alter table referrals disable row level security',
      'drop policy tenant on referrals',
      'create table probe (id int)',
      'create temporary table probe (id int)',
      'create schema probe',
      `create function probe() returns int language sql as 'select 1'`,
      'create role probe',
      'set role threshold_owner',
      'set role postgres',
      'set session authorization threshold_owner',
      'set session authorization postgres',
      'set session_replication_role = replica',
      `select pg_read_file('postgresql.conf')`,
      `copy (select 1) to program 'true'`,
      'grant threshold_owner to threshold_service',
    ])
      await denied(statement)
  }
  await nothing()
  await client.query('set role threshold_app')
  t.strictSame((await client.query('select id from referrals')).rows, [], 'nothing without an authority')
  await client.query('set row_security = off')
  await denied('select id from referrals')
  await client.query('reset row_security')
  for (const statement of [
    'truncate referrals',
    'delete from referrals',
    'set role threshold_owner',
    'create table probe (id int)',
  ])
    await denied(statement)
  await client.query('reset role')
  await nothing()
  await client.query('set session authorization default')
  await nothing()
})

t.test('whatever more a login is given is noticed', async (t) => {
  const breaches: readonly [check: string, given: string, taken: string][] = [
    ['login_is_bound', 'alter role threshold_service superuser', 'alter role threshold_service nosuperuser'],
    ['login_is_bound', 'alter role threshold_service bypassrls', 'alter role threshold_service nobypassrls'],
    ['login_makes_nothing', 'alter role threshold_service createdb', 'alter role threshold_service nocreatedb'],
    ['login_makes_nothing', 'alter role threshold_service createrole', 'alter role threshold_service nocreaterole'],
    ['login_owns_nothing', 'create schema probe authorization threshold_service', 'drop schema probe'],
    [
      'login_owns_nothing',
      'alter table consents owner to threshold_service',
      'alter table consents owner to threshold_owner',
    ],
    [
      'login_is_nobody_else',
      'create role another; alter table consents owner to another; grant another to threshold_service',
      'alter table consents owner to threshold_owner; drop role another',
    ],
    [
      'login_is_nobody_else',
      'grant pg_read_all_data to threshold_service',
      'revoke pg_read_all_data from threshold_service',
    ],
    ['login_is_nobody_else', 'grant pg_monitor to threshold_service', 'revoke pg_monitor from threshold_service'],
    [
      'login_touches_nothing_itself',
      'grant select on referrals to threshold_service',
      'revoke select on referrals from threshold_service',
    ],
    [
      'login_touches_nothing_itself',
      'grant threshold_app to threshold_service with inherit true granted by threshold_owner',
      'grant threshold_app to threshold_service with inherit false granted by threshold_owner',
    ],
    [
      'login_can_serve',
      'grant threshold_app to threshold_service with set false granted by threshold_owner',
      'grant threshold_app to threshold_service with set true granted by threshold_owner',
    ],
    [
      'app_makes_no_temporary_tables',
      'grant temporary on database threshold to public',
      'revoke temporary on database threshold from public',
    ],
  ]
  for (const [check, given, taken] of breaches) {
    await run(admin, given)
    const found = await names()
    await run(admin, taken)
    t.ok(found.includes(check), `${given}: ${found.join(', ')}`)
    t.strictSame(await names(), [], taken)
  }
  const tried = breaches.map(([check]) => check)
  const ofLogins = CHECKS.filter(({ of }) => of === 'login').map(({ name }) => name)
  t.strictSame(
    ofLogins.filter((name) => !tried.includes(name)),
    [],
    'every check of a login was broken',
  )
})

const AUTH = {
  AUTH_JWKS_URL: 'https://127.0.0.1:9/jwks',
  AUTH_ISSUER: 'https://id.example',
  AUTH_AUDIENCE: 'threshold',
}
const environment = (url: string, more: object = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  ...AUTH,
  ...{ DATABASE_URL: url, PORT: '0', NODE_ENV: 'production', LOG_LEVEL: 'info', KEYS_DIR: keys, DATA_DIR: keys },
  ...more,
})

t.test('in production nothing is served to an owner or a superuser, who is told what to do', async (t) => {
  for (const [url, what] of [
    [ownerUrl, /The login threshold_owner owns the database or something in it\.\n.*create role threshold_service/],
    [admin, /The login postgres is a superuser or may bypass row-level security/],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'serve'], { env: environment(url), encoding: 'utf8' })
    t.equal(status, 1)
    t.match(stderr, /Nothing is served: the database would not keep authorities apart/)
    t.match(stderr, what)
  }
})

t.test('it is served to the login of the service, and in development to an owner with a warning', async (t) => {
  for (const [env, warned] of [
    [environment(serviceUrl), false],
    [environment(ownerUrl, { NODE_ENV: 'development' }), true],
  ] as const) {
    const child = spawn(process.execPath, [CLI, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    const isListening = new Promise<boolean>((resolve) => {
      child.stdout.on('data', (chunk) => {
        output += chunk
        if (output.includes('Listening on')) resolve(true)
      })
      child.once('exit', () => resolve(false))
    })
    if (!(await isListening)) {
      t.fail(output)
      continue
    }
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
    t.equal(output.includes('WARNING: a database like this must hold no real records.'), warned)
  }
})
