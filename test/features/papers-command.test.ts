// What `threshold papers` writes is what runs: policy, rights, figures.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { papersOf, writeAll } from '../../src/cli/commands/papers.ts'
import { temporaryFolder } from '../support/command.ts'
import { decided, recommended } from '../support/flow.ts'
import { levelFour, low } from '../support/referrals.ts'
import type { Call } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
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
  const files = await papersOf(world.database, now())
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
  const again = await papersOf(world.database, now())
  t.match(JSON.parse(again[`atrs-${other.code}.json`] ?? 'null'), { figures: { referrals: '0', decisions: '0' } })
})

t.test('the data map says what the service may do with each table of the live database', async (t) => {
  const { tables } = JSON.parse((await papersOf(world.database, now()))['data-map.json'] ?? 'null') as {
    tables: { table: string; service: string[]; readers: string[] }[]
  }
  const of = (name: string) => tables.find(({ table }) => table === name)
  t.strictSame(of('decisions')?.service, ['INSERT', 'SELECT'], 'nothing is changed or removed')
  t.ok(of('decisions')?.readers.includes('auditor'))
  t.notOk(of('decisions')?.readers.includes('referrer'))
  t.strictSame(of('webhook_secrets')?.readers, [], 'secrets are shown by no operation')
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
