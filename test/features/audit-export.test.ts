// A log written out by the operator: what goes into the file, and that everybody can see that it went.
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/connect.ts'
import { listAccesses, verifyAudit } from '../../src/features/audit/operations.ts'
import { findActor, findAuthority } from '../../src/features/identity/queries.ts'
import { receiveReferral } from '../../src/features/referrals/operations.ts'
import { execute } from '../../src/kernel/execute.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import { provision } from '../../src/provision.ts'
import { making, openConfigured } from '../../src/start.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { postgresCopy, postgresUrl } from '../support/database.ts'
import { siblings } from '../support/referrals.ts'
import type { Json } from '../support/surfaces.ts'

const folder = temporaryFolder(t)
const server = postgresUrl()
const settings: Record<string, string> = {
  DATA_DIR: folder,
  KEYS_DIR: join(folder, 'keys'),
  ...(server
    ? {
        DATABASE_URL: await postgresCopy(t, server),
        ...{ AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' },
      }
    : {}),
}

/** The database between two runs of the command: a folder is open in one process at a time. */
async function within<T>(use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openConfigured(readConfig(settings, 'maintain'))
  return await use(database).finally(() => database.close())
}

async function carriedOut(database: Database, who: string, operation: Operation, params = {}, body?: object) {
  const authority = (await findAuthority(database, 'northmoor'))!
  const actor = await findActor(database, authority, `${who}@northmoor.example`)
  if (typeof actor === 'string') throw new Error(actor)
  const now = new Date().toISOString()
  const newId = idsInOrder(Date.now, randomBytes)
  const caller = { database, actor, now, newId, idempotencyKey: randomUUID() }
  return (await execute(operation, caller, { params, body })).output as Json
}

/** The auditor's own looks, by which they ask, are left out. */
const accesses = (params: object = {}): Promise<Json[]> =>
  within(async (database) => {
    const { edges } = await carriedOut(database, 'auditor', listAccesses, { event: 'access.exported', ...params })
    return edges.map(({ node }: Json) => node)
  })

const exporting = (file: string, ...more: string[]) =>
  threshold(['audit', 'export', file, '--authority', 'northmoor', ...more], settings)

const referralId = await within(async (database) => {
  await database.migrate()
  await provision(database, join(ROOT, 'examples/demo.json'), making())
  return (await carriedOut(database, 'integration', receiveReferral, {}, siblings())).referral.id as string
})

t.test('the operator’s export is in the log of accesses, and whoever asks about a referral sees it', async (t) => {
  const file = join(folder, 'whole.jsonl')
  const { status, stdout, stderr } = await exporting(file)
  t.equal(status, 0, stderr)
  t.match(stdout, /^\d+ entries of northmoor\/decisions in /)
  t.equal(statSync(file).mode & 0o777, 0o600, 'for its owner alone')
  const text = readFileSync(file, 'utf8')
  t.match(text, siblings().children[0]!.dateOfBirth, 'it has the case file')
  const lines = text.trimEnd().split('\n')
  t.equal(lines.length, Number(stdout.split(' ')[0]) + 2)
  const entered = { event: 'access.exported', operation: 'audit export', actorId: null, isOfAll: true, referrals: [] }
  t.match(await accesses(), [entered])
  t.equal((await accesses()).length, 1)
  t.match(await accesses({ referral: referralId }), [entered], 'it told of this one as of all')
  await within(async (database) => {
    t.match(await carriedOut(database, 'auditor', verifyAudit, { log: 'access' }), { isIntact: true })
    const { rows } = await database.pool.query(
      `select convert_from(body, 'UTF8')::jsonb as leaf from access_entries where position = 0`,
    )
    const facts = { operation: 'audit export', log: 'decisions', contents: true, referrals: 'all' }
    t.match(rows, [{ leaf: { actor: null, facts } }])
    t.strictSame(rows[0].leaf.facts, facts)
  })
})

t.test('without contents nothing of a child is in the file, and the entry says so', async (t) => {
  const file = join(folder, 'bare.jsonl')
  t.equal((await exporting(file, '--no-contents')).status, 0)
  const text = readFileSync(file, 'utf8')
  t.notOk(text.includes(String(siblings().children[0]!.dateOfBirth)))
  t.notMatch(text, /"content"|"salt"/)
  t.match(text, referralId, 'the entries are')
  t.match(await newestFacts(), { log: 'decisions', contents: false })
})

t.test('the log of accesses tells of its own export', async (t) => {
  const file = join(folder, 'access.jsonl')
  t.equal((await exporting(file, '--log', 'access')).status, 0)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const [header, ...rest] = lines.map((line) => JSON.parse(line) as Json)
  t.match(header, { format: 'threshold.export/1', log: 'access', size: rest.length - 1 })
  const last = JSON.parse(rest.at(-2)!.leaf)
  t.match(last, { event: 'access.exported', facts: { log: 'access', contents: true } })
})

t.test('what cannot be exported is not entered, and no file is touched', async (t) => {
  const before = (await accesses()).length
  const taken = join(folder, 'taken.jsonl')
  writeFileSync(taken, 'kept')
  t.match(await exporting(taken), { status: 1, stderr: /is there already/ })
  t.equal(readFileSync(taken, 'utf8'), 'kept')
  const other = join(folder, 'nowhere.jsonl')
  const nobody = await threshold(['audit', 'export', other, '--authority', 'nowhere'], settings)
  t.match(nobody, { status: 1, stderr: /There is no authority nowhere/ })
  t.notOk(existsSync(other))
  t.equal((await accesses()).length, before)
})

t.test('what cannot be written whole leaves no file behind, but that it was tried', async (t) => {
  const before = (await accesses()).length
  const file = join(folder, 'half.jsonl')
  const keyless = { ...settings, KEYS_DIR: join(folder, 'no-keys') }
  const { status } = await threshold(['audit', 'export', file, '--authority', 'northmoor'], keyless)
  t.equal(status, 1)
  t.notOk(existsSync(file))
  t.equal((await accesses()).length, before + 1)
})

async function newestFacts(): Promise<Json> {
  return await within(async (database) => {
    const { rows } = await database.pool.query(
      `select convert_from(body, 'UTF8')::jsonb -> 'facts' as facts from access_entries
        where event = 'access.exported' order by position desc limit 1`,
    )
    return rows[0].facts
  })
}
