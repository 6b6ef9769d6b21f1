import t from 'tap'
import { decided, recommended } from '../support/flow.ts'
import { levelFour, levelThree } from '../support/referrals.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)

interface Furnished {
  readonly la: Authority
  readonly decisions: readonly Json[]
}

/** An authority with two decisions and everything that led to them. */
async function furnished(): Promise<Furnished> {
  const la = await world.authority()
  const decisions: Json[] = []
  for (const body of [levelThree(), levelFour()]) {
    const [recommendation] = await recommended((...args) => la.call('REST', ...args), body)
    decisions.push(await decided((...args) => la.call('REST', ...args), recommendation))
  }
  return { la, decisions }
}

/** As the database's owner with every protection off: what somebody with the keys to the server can do. */
async function tamper(statement: string, values: readonly unknown[]): Promise<number> {
  return await world.database.asOwner(async (tx) => {
    const { sql } = await import('../../src/db/drizzle.ts')
    await tx.execute(sql.raw(`set local session_replication_role = 'replica'`))
    const parts = statement.split(/\$\d+/)
    const order = [...statement.matchAll(/\$(\d+)/g)].map(([, n]) => values[Number(n) - 1])
    const chunks = parts.flatMap((part, i) => (i < order.length ? [sql.raw(part), sql`${order[i]}`] : [sql.raw(part)]))
    const { rowCount } = (await tx.execute(sql.join(chunks, sql.raw('')))) as { rowCount: number | null }
    return rowCount ?? 0
  })
}

async function verified(la: Authority): Promise<Json> {
  const rest = (await la.rest('auditor', 'GET', '/v1/audit/verification')).body
  const { data } = await la.call('GraphQL', 'auditor', 'auditVerification', {})
  if (JSON.stringify(data) !== JSON.stringify(rest)) throw new Error('the surfaces disagree')
  return rest
}

onBoth(t, world, 'everything that happens is in the log, in order, and the log is intact', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const decision = await decided(la.on, recommendation, {}, 'screener')
  await decided(la.on, recommendation, { supersedes: decision.id }, 'screener')
  const { data } = await la.on('auditor', 'auditEntries')
  const events = data.edges.map(({ node }: Json) => node.event).reverse()
  t.strictSame(events, [
    'account.provided',
    'policy.published',
    'referral.received',
    'recommendation.made',
    'judgement.recorded',
    'decision.recorded',
    'decision.superseded',
  ])
  const verification = (await la.on('supervisor', 'auditVerification')).data
  t.match(verification, { isIntact: true, entries: 7, faults: [], erased: 0, signed: 0 })
  t.ok(verification.notProven.length > 0, 'and says what that does not prove')
})

onBoth(t, world, 'the log is filtered by event and paged, for auditors and supervisors alone', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  await decided(la.on, recommendation, {}, 'screener')
  const list = async (params: object) =>
    (await la.on('auditor', 'auditEntries', { params: { ...params } })).data.edges.map(
      ({ node }: Json) => node.position,
    )
  t.strictSame(await list({}), [5, 4, 3, 2, 1, 0])
  t.strictSame(await list({ event: 'decision.recorded' }), [5])
  const first = (await la.on('auditor', 'auditEntries', { params: { first: 3 } })).data
  t.equal(first.pageInfo.hasNextPage, true)
  t.strictSame(await list({ first: 3, after: first.pageInfo.endCursor }), [2, 1, 0])
  for (const who of [
    'referrer',
    'system',
    'officer',
    'screener',
    'panel',
    'author',
    'approver',
    'administrator',
  ] as const)
    for (const operation of ['auditEntries', 'auditVerification'])
      t.match(await la.on(who, operation), { status: 403, code: 'forbidden' }, `${who} ${operation}`)
})

t.test('reading and verifying change nothing', async (t) => {
  const { la } = await furnished()
  const before = await world.counts()
  t.strictSame(await verified(la), await verified(la))
  t.strictSame(await world.counts(), before)
})

/** What is done behind the log's back; then the table and the entry that the verification must name: T13, and T17. */
const ROWS: readonly [name: string, statement: string, table: string, position: number][] = [
  [
    'a decision’s rationale is changed',
    `update decisions set rationale = 'Something else' where id = $1`,
    'decisions',
    5,
  ],
  [
    'a decision’s time is changed',
    `update decisions set decided_at = decided_at - interval '1 day' where id = $1`,
    'decisions',
    5,
  ],
  [
    'a decision is given to somebody else',
    `update decisions set decided_by = (select id from accounts where authority_id = $2 and subject like 'auditor%')
      where id = $1`,
    'decisions',
    5,
  ],
  ['a decision is deleted', 'delete from decisions where id = $1', 'decisions', 5],
  [
    'a recommendation’s level is changed',
    `update recommendations set level = 'L1' where id = $3`,
    'recommendations',
    3,
  ],
  ['a referral’s agency is changed', `update referrals set agency = 'Nobody' where id = $4`, 'referrals', 2],
  [
    'a referral’s words are changed',
    `update referral_revisions set content = '{}' where referral_id = $4`,
    'referral_revisions',
    2,
  ],
  [
    'a policy’s text is changed under its hash (T17)',
    `update policy_versions set document = replace(document, 'L4', 'L1') where authority_id = $2`,
    'policy_versions',
    1,
  ],
  [
    'a policy’s date is changed',
    `update policy_versions set effective_from = '2020-01-01' where authority_id = $2`,
    'policy_versions',
    1,
  ],
]

for (const [name, statement, table, position] of ROWS) {
  t.test(`the verification finds it when ${name}, and names the record`, async (t) => {
    const { la, decisions } = await furnished()
    const other = await furnished()
    const [{ id, recommendationId, referralId }] = decisions
    t.equal(await tamper(statement, [id, la.id, recommendationId, referralId]), 1)
    const { isIntact, faults } = await verified(la)
    t.equal(isIntact, false)
    const subject = { decisions: id, recommendations: recommendationId, referrals: referralId }[table]
    const named = { table, position, ...(subject === undefined ? {} : { id: subject }) }
    const isNamed = t.match(faults[0], named, 'with the entry that vouched for it')
    t.ok(
      faults.every((fault: Json) => Number.isInteger(fault.position)),
      JSON.stringify(faults),
    )
    tally(t, 'mutations', { held: !isIntact && isNamed ? 1 : 0, of: 1 })
    t.equal((await verified(other.la)).isIntact, true, 'and only there')
  })
}

const COPY = `insert into decisions select authority_id, $2, recommendation_id, referral_id, child_key, revision, 7,
  level, response, departure, override_reason, 'Made up', statutory_reason, decided_by, decided_by_name,
  decided_by_role, decided_by_qualification, decided_at,
  id from decisions where id = $1`
const MADE_UP = '01a20cff-7d00-7440-aa83-9ad529b9a63a'

t.test('a decision put in behind the log’s back is named', async (t) => {
  const { la, decisions } = await furnished()
  t.equal(await tamper(COPY, [decisions[0].id, MADE_UP]), 1)
  t.match((await verified(la)).faults, [{ table: 'decisions', id: MADE_UP, position: null }])
})

t.test('a decision exchanged for another is named, and so is the other', async (t) => {
  const { la, decisions } = await furnished()
  const [{ id }] = decisions
  await tamper(COPY, [id, MADE_UP.replace('a63a', 'a63b')])
  t.equal(await tamper('delete from decisions where id = $1', [id]), 1)
  const named = (await verified(la)).faults.map((fault: Json) => fault.id)
  t.strictSame(named.sort(), [id, MADE_UP.replace('a63a', 'a63b')].sort())
})

t.test(
  'an identifier put in behind the log’s back, which would lend a child another’s history, is found',
  async (t) => {
    const { la, decisions } = await furnished()
    const added = await tamper(
      `insert into child_identifiers (authority_id, id, referral_id, child_key, scheme, value)
        values ($1, $2, $3, 'a', 'nhs', '999')`,
      [la.id, MADE_UP, decisions[0].referralId],
    )
    t.equal(added, 1)
    t.equal((await verified(la)).isIntact, false)
  },
)
