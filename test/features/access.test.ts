// Who looked at what: each answer that tells of a referral is in the log of accesses, or it is not given.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { decided, received, recommended } from '../support/flow.ts'
import { acceptance, levelThree } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)

async function accesses(on: Call, params: object = {}): Promise<Json[]> {
  const { data } = await on('auditor', 'accessEntries', { params: { ...params } })
  return data.edges.map(({ node }: Json) => node)
}

/** What is asked of one referral, by operation, with the parameters that lead to it. */
const LOOKS = (ids: Readonly<Record<string, string>>): readonly [operation: string, who: string, params: object][] => [
  ['referral', 'screener', { referralId: ids['referral'] }],
  ['referrals', 'screener', {}],
  ['referralRevisions', 'supervisor', { referralId: ids['referral'] }],
  ['recommendation', 'system', { recommendationId: ids['recommendation'] }],
  ['decision', 'supervisor', { decisionId: ids['decision'] }],
  ['decisions', 'panel', {}],
  ['queue', 'screener', {}],
  ['judgements', 'supervisor', { referralId: ids['referral'] }],
  ['clocks', 'screener', { referralId: ids['referral'] }],
]

onBoth(t, world, 'every look at a referral is entered: who, when, by what, and which', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const decision = await decided(la.on, recommendation)
  const ids = { referral: decision.referralId, recommendation: recommendation.id, decision: decision.id }
  for (const [operation, who, params] of LOOKS(ids)) {
    world.clock.now += 1000
    const answer = await la.on(who as 'screener', operation, { params: { ...params } })
    t.equal(answer.status, 200, operation)
    const [entry] = await accesses(la.on)
    const entered = {
      event: 'access.viewed',
      operation,
      referrals: [ids.referral],
      actorId: la.accounts[who as 'screener'].id,
      recordedAt: new Date(world.clock.now).toISOString(),
    }
    t.match(entry, entered, `${operation} is entered`)
  }
  const mine = await accesses(la.on, { actor: la.accounts.panel.id })
  t.strictSame(
    mine.map(({ operation }: Json) => operation),
    ['decisions'],
    'filtered by who',
  )
  const looks = LOOKS(ids).map(([operation]) => operation)
  const ofReferral = await accesses(la.on, { referral: ids.referral, first: 100 })
  const seen = new Set(ofReferral.map(({ operation }: Json) => operation))
  t.ok(
    looks.every((operation) => seen.has(operation)),
    `and by referral: ${[...seen].join(', ')}`,
  )
  t.strictSame(await accesses(la.on, { event: 'access.denied' }), [], 'and by event')
  for (const who of ['referrer', 'screener', 'supervisor', 'administrator', 'panel', 'system'] as const)
    t.match(await la.on(who, 'accessEntries'), { status: 403, code: 'forbidden' }, who)
})

onBoth(t, world, 'what tells of no referral leaves no entry; a look that was refused does', async (t, la) => {
  const referralId = await received(la.on, levelThree())
  for (const operation of ['me', 'policies', 'auditStatus']) await la.on('administrator', operation)
  t.strictSame(await accesses(la.on), [])
  t.equal((await la.on('administrator', 'referral', { params: { referralId } })).status, 403)
  t.equal((await la.on('otherReferrer', 'referral', { params: { referralId } })).status, 404)
  const denied = await accesses(la.on, { event: 'access.denied' })
  t.match(denied, [
    { actorId: la.accounts.otherReferrer.id, operation: 'referral', referrals: [referralId] },
    { actorId: la.accounts.administrator.id, operation: 'referral', referrals: [referralId] },
  ])
  const elsewhere = await world.authority()
  const answer = await elsewhere.call(la.surface, 'screener', 'referral', { params: { referralId } })
  t.equal(answer.status, 404)
  const theirs = await elsewhere.call(la.surface, 'auditor', 'accessEntries')
  t.strictSame(theirs.data.edges, [], 'another authority’s id is nobody’s, there')
})

onBoth(t, world, 'an act about a referral that was refused is entered as well', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const { referralId } = recommendation
  const params = { referralId }
  const task = { task: 'Ring the school.', child: recommendation.child }
  const hold = { referral: referralId, inquiry: 'An inquiry', reason: 'It asks for it.' }
  const revision = { basedOn: 1, reason: 'News', content: levelThree() }
  const decide = { params: { recommendationId: recommendation.id }, body: acceptance(recommendation) }
  t.equal((await la.on('auditor', 'setTask', { params, body: task })).status, 403, 'the role may not')
  t.equal((await la.on('screener', 'placeHold', { body: hold })).status, 403, 'it is named in the body')
  t.equal((await la.on('officer', 'recordDecision', decide)).status, 403, 'not qualified: the id leads to its referral')
  const hidden = await la.on('otherReferrer', 'reviseReferral', { params, body: revision })
  const none = await la.on('otherReferrer', 'reviseReferral', { params: { referralId: randomUUID() }, body: revision })
  const { data, status, code } = hidden
  t.strictSame({ data, status, code }, { data: none.data, status: none.status, code: none.code })
  t.equal(status, 404)
  t.match(await la.on('screener', 'setTask', { params, body: { ...task, child: 'nobody' } }), { status: 422 })
  const denied = await accesses(la.on, { event: 'access.denied' })
  t.strictSame(
    denied.map(({ actorId, operation, referrals }) => ({ actorId, operation, referrals })),
    [
      { actorId: la.accounts.otherReferrer.id, operation: 'reviseReferral', referrals: [referralId] },
      { actorId: la.accounts.officer.id, operation: 'recordDecision', referrals: [referralId] },
      { actorId: la.accounts.screener.id, operation: 'placeHold', referrals: [referralId] },
      { actorId: la.accounts.auditor.id, operation: 'setTask', referrals: [referralId] },
    ],
    'who, what and which; an id that leads nowhere is nobody’s, and what was wrong in itself is no refusal of theirs',
  )
  const elsewhere = await world.authority()
  t.equal((await elsewhere.call(la.surface, 'screener', 'setTask', { params, body: task })).status, 404)
  t.strictSame((await elsewhere.call(la.surface, 'auditor', 'accessEntries')).data.edges, [])
  t.match((await la.on('auditor', 'auditVerification', { params: { log: 'access' } })).data, { isIntact: true })
})

t.test('fields of an answer are looks as well, and a request enters a referral once', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, levelThree())
  await decided(on, recommendation)
  const before = (await accesses(on)).length
  const query = '{ referrals { edges { node { id decisions { id rationale } recommendations { id } } } } }'
  t.notOk((await la.graphql('supervisor', query)).body.errors)
  t.equal((await accesses(on)).length, before + 1)
})

t.test('an export is told from a look', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, levelThree())
  const decision = await decided(on, recommendation)
  await world.sign(la.id)
  await on('auditor', 'decisionEvidence', { params: { decisionId: decision.id } })
  t.match(await accesses(on), [{ event: 'access.exported', operation: 'decisionEvidence' }])
})

t.test('where the look cannot be entered nothing is shown', async (t) => {
  const la = await world.authority()
  const referralId = await received((...args) => la.call('REST', ...args), levelThree())
  await world.sql('revoke insert on access_entries from threshold_app')
  t.teardown(() => world.sql('grant insert on access_entries to threshold_app').then(() => {}))
  for (const surface of ['REST', 'GraphQL'] as const) {
    const answer = await la.call(surface, 'screener', 'referral', { params: { referralId } })
    t.match(answer, { status: 500, code: 'internal', data: null }, surface)
    t.notMatch(answer.text, /concern|narrative/)
  }
  t.equal(
    (await la.call('REST', 'referrer', 'receiveReferral', { body: levelThree() })).status,
    201,
    'a referral comes in',
  )
})

t.test('the log of accesses is verified like the other, and a changed entry is named', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const referralId = await received(on, levelThree())
  for (let i = 0; i < 3; i++) await on('screener', 'referral', { params: { referralId } })
  const verified = async () => (await la.rest('auditor', 'GET', '/v1/audit/verification?log=access')).body
  t.match(await verified(), { isIntact: true, entries: 3 })
  await world.sql('alter table access_entries drop constraint access_entries_leaf_check')
  await world.database.asOwner(async (tx) => {
    const { sql } = await import('../../src/db/drizzle.ts')
    await tx.execute(sql.raw(`set local session_replication_role = 'replica'`))
    await tx.execute(
      sql.raw(`update access_entries set body = convert_to(replace(convert_from(body, 'UTF8'), 'viewed', 'denied'), 'UTF8')
        where authority_id = '${la.id}' and position = 1`),
    )
  })
  t.match(await verified(), { isIntact: false, faults: [{ position: 1 }] })
})
