import t from 'tap'
import { received } from '../support/flow.ts'
import { approved, bytesOf, inForce, LOWER, published, small } from '../support/policy-flow.ts'
import { levelThree } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const world = await openWorld(t)

const retire = (on: Call, version: string, body: object) =>
  on('approver', 'retirePolicy', {
    params: { policy: version === '2026-04' ? 'northmoor' : 'small', version },
    body: { reason: 'So it was agreed.', ...body },
  })

/** What applies on a day, to a referral of that day or of another. */
const applies = async (on: Call, date: string, receivedOn?: string): Promise<string> => {
  const { data, code } = await on('screener', 'policyInForce', { params: { on: date, receivedOn } })
  return data?.version ?? code
}

onBoth(
  t,
  world,
  'referrals received before the change go on under the version before, until the day that was said',
  async (t, la) => {
    const first = await inForce(la.on)
    await published(la.on, small('2026-12', '2026-12-01'), first, { legacyUntil: '2026-12-31' })
    for (const [on, receivedOn, version] of [
      ['2026-11-30', '2026-11-30', '2026-04'],
      ['2026-12-01', '2026-12-01', '2026-12'],
      ['2026-12-01', '2026-11-30', '2026-04'],
      ['2026-12-31', '2026-11-30', '2026-04'],
      ['2026-12-31', '2026-12-01', '2026-12'],
      ['2027-01-01', '2026-11-30', '2026-12'],
    ] as const)
      t.equal(await applies(la.on, on, receivedOn), version, `${receivedOn} on ${on}`)
    const states = async () =>
      Object.fromEntries(
        (await la.on('auditor', 'policies')).data.edges.map(({ node }: Json) => [node.version, node.state]),
      )
    const back = world.clock.now
    for (const [day, expected] of [
      ['2026-11-30', { '2026-04': 'in_force', '2026-12': 'scheduled' }],
      ['2026-12-31', { '2026-04': 'legacy', '2026-12': 'in_force' }],
      ['2027-01-01', { '2026-04': 'superseded', '2026-12': 'in_force' }],
    ] as const) {
      world.clock.now = Date.parse(`${day}T12:00:00.000Z`)
      t.strictSame(await states(), expected, day)
    }
    world.clock.now = back
  },
)

onBoth(t, world, 'recommendations are made under the version that applies to the referral', async (t, la) => {
  await published(la.on, small('2026-12', '2026-12-01'), await inForce(la.on), { legacyUntil: '2026-12-31' })
  const id = await received(la.on, levelThree())
  const back = world.clock.now
  const under = async () => {
    const { data } = await la.on('system', 'recommendReferral', { params: { referralId: id } })
    return data.recommendations[0].content.pins.policyVersion
  }
  t.equal(await under(), '2026-04')
  world.clock.now = Date.parse('2026-12-31T23:59:59.000Z')
  t.equal(await under(), '2026-04', 'on the last day')
  world.clock.now += 1000
  t.equal(await under(), '2026-12', 'and after it')
  world.clock.now = back
})

onBoth(t, world, 'going on under an earlier version needs one, and a day that comes', async (t, la) => {
  const submission = await approved(la.on, small('2026-12', '2026-12-01'))
  const supersedes = await inForce(la.on)
  const body = { ...bytesOf(submission), supersedes, legacyUntil: '2026-11-30' }
  t.match(await la.on('approver', 'publishPolicy', { params: { submissionId: submission.id }, body }), {
    status: 422,
    code: 'unprocessable',
    errors: [{ pointer: '/legacyUntil' }],
  })
})

onBoth(t, world, 'a version called off before its day never applied, and the one before it goes on', async (t, la) => {
  const first = await inForce(la.on)
  const second = await published(la.on, small('2026-12', '2026-12-01'), first)
  t.equal(await applies(la.on, '2026-12-01'), '2026-12')
  const { data } = await retire(la.on, '2026-12', { from: '2026-11-24' })
  t.match(data.version, { state: 'retired', retiredFrom: '2026-11-24' })
  t.equal(await applies(la.on, '2026-12-01'), '2026-04')
  t.match(await retire(la.on, '2026-12', { from: '2026-11-24' }), { status: 409, code: 'already_retired' })
  const third = await published(la.on, small('2027-01', '2026-12-01'), first)
  t.match(third, { supersedes: first }, 'and its day is free again')
  t.not(third.id, second.id)
})

onBoth(t, world, 'a version that was superseded does not come back unseen', async (t, la) => {
  const back = world.clock.now
  await published(la.on, small('2026-12', '2026-11-24'), await inForce(la.on))
  t.equal(await applies(la.on, '2026-11-24'), '2026-12')
  const refusal = { status: 409, code: 'leaves_none_in_force' }
  t.match(await retire(la.on, '2026-12', { from: '2026-11-24' }), refusal, 'not even on its first day')
  t.match(await retire(la.on, '2026-12', { from: '2027-03-01' }), refusal, 'nor later')
  t.match(await retire(la.on, '2026-12', { from: '2026-11-23' }), { status: 422, code: 'effective_date_past' })
  t.match(await retire(la.on, '2026-04', { from: '2026-12-01' }), { status: 422, code: 'unprocessable' }, 'superseded')
  t.equal((await retire(la.on, '2026-12', { from: '2027-03-01', leaveNoneInForce: true })).status, 201)
  t.equal(await applies(la.on, '2027-02-28'), '2026-12')
  t.equal(await applies(la.on, '2027-03-01'), 'no_policy_in_force')
  world.clock.now = back
})

onBoth(t, world, 'a version retires without more ado where the next one takes over', async (t, la) => {
  const first = await inForce(la.on)
  const second = await published(la.on, small('2026-12', '2026-12-01'), first)
  t.equal((await retire(la.on, '2026-04', { from: '2026-12-01' })).status, 201)
  const third = await published(la.on, small('2027-01', '2027-01-01'), second.id)
  t.match(
    await retire(la.on, '2026-12', { from: '2026-12-01' }),
    { status: 409, code: 'publication_conflict' },
    'the third was compared with it',
  )
  t.equal(third.state, 'scheduled')
})

onBoth(t, world, 'versions are filtered by state, author and time of publication', async (t, la) => {
  const first = await inForce(la.on)
  world.clock.now += 1000
  const from = new Date(world.clock.now).toISOString()
  const second = await published(la.on, small('2026-12', '2026-12-01'), first)
  const list = async (params: object) =>
    (await la.on('auditor', 'policies', { params: { ...params } })).data.edges.map(({ node }: Json) => node.id)
  t.strictSame(await list({ state: 'in_force' }), [first])
  t.strictSame(await list({ state: 'scheduled' }), [second.id])
  t.strictSame(await list({ state: 'legacy' }), [])
  t.strictSame(await list({ author: la.accounts.author.id }), [second.id])
  t.strictSame(await list({ from }), [second.id])
  t.strictSame(await list({ to: from }), [first])
  t.strictSame(await list({ approval: 'provided' }), [first])
  world.clock.now = START
})

onBoth(
  t,
  world,
  'what changes is said in words, from the version in force to a draft or between versions',
  async (t, la) => {
    const first = await inForce(la.on)
    const base = await published(la.on, small('base', '2026-11-24'), first)
    const submission = await approved(la.on, small('2026-12', '2026-12-01', LOWER))
    const { data } = await la.on('author', 'policyDiff', { params: { draft: submission.draftId, revision: 1 } })
    t.match(data, { from: 'small@base', to: 'small@2026-12', toHash: submission.contentHash })
    t.ok(data.changes.some(({ section, kind }: Json) => section === 'indicators' && kind === 'lowered'))
    t.match(data.markdown, /^# What changes from small@base to small@2026-12\n/)
    const body = { ...bytesOf(submission), supersedes: base.id }
    const done = await la.on('approver', 'publishPolicy', { params: { submissionId: submission.id }, body })
    const to = done.data.version.id
    t.strictSame((await la.on('auditor', 'policyDiff', { params: { from: base.id, to } })).data, data)
    t.match((await la.on('auditor', 'policyDiff', { params: { from: first, to: first } })).data, {
      changes: [],
      onlyRaises: true,
    })
    for (const [params, status] of [
      [{}, 400],
      [{ to, draft: submission.draftId }, 400],
      [{ to: submission.draftId }, 404],
    ] as const)
      t.match(await la.on('auditor', 'policyDiff', { params }), { status, data: null })
    t.match(await la.on('screener', 'policyDiff', { params: { to } }), { status: 403 })
  },
)
