// A stored recommendation comes out the same, or it is said what is not as it was.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { replayOn } from '../../src/cli/commands/replay.ts'
import { recommended } from '../support/flow.ts'
import { levelFour, levelThree, low, siblings, withheld } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)

/** What `threshold replay` prints and ends with. */
async function command(options: Parameters<typeof replayOn>[1]): Promise<{ status: number; lines: string[] }> {
  const lines: string[] = []
  const status = await replayOn(world.database, options, (line) => lines.push(line))
  return { status, lines }
}

const on =
  (la: Authority): Call =>
  (...args) =>
    la.call('REST', ...args)

const replayOf = async (call: Call, id: string): Promise<Json> =>
  (await call('auditor', 'replayRecommendation', { params: { recommendationId: id } })).data

/** Changes one stored recommendation, or the policy, as only the owner can. */
async function tamper(statement: string): Promise<void> {
  const { sql } = await import('../../src/db/drizzle.ts')
  await world.database.asOwner(async (tx) => {
    await tx.execute(sql.raw(`set local session_replication_role = 'replica'`))
    await tx.execute(sql.raw(statement))
  })
}

/** A column set to an expression, with its hash made to fit. */
const withHash = (column: 'content' | 'snapshot', value: string): string =>
  `${column} = ${value}, ${column}_hash = encode(sha256(convert_to(${value}, 'UTF8')), 'hex')`

const CHANGES: readonly [what: string, set: string, expected: Json][] = [
  [
    'the recommendation, and not its hash',
    `content = replace(content, '"L3"', '"L1"')`,
    { recomputedHash: null, reason: /not what was recorded: recommendation and hash do not agree/ },
  ],
  [
    'the recommendation with its hash',
    withHash('content', `replace(content, '"code":"L3"', '"code":"L1"')`),
    {
      recomputedHash: /^[0-9a-f]{64}$/,
      reason: /differs/,
      differences: ['/high/code', '/level/code', '/low/code', '/reasons/0/level/code'],
    },
  ],
  ['a space after it', withHash('content', `content || ' '`), { reason: /differs/, differences: [''] }],
  ['what is no JSON', withHash('content', `'changed'`), { recomputedHash: null, reason: /calendar/ }],
  [
    'the snapshot, and not its hash',
    `snapshot = replace(snapshot, 'PHY-04', 'PHY-06')`,
    { recomputedHash: null, reason: /not what was recorded: snapshot and hash do not agree/ },
  ],
  [
    'both, and neither hash',
    `snapshot = snapshot || ' ', content = content || ' '`,
    { recomputedHash: null, reason: /recommendation and snapshot and hash do not agree/ },
  ],
  [
    'the snapshot with its hash',
    withHash('snapshot', `replace(snapshot, '"immediateDanger":false', '"immediateDanger":true')`),
    { recomputedHash: /./, reason: /differs/, differences: [/^\/alerts/] },
  ],
  [
    'a snapshot without a child',
    withHash('snapshot', `'{"children":[],"facts":[]}'`),
    { recomputedHash: null, reason: /no child/ },
  ],
  [
    'the semantics to ones that this engine does not have',
    `engine_semantics = '0'`,
    { recomputedHash: null, reason: /made under engine semantics 0, which this service does not have/ },
  ],
  [
    'the calendar to one that is not kept',
    withHash('content', `regexp_replace(content, '"calendarHash":"[0-9a-f]{64}"', '"calendarHash":"0"')`),
    { recomputedHash: null, reason: /calendar that it was made with is not kept/ },
  ],
]

t.test('whatever was changed is said, and nothing else differs', async (t) => {
  const la = await world.authority()
  const [{ id }] = await recommended(on(la), levelThree())
  const [row] = await world.sql(`select to_json(recommendations)::text as kept from recommendations where id = $1`, [
    id,
  ])
  const kept = String(row?.['kept']).replaceAll("'", "''")
  const restored = ['content', 'content_hash', 'snapshot', 'snapshot_hash', 'engine_semantics']
    .map((column) => `${column} = '${kept}'::json->>'${column}'`)
    .join()
  for (const [what, set, expected] of CHANGES) {
    await tamper(`update recommendations set ${set} where id = '${id}'`)
    t.match(await replayOf(on(la), id), { identical: false, ...expected }, what)
    const { status, lines } = await command({ authority: la.code, id })
    t.equal(status, 1, what)
    t.match(lines, [new RegExp(`^${la.code}: ${id} of .*`), `${la.code}: 0 of 1 identical`], what)
    await tamper(`update recommendations set ${restored} where id = '${id}'`)
    t.match(await replayOf(on(la), id), { identical: true, reason: null, differences: [] })
  }
})

t.test('as JSON there is a line for each that is not identical, and one with the totals', async (t) => {
  const la = await world.authority()
  const [changed, altered] = [await recommended(on(la), siblings()), await recommended(on(la), low())].flat()
  await tamper(`update recommendations set ${withHash('content', `content || ' '`)} where id = '${changed?.id}'`)
  await tamper(`update recommendations set content = content || ' ' where id = '${altered?.id}'`)
  const { status, lines } = await command({ authority: la.code, json: true })
  t.equal(status, 1)
  const [first, second, totals, ...more] = lines.map((line) => JSON.parse(line) as Json)
  const found = new Map([first, second].map((line) => [line.id, line]))
  t.match(found.get(changed?.id), { authority: la.code, identical: false, recomputedHash: /./, differences: [''] })
  t.match(found.get(altered?.id), { authority: la.code, identical: false, recomputedHash: null, differences: [] })
  t.strictSame([totals, more], [{ total: 3, identical: 1, different: 1, notComputed: 1 }, []])
})

onBoth(t, world, 'a replay says where the result differs', async (t, la) => {
  const [{ id }] = await recommended(la.on, levelThree())
  await tamper(
    `update recommendations set ${withHash('content', `replace(content, '"urgency"', '"urgent"')`)} where id = '${id}'`,
  )
  t.match(await replayOf(la.on, id), { identical: false, reason: /differs/, differences: ['/urgent', '/urgency'] })
})

t.test('a policy that is not the published one computes nothing', async (t) => {
  const la = await world.authority()
  const [{ id }] = await recommended(on(la), levelThree())
  await tamper(
    `update policy_versions set document = replace(document, 'Northmoor', 'Southmoor') where authority_id = '${la.id}'`,
  )
  const reason = 'The stored policy northmoor 2026-04 is not the one that was published.'
  t.match(await replayOf(on(la), id), { identical: false, recomputedHash: null, reason })
  const { status, lines } = await command({ authority: la.code })
  t.equal(status, 1)
  t.match(lines, [new RegExp(reason), /0 of 1 identical/])
})

t.test('everything that is stored is replayed once, over any number of pages', async (t) => {
  const la = await world.authority()
  for (const body of [low(), levelFour(), withheld(), siblings()]) await recommended(on(la), body)
  t.strictSame(await command({ authority: la.code }), { status: 0, lines: [`${la.code}: 5 of 5 identical`] })

  const [{ id, createdAt }] = await recommended(on(la), levelThree())
  // Copies of the same moment: pages have to end between them.
  const { rows } = await world.database.pool.query(`select * from recommendations where id = $1`, [id])
  const columns = Object.keys(rows[0]).map((name) =>
    name === 'id' ? 'gen_random_uuid()' : name === 'sequence' ? 'sequence + copies.n' : name,
  )
  await world.sql(
    `insert into recommendations (${Object.keys(rows[0]).join()})
     select ${columns.join()} from recommendations, generate_series(1, 244) as copies (n) where id = $1`,
    [id],
  )
  t.strictSame(await command({ authority: la.code }), { status: 0, lines: [`${la.code}: 250 of 250 identical`] })
  const [last] = await world.sql(
    `select id from recommendations where authority_id = $1 and created_at = $2 order by id desc limit 1`,
    [la.id, createdAt],
  )
  await tamper(`update recommendations set content = content || ' ' where id = '${last?.['id']}'`)
  const { status, lines } = await command({ authority: la.code })
  t.equal(status, 1)
  t.match(lines, [new RegExp(`^${la.code}: ${last?.['id']} `), `${la.code}: 249 of 250 identical`])
})

t.test('a period is one of London days, both included', async (t) => {
  const la = await world.authority()
  const before = world.clock.now
  // In summer time a day in London begins at 23:00 of the day before in UTC.
  for (const at of ['2027-06-01T22:59:59.999Z', '2027-06-01T23:00:00.000Z', '2027-06-02T22:59:59.999Z'])
    await recommendedAt(la, at)
  await recommendedAt(la, '2027-06-02T23:00:00.000Z')
  world.clock.now = before
  const count = async (from?: string, to?: string) =>
    (await command({ authority: la.code, ...(from && { from }), ...(to && { to }) })).lines
  t.strictSame(await count('2027-06-02', '2027-06-02'), [`${la.code}: 2 of 2 identical`])
  t.strictSame(await count(undefined, '2027-06-01'), [`${la.code}: 1 of 1 identical`])
  t.strictSame(await count('2027-06-02'), [`${la.code}: 3 of 3 identical`])
  t.strictSame(await count('2027-06-04'), [`${la.code}: 0 of 0 identical`])
})

async function recommendedAt(la: Authority, at: string): Promise<void> {
  world.clock.now = Date.parse(at)
  await recommended(on(la), low())
}

t.test('one recommendation is found in whichever authority it is, and one that is not there is an error', async (t) => {
  const [here, there] = [await world.authority(), await world.authority()]
  const [{ id }] = await recommended(on(here), low())
  t.strictSame(await command({ id }), { status: 0, lines: [`${here.code}: 1 of 1 identical`] })
  await t.rejects(command({ authority: there.code, id }), { message: `There is no recommendation ${id}.` })
  await t.rejects(command({ id: randomUUID() }), /There is no recommendation/)
  await t.rejects(command({ authority: 'nowhere' }), { message: 'There is no authority nowhere.' })
})

t.test('all authorities are replayed, each with its own line', async (t) => {
  await world.authority()
  const { lines } = await command({ to: '2027-01-01' })
  const codes = (await world.sql('select code from authorities')).map(({ code }) => String(code))
  t.strictSame(
    lines
      .filter((line) => / identical$/.test(line))
      .map((line) => line.split(':')[0])
      .sort(),
    codes.sort(),
  )
})
