// What `threshold papers` writes is what runs: policy, rights, figures.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { papersOf, writeAll } from '../../src/cli/commands/papers.ts'
import { readConfig } from '../../src/config.ts'
import { installationOf } from '../../src/papers/configuration.ts'
import { readDataMap, requireMapped } from '../../src/papers/data-map.ts'
import { liveColumns } from '../../src/papers/queries.ts'
import { temporaryFolder, threshold } from '../support/command.ts'
import { decided, recommended } from '../support/flow.ts'
import { levelFour, low } from '../support/referrals.ts'
import type { Call, Json } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const config = readConfig({}, 'maintain')
const now = (): string => new Date(world.clock.now).toISOString()

t.test('the transparency record names the policy in force and counts what was decided, rounded', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  for (const referral of [levelFour(), low(), low()]) {
    const [recommendation] = await recommended(on, referral)
    await decided(on, recommendation)
  }
  const body = {
    code: 'early-help',
    class: 'early_help',
    years: 6,
    countedFrom: 'last_decision',
    legalBasis: 'Limitation Act 1980, section 2.',
    source: 'Schedule, page 4.',
    note: 'Agreed.',
  }
  await on('administrator', 'setRetentionRule', { body })
  const files = await papersOf(world.database, config, now())
  const record = JSON.parse(files[`atrs-${la.code}.json`] ?? 'null')
  const { data: policy } = await on('auditor', 'policyInForce', {})
  t.match(record, {
    policy: { id: policy.policy, version: policy.version, hash: policy.contentHash },
    figures: { referrals: '5', decisions: '5', 'decisions below the recommendation': 'not given below 50' },
  })
  const page = files[`atrs-${la.code}.md`] ?? ''
  t.match(page, policy.contentHash)
  t.match(page, /early_help: 6 years from last_decision \(Limitation Act 1980/)
  t.match(page, /To be completed by the authority/, 'what only the authority knows is left open')
  t.notMatch(page, /undefined|null/)
  const other = await world.authority()
  const again = await papersOf(world.database, config, now())
  t.match(JSON.parse(again[`atrs-${other.code}.json`] ?? 'null'), { figures: { referrals: '0', decisions: '0' } })
})

t.test('the data map says what the service may do with each table of the live database', async (t) => {
  const { tables } = JSON.parse((await papersOf(world.database, config, now()))['data-map.json'] ?? 'null') as {
    tables: { table: string; service: string[]; readers: string[] }[]
  }
  const of = (name: string) => tables.find(({ table }) => table === name)
  t.strictSame(of('decisions')?.service, ['INSERT', 'SELECT'], 'nothing is changed or removed')
  t.ok(of('decisions')?.readers.includes('auditor'))
  t.notOk(of('decisions')?.readers.includes('referrer'))
  t.strictSame(of('webhook_secrets')?.readers, [], 'secrets are shown by no operation')
})

t.test('the data map says what is configured: of an authority rules, hosts and counts', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const url = 'https://case.council.example/hooks/s3cret-path?key=s3cret-key'
  const events = ['decision.completed']
  const { data: added } = await on('administrator', 'addWebhook', { body: { url, description: 'Cases', events } })
  const gone = await on('administrator', 'addWebhook', {
    body: { url: 'https://gone.council.example/', description: 'Gone' },
  })
  await on('administrator', 'removeWebhook', { params: { webhookId: gone.data.webhook.id } })
  const [{ referralId }] = await recommended(on, levelFour())
  await on('supervisor', 'restrictReferral', {
    params: { referralId },
    body: {
      category: 'public_interest',
      reason: 'Marmalade reason.',
      reviewOn: '2026-12-20',
      accounts: [la.accounts.supervisor.id],
    },
  })
  const files = await papersOf(world.database, config, now())
  const { authorities } = JSON.parse(files['data-map.json'] ?? 'null') as { authorities: Json[] }
  t.match(
    authorities.find(({ authority }) => authority.code === la.code),
    {
      retention: [],
      receivers: [{ host: 'case.council.example', events, state: 'active' }],
      restrictions: { 'in force': 1, 'past the day of review': 0, 'broken glasses without a review': 0 },
    },
  )
  const page = files['data-map.md'] ?? ''
  t.match(page, /\| case\.council\.example \| decision\.completed \| active \|/)
  t.match(page, /\| early-help \| early_help \| 6 years from last_decision \|/, 'the rule of the authority above')
  for (const text of [page, files['data-map.json'] ?? ''])
    t.notMatch(text, /s3cret|gone\.council|Marmalade/, 'no path, no secret, no reason, nothing that was removed')
  t.match(added.secret, /^whsec_/)
  t.notOk(page.includes(added.secret))
  const later = new Date(world.clock.now + 60 * 24 * 3_600_000).toISOString()
  const again = JSON.parse((await papersOf(world.database, config, later))['data-map.json'] ?? 'null')
  t.match(
    again.authorities.find(({ authority }: Json) => authority.code === la.code),
    { restrictions: { 'in force': 1, 'past the day of review': 1 } },
  )
})

t.test('the data map says what is configured: of the installation hosts, and no secret', async (t) => {
  const settings = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://u:s3cret@db.council.example:5432/threshold',
    KEYS_DIR: '/srv/s3cret',
    SIGNER_URL: 'http://127.0.0.1:7210/s3cret',
    SIGNER_TOKEN: 's3cret'.repeat(6),
    ANCHOR_FILE: '/mnt/s3cret',
    ANCHOR_URLS: 'https://audit.example/s3cret',
    AUTH_ISSUER: 'https://id.council.example/s3cret',
    AUTH_AUDIENCE: 'threshold',
    AUTH_JWKS_URL: 'https://keys.council.example/s3cret',
    AUTH_AUTHORITIES: 'northmoor,saltmere',
  }
  const installation = installationOf(readConfig(settings))
  t.match(installation, {
    stage: 'production',
    database: 'PostgreSQL at db.council.example:5432',
    'identity providers': 'id.council.example (keys from keys.council.example; northmoor, saltmere)',
    signer: '127.0.0.1:7210',
    anchors: 'a file, audit.example',
    'GraphQL documents': 'those that are listed',
  })
  t.notMatch(JSON.stringify(installation), /s3cret/)
  t.match(installationOf(readConfig({})), {
    stage: 'not production',
    database: /embedded/,
    'identity providers': /none/,
    signer: /this process/,
    anchors: 'none',
  })
  t.match(
    (await papersOf(world.database, config, now()))['data-map.md'] ?? '',
    /## The installation\n\n.*\n.*\n\| stage \| not production/,
  )
})

t.test('a table or column of the live database that the map does not explain is not passed over', async (t) => {
  const map = readDataMap()
  const live = await world.database.withoutTenant(liveColumns)
  t.doesNotThrow(() => requireMapped(map, live))
  t.throws(() => requireMapped(map, live.slice(1)), new RegExp(`does not have: ${live[0]}`))
  await world.sql('create table aside (words text)')
  await t.rejects(papersOf(world.database, config, now()), /aside\.words/)
  await world.sql('drop table aside')
  await world.sql('alter table referrals add column aside text')
  await t.rejects(papersOf(world.database, config, now()), /referrals\.aside/)
  await world.sql('alter table referrals drop column aside')
  await papersOf(world.database, config, now())
})

t.test('the command works on the embedded default, without any setting but where that is', async (t) => {
  const folder = temporaryFolder(t)
  const settings = { DATA_DIR: join(folder, 'data') }
  const early = await threshold(['papers', join(folder, 'early')], settings)
  t.notSame(early.status, 0)
  t.match(early.stderr, /threshold migrate/)
  t.equal((await threshold(['migrate'], settings)).status, 0)
  const { status, stderr } = await threshold(['papers', join(folder, 'papers')], settings)
  t.equal(status, 0, stderr)
  t.match(readFileSync(join(folder, 'papers/data-map.md'), 'utf8'), /\| database \| embedded/)
})

t.test('nothing is written over unless that is asked for, and then all of it', async (t) => {
  const folder = join(temporaryFolder(t), 'papers')
  writeAll(folder, { 'a.md': 'one' }, {})
  t.throws(() => writeAll(folder, { 'a.md': 'two', 'b.md': 'two' }, {}), /a\.md .*--force/)
  t.equal(readFileSync(join(folder, 'a.md'), 'utf8'), 'one')
  t.notOk(existsSync(join(folder, 'b.md')), 'all or none')
  writeAll(folder, { 'a.md': 'two', 'b.md': 'two' }, { force: true })
  t.equal(readFileSync(join(folder, 'a.md'), 'utf8') + readFileSync(join(folder, 'b.md'), 'utf8'), 'twotwo')
})
