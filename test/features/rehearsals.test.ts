import t from 'tap'
import { received, recommendedFor } from '../support/flow.ts'
import { child, levelFour, levelThree, levelTwo, low, referral, withheld } from '../support/referrals.ts'
import {
  carriedOut,
  DROPPED,
  drafted,
  draftedFrom,
  draftFiles,
  LOWERED,
  RAISED,
  started,
} from '../support/rehearsing.ts'
import { grantRole } from '../support/roles.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)

/** So many of each kind, each a minute after the other; every other one has been scored. */
async function furnish(on: Call, bodies: readonly ReturnType<typeof low>[]): Promise<string[]> {
  const ids: string[] = []
  for (const [i, body] of bodies.entries()) {
    world.clock.now += 60_000
    const id = await received(on, body)
    if (i % 2 === 0) await recommendedFor(on, id)
    ids.push(id)
  }
  return ids
}

const cellsOf = (cells: Json[]): Record<string, number | null> =>
  Object.fromEntries(cells.map(({ from, to, children }: Json) => [`${from}→${to}`, children]))

onBoth(t, world, 'a draft is compared with the policy in force, in parts, over what is stored', async (t, la) => {
  const ids = await furnish(la.on, [...Array(6).fill(levelThree()), ...Array(5).fill(low()), levelFour()])
  const draft = await drafted(la.on, LOWERED)
  const { id, ...rehearsal } = await started(la.on, { draft })
  t.match(rehearsal, {
    state: 'queued',
    draftId: draft,
    revision: 1,
    candidate: { policy: 'northmoor', version: '2027-04', versionId: null },
    against: { policy: 'northmoor', version: '2026-04' },
    done: 0,
    total: 12,
    coversYear: true,
    startedAt: null,
    requestedBy: { displayName: 'The author' },
  })
  t.match((await la.on('author', 'rehearsalResult', { params: { rehearsalId: id } })).code, 'rehearsal_state')
  t.strictSame(await carriedOut(world, la.id, { batch: 5 }), ['advanced', 'advanced', 'advanced', 'completed'])
  const done = (await la.on('auditor', 'rehearsal', { params: { rehearsalId: id } })).data
  t.match(done, { state: 'completed', done: 12, down: 6, unaccepted: 6, withheld: 0, stated: 0, failure: null })
  t.ok(done.startedAt && done.finishedAt)

  const { data: result } = await la.on('approver', 'rehearsalResult', { params: { rehearsalId: id } })
  t.match(result, { referrals: 12, children: 12, commonScale: null })
  t.strictSame(
    cellsOf(result.levels.whole),
    { 'L1→L1': null, 'L3→L2': 6, 'L4→L4': null },
    'the one, and the next smallest',
  )
  t.match(cellsOf(result.responses.whole)['section-17-assessment→early-help-assessment'], 6)
  const source = result.levels.groups.find(({ by }: Json) => by === 'source')
  t.match(source, { group: '2A', children: 12, cells: [{ children: null }, { children: 6 }, { children: null }] })

  const page = (await la.on('approver', 'rehearsalChildren', { params: { rehearsalId: id, first: 4 } })).data
  t.equal(page.edges.length, 4)
  const rest = await la.on('approver', 'rehearsalChildren', {
    params: { rehearsalId: id, after: page.pageInfo.endCursor },
  })
  const listed = [...page.edges, ...rest.data.edges].map(({ node }: Json) => node)
  t.strictSame(listed.map(({ referralId }: Json) => referralId).sort(), ids.slice(0, 6).sort(), 'each once')
  t.match(listed[0], {
    list: 'down',
    child: 'a',
    revision: 1,
    ways: ['level', 'response'],
    before: { outcome: 'recommended', level: 'L3', responses: ['section-17-assessment'] },
    after: { level: 'L2', responses: ['early-help-assessment'] },
    lost: [{ id: 'PHY-04', kind: 'alone', level: 'L3', because: /losing control/ }],
    acceptance: null,
  })
  const verified = (await la.on('auditor', 'auditVerification')).data
  t.match(verified, { isIntact: true }, 'and the log vouches for all of it')
})

onBoth(t, world, 'each child who would go down is accepted by an approver, with a reason, once', async (t, la) => {
  await furnish(la.on, [levelThree(), levelThree()])
  const draft = await drafted(la.on, LOWERED)
  const { id: rehearsalId } = await started(la.on, { draft })
  await carriedOut(world, la.id)
  const list = async (accepted?: boolean) =>
    (await la.on('approver', 'rehearsalChildren', { params: { rehearsalId, accepted } })).data.edges.map(
      ({ node }: Json) => node,
    )
  const [first] = await list()
  const accept = (who: Parameters<Call>[0], body: object = { reason: 'Panel of 3 March: early help is enough.' }) =>
    la.on(who, 'acceptDowngrade', { params: { rehearsalId, rehearsalChildId: first.id }, body })
  t.match(await accept('author'), { status: 403, code: 'forbidden' }, 'an author is no approver')
  t.match(await accept('supervisor'), { status: 403, code: 'forbidden' })
  t.match(await accept('approver', { reason: ' ' }), { status: 400, code: 'invalid_input' })
  const { data } = await accept('approver')
  t.match(data.child.acceptance, { acceptedBy: { displayName: 'The approver' }, reason: /Panel/ })
  t.match(await accept('approver'), { status: 409, code: 'already_accepted' })
  t.match((await la.on('approver', 'rehearsal', { params: { rehearsalId } })).data, { down: 2, unaccepted: 1 })
  t.strictSame(
    (await list(true)).map(({ id }: Json) => id),
    [first.id],
  )
  t.equal((await list(false)).length, 1)

  const { id: again } = await started(la.on, { draft })
  await carriedOut(world, la.id)
  const later = (await la.on('approver', 'rehearsal', { params: { rehearsalId: again } })).data
  t.match(later, { down: 2, unaccepted: 1 }, 'it holds in a later rehearsal of the same bytes')
  const { body: entries } = await la.rest('auditor', 'GET', '/v1/audit/entries')
  t.match(
    entries.edges.map(({ node }: Json) => node.event),
    /rehearsal.downgrade_accepted/,
  )
})

t.test('whoever wrote any part of the draft accepts nothing of it, approver or not', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  await furnish(on, [levelThree()])
  await grantRole(world, la.accounts.author.id, 'policy_approver')
  const { id: rehearsalId } = await started(on, { draft: await drafted(on, LOWERED) })
  await carriedOut(world, la.id)
  const [edge] = (await on('author', 'rehearsalChildren', { params: { rehearsalId } })).data.edges
  const params = { rehearsalId, rehearsalChildId: edge.node.id }
  const answer = await on('author', 'acceptDowngrade', { params, body: { reason: 'I wrote it.' } })
  t.match(answer, { status: 403, code: 'own_policy' })
})

onBoth(t, world, 'a level that is withheld, or newly stated, has a list of its own', async (t, la) => {
  await furnish(la.on, [levelThree(), withheld()])
  const version = { policy: 'northmoor', version: '2026-04' }
  const draft = await drafted(la.on, DROPPED)
  const { id } = await started(la.on, { draft })
  await carriedOut(world, la.id)
  const counts = (await la.on('author', 'rehearsal', { params: { rehearsalId: id } })).data
  t.match(counts, { down: 0, withheld: 1, stated: 0 }, 'the draft lacks an indicator')
  const params = { rehearsalId: id, list: 'withheld' }
  const [edge] = (await la.on('author', 'rehearsalChildren', { params })).data.edges
  t.match(edge.node, { ways: [], before: { level: 'L3' }, after: { outcome: 'withheld', level: null } })
  const refused = await la.on('approver', 'acceptDowngrade', {
    params: { rehearsalId: id, rehearsalChildId: edge.node.id },
    body: { reason: 'There is nothing to accept.' },
  })
  t.match(refused, { status: 404, code: 'not_found' })
  const { id: same } = await started(la.on, { version })
  await carriedOut(world, la.id)
  const none = (await la.on('author', 'rehearsal', { params: { rehearsalId: same } })).data
  t.match(none, { state: 'completed', down: 0, withheld: 0, stated: 0 }, 'a version beside itself moves nobody')
})

onBoth(t, world, 'a period and a sample bound what is looked at; the same seed gives the same', async (t, la) => {
  const ids = await furnish(la.on, Array(8).fill(levelThree()))
  const at = async (i: number) =>
    (await la.on('screener', 'referral', { params: { referralId: ids[i] } })).data.receivedAt
  const draft = await drafted(la.on, LOWERED)
  const looked = async (body: object) => {
    const { id, total, coversYear } = await started(la.on, { draft, ...body })
    await carriedOut(world, la.id)
    const params = { rehearsalId: id, first: 100 }
    const { edges } = (await la.on('author', 'rehearsalChildren', { params })).data
    t.equal(edges.length, total)
    const found = edges.map(({ node }: Json) => ids.indexOf(node.referralId)).sort((a: number, b: number) => a - b)
    return { found, coversYear }
  }
  t.strictSame(await looked({}), { found: [0, 1, 2, 3, 4, 5, 6, 7], coversYear: true })
  t.strictSame(await looked({ from: await at(2), to: await at(5) }), { found: [2, 3, 4], coversYear: false })
  t.strictSame(await looked({ from: '2025-11-01T00:00:00Z' }), { found: [0, 1, 2, 3, 4, 5, 6, 7], coversYear: true })
  t.match(await looked({ from: '2026-01-01T00:00:00Z' }), { coversYear: false }, 'less than a year')
  const one = await looked({ sample: { size: 3, seed: 1 } })
  t.match(one, { found: { length: 3 }, coversYear: false })
  t.strictSame(await looked({ sample: { size: 3, seed: 1 } }), one)
  const differ: string[] = []
  for (const seed of [2, 3, 4]) differ.push((await looked({ sample: { size: 3, seed } })).found.join())
  t.ok(new Set(differ).size > 1, 'other seeds give others')
  t.match(await looked({ sample: { size: 50, seed: 1 } }), { found: { length: 8 } }, 'no more than there are')
})

onBoth(t, world, 'what is no rehearsal is refused', async (t, la) => {
  const draft = await drafted(la.on, LOWERED)
  const broken = (await la.on('author', 'createPolicyDraft', { body: { files: { policy: 'format: nothing' } } })).data
  const start = (body: object, who: Parameters<Call>[0] = 'approver') => la.on(who, 'startRehearsal', { body })
  const version = { policy: 'northmoor', version: '2026-04' }
  t.match(await start({ draft }, 'supervisor'), { status: 403, code: 'forbidden' })
  t.match(await start({}), { status: 400, code: 'invalid_input', errors: [{ pointer: '/draft' }] })
  t.match(await start({ draft, version }), { status: 400, errors: [{ code: 'one_of' }] })
  t.match(await start({ version, revision: 1 }), { status: 400, errors: [{ pointer: '/revision' }] })
  t.match(await start({ draft, revision: 2 }), { status: 404, code: 'not_found' })
  t.match(await start({ version: { ...version, version: '1999' } }), { status: 404 })
  t.match(await start({ draft, against: { ...version, version: '1999' } }), { status: 404 })
  t.match(await start({ draft: broken.draft.id }), { status: 422, code: 'policy_has_errors' })
  const late = { from: '2026-05-01T00:00:00Z', to: '2026-04-01T00:00:00Z' }
  t.match(await start({ draft, ...late }), { status: 422, code: 'unprocessable', errors: [{ pointer: '/from' }] })
  t.match(await start({ draft, sample: { size: 0, seed: 1 } }), { status: 400 })
  for (let i = 0; i < 10; i++) t.equal((await start({ draft })).status, 201)
  t.match(await start({ draft }), { status: 409, code: 'rehearsal_state' }, 'ten wait already')
  await carriedOut(world, la.id)
  t.equal((await start({ draft })).status, 201, 'and then there is room again')
})

t.test('without a policy in force the version to compare with has to be named', async (t) => {
  const la = await world.authority(null)
  await la.publish('northmoor/2026-04')
  const version = { policy: 'northmoor', version: '2026-04' }
  const before = world.clock.now
  world.clock.now = Date.parse('2026-03-01T10:00:00Z')
  const answer = await la.call('REST', 'author', 'startRehearsal', { body: { version } })
  t.match(answer, { status: 422, code: 'no_policy_in_force' })
  t.equal((await la.call('REST', 'author', 'startRehearsal', { body: { version, against: version } })).status, 201)
  world.clock.now = before
})

onBoth(t, world, 'rehearsals are listed newest first, by state, by bytes and by draft', async (t, la) => {
  const [one, other] = [await drafted(la.on, LOWERED), await drafted(la.on, RAISED)]
  const first = await started(la.on, { draft: one })
  await carriedOut(world, la.id)
  world.clock.now += 1000
  const second = await started(la.on, { draft: other })
  const list = async (params: object) =>
    (await la.on('supervisor', 'rehearsals', { params: { ...params } })).data.edges.map(({ node }: Json) => node.id)
  t.strictSame(await list({}), [second.id, first.id])
  t.strictSame(await list({ state: 'queued' }), [second.id])
  t.strictSame(await list({ state: 'completed' }), [first.id])
  t.strictSame(await list({ draft: one }), [first.id])
  t.strictSame(await list({ contentHash: second.candidate.contentHash }), [second.id])
  const { pageInfo } = (await la.on('author', 'rehearsals', { params: { first: 1 } })).data
  t.strictSame(await list({ after: pageInfo.endCursor }), [first.id])
})

onBoth(t, world, 'one stored referral under two policies', async (t, la) => {
  const two = referral([child(['PHY-04']), child(['EXP-03'], { id: 'b' })])
  const referralId = await received(la.on, two)
  const draft = await drafted(la.on, LOWERED)
  const compare = (params: object) => la.on('panel', 'compareReferral', { params: { referralId, ...params } })
  const first = await la.on('supervisor', 'compareReferral', { params: { referralId, draft } })
  t.match(first, { status: 409, code: 'own_judgement_first' }, 'not for whoever has still to judge')
  const { data } = await compare({ draft })
  t.match(data, {
    revision: 1,
    before: { version: '2026-04' },
    after: { version: '2027-04', versionId: null },
    children: [
      { child: 'a', list: 'down', ways: ['level', 'response'], before: { level: 'L3' }, after: { level: 'L2' } },
      { child: 'b', list: null, ways: [], lost: [], before: { level: 'L1' }, after: { level: 'L1' } },
    ],
  })
  const version = { policy: 'northmoor', version: '2026-04' }
  t.match((await compare(version)).data.children, [{ list: null }, { list: null }])
  const against = { againstPolicy: 'northmoor', againstVersion: '2026-04' }
  t.strictSame((await compare({ draft, revision: 1, ...against })).data, data)
  t.match(await compare({}), { status: 400, code: 'invalid_input' })
  t.match(await compare({ draft, policy: 'northmoor' }), { status: 400 })
  t.match(await compare({ draft, againstPolicy: 'northmoor' }), {
    status: 400,
    errors: [{ pointer: '/againstPolicy' }],
  })
  t.match(await compare({ policy: 'saltmere', version: '2026-01' }), { status: 404 }, 'of another authority')
  t.match(await la.on('author', 'compareReferral', { params: { referralId, draft } }), { status: 403 })
})

t.test('the worked examples of a draft are compared with it, and those that move are named', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const files = draftFiles(LOWERED)
  const few = files.cases.slice(0, files.cases.indexOf('\n  - id:'))
  const cases = `${few}
  - id: fear-alone
    title: A parent fears hurting the child
    child: { ageMonths: 100, present: [PHY-04] }
    expect: { level: L2 }
  - id: nothing-unusual
    title: An ordinary child
    child: { ageMonths: 100, present: [EXP-03] }
    expect: { level: L1 }
`
  const { id } = await started(on, { draft: await draftedFrom(on, { ...files, cases }) })
  t.strictSame(await carriedOut(world, la.id), ['completed'], 'there are no referrals')
  const { data } = await on('author', 'rehearsalResult', { params: { rehearsalId: id } })
  t.match(data, { referrals: 0, children: 0, levels: { whole: [], groups: [] }, cases: { total: 2 } })
  const levels = { levelBefore: 'L3', levelAfter: 'L2', responseBefore: 'section-17-assessment' }
  t.match(data.cases.moved, [{ id: 'fear-alone', child: 'child', ...levels, ways: ['level', 'response'] }])
  t.equal(data.cases.moved.length, 1)
})

t.test('levels are compared on the common scale where the policies have different ones', async (t) => {
  const la = await world.authority('oakhaven/2026-02')
  await la.publish('northmoor/2026-04')
  const on: Call = (...args) => la.call('REST', ...args)
  await furnish(on, [...Array(6).fill(levelTwo()), ...Array(6).fill(levelThree())])
  const version = { policy: 'oakhaven', version: '2026-02' }
  const { id } = await started(on, { version })
  await carriedOut(world, la.id)
  const { data } = await on('auditor', 'rehearsalResult', { params: { rehearsalId: id } })
  t.strictSame(cellsOf(data.commonScale.whole), { 'child_in_need→(withheld)': 6, 'early_help→(withheld)': 6 })
  t.strictSame(cellsOf(data.levels.whole), { 'L2→(withheld)': 6, 'L3→(withheld)': 6 })
})
