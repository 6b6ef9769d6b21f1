import t from 'tap'
import { advance } from '../../src/features/rehearsals/advance.ts'
import { rehearsalGate } from '../../src/features/rehearsals/index.ts'
import { startWorker } from '../../src/worker.ts'
import { received, recommendedFor } from '../support/flow.ts'
import { child, levelFour, levelThree, low, referral } from '../support/referrals.ts'
import { carriedOut, drafted, LOWERED, runnerOf, started } from '../support/rehearsing.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const restOf =
  (la: Authority): Call =>
  (...args) =>
    la.call('REST', ...args)

onBoth(t, world, 'a rehearsal is cancelled between two parts and goes on where it stopped', async (t, la) => {
  for (let i = 0; i < 6; i++) await received(la.on, levelThree())
  const { id: rehearsalId } = await started(la.on, { draft: await drafted(la.on, LOWERED) })
  const turn = (operation: string, who: Parameters<Call>[0] = 'author') =>
    la.on(who, operation, { params: { rehearsalId } })
  const state = async () => (await turn('rehearsal', 'auditor')).data
  t.match(await turn('resumeRehearsal'), { status: 409, code: 'rehearsal_state' }, 'it waits already')
  t.equal(await advance(runnerOf(world), la.id), 'advanced')
  t.match(await state(), { state: 'running', done: 2, total: 6, down: 2, finishedAt: null })
  t.match(await turn('cancelRehearsal', 'supervisor'), { status: 403 })
  t.match((await turn('cancelRehearsal', 'approver')).data.rehearsal, { state: 'cancelled', done: 2 })
  t.match(await turn('cancelRehearsal'), { status: 409, code: 'rehearsal_state' })
  t.strictSame(await carriedOut(world, la.id), [], 'nobody goes on with it')
  t.match((await turn('resumeRehearsal')).data.rehearsal, { state: 'running', finishedAt: null })
  t.strictSame(await carriedOut(world, la.id), ['advanced', 'advanced', 'completed'])
  t.match(await state(), { state: 'completed', done: 6, down: 6 })
  for (const operation of ['cancelRehearsal', 'resumeRehearsal'])
    t.match(await turn(operation), { status: 409, code: 'rehearsal_state' }, 'what is completed stays so')
  const { data } = await la.on('auditor', 'auditEntries', { params: { first: 100 } })
  const events = data.edges
    .map(({ node }: Json) => node.event)
    .filter((event: string) => event.startsWith('rehearsal.'))
  const advanced = 'rehearsal.advanced'
  t.strictSame(events.reverse(), [
    'rehearsal.started',
    advanced,
    'rehearsal.cancelled',
    'rehearsal.resumed',
    advanced,
    advanced,
    'rehearsal.completed',
  ])
  t.equal((await la.on('auditor', 'auditVerification')).data.isIntact, true)
})

t.test('what comes in while it runs is not looked at', async (t) => {
  const la = await world.authority()
  const on = restOf(la)
  for (let i = 0; i < 3; i++) await received(on, levelThree())
  const { id } = await started(on, { draft: await drafted(on, LOWERED) })
  await advance(runnerOf(world), la.id)
  world.clock.now += 60_000
  await received(on, levelThree())
  await carriedOut(world, la.id)
  t.match((await on('author', 'rehearsal', { params: { rehearsalId: id } })).data, { done: 3, total: 3, down: 3 })
})

t.test('each child is looked at as it was scored last, or as it would be scored now', async (t) => {
  const la = await world.authority()
  const on = restOf(la)
  const nhs = { identifiers: [{ scheme: 'nhs', value: '943 476 5919' }] }
  const bodies = [
    referral([child(['PHY-04'], nhs), child(['EXP-03'], { id: 'b' })]),
    referral([child(['SEN-01', 'FAM-01'], nhs)]),
    levelFour(),
  ]
  const ids: string[] = []
  for (const body of bodies) {
    world.clock.now += 60_000
    ids.push(await received(on, body))
  }
  // The last had an absolute finding when it was scored; its revision, not scored yet, has not.
  await recommendedFor(on, ids[2]!)
  world.clock.now += 60_000
  await on('referrer', 'reviseReferral', {
    params: { referralId: ids[2] },
    body: { basedOn: 1, reason: 'The child spoke of somebody else.', content: levelThree() },
  })
  const { id: rehearsalId } = await started(on, { draft: await drafted(on, LOWERED) })
  await carriedOut(world, la.id)
  const { data } = await on('author', 'rehearsalChildren', { params: { rehearsalId } })
  const listed = data.edges.map(({ node }: Json) => [node.referralId, node.child, node.revision, node.before.level])
  t.strictSame(
    listed.sort(),
    [
      [ids[0], 'a', 1, 'L3'],
      [ids[2], 'a', 2, 'L3'],
    ].sort(),
    'the latest revision counts',
  )
  const rows = await world.sql(
    'select referral_id, movement_hash, content from rehearsal_children where rehearsal_id = $1',
    [rehearsalId],
  )
  for (const referralId of ids) await recommendedFor(on, referralId)
  const { id: again } = await started(on, { draft: await drafted(on, LOWERED) })
  await carriedOut(world, la.id)
  const kept = await world.sql(
    'select referral_id, movement_hash, content from rehearsal_children where rehearsal_id = $1',
    [again],
  )
  const byReferral = (a: Json, b: Json) => (a.referral_id < b.referral_id ? -1 : 1)
  t.strictSame(kept.sort(byReferral), rows.sort(byReferral), 'scoring makes the snapshot that the rehearsal made')
})

t.test('a stored record that is not what was recorded makes it fail, and it goes on when that is mended', async (t) => {
  const la = await world.authority()
  const on = restOf(la)
  const referralId = await received(on, levelThree())
  const { id: rehearsalId } = await started(on, { draft: await drafted(on, LOWERED) })
  const spoil = async (hash: string) => {
    await world.sql('alter table referral_revisions disable trigger append_only')
    await world.sql('update referral_revisions set content_hash = $1 where referral_id = $2', [hash, referralId])
    await world.sql('alter table referral_revisions enable trigger append_only')
  }
  const [row] = await world.sql('select content_hash from referral_revisions where referral_id = $1', [referralId])
  await spoil('0'.repeat(64))
  const failures: unknown[] = []
  t.strictSame(await carriedOut(world, la.id, { onFailure: (error) => failures.push(error) }), ['failed'])
  t.match(failures, [{ code: 'integrity_violation' }])
  const read = async () => (await on('author', 'rehearsal', { params: { rehearsalId } })).data
  t.match(await read(), { state: 'failed', failure: 'integrity_violation', done: 0 })
  await spoil(String(row?.['content_hash']))
  await on('author', 'resumeRehearsal', { params: { rehearsalId } })
  t.strictSame(await carriedOut(world, la.id), ['advanced', 'completed'])
  t.match(await read(), { state: 'completed', failure: null, down: 1 })
})

t.test('of several that carry it out at once each part is counted by one', async (t) => {
  const la = await world.authority()
  const on = restOf(la)
  for (let i = 0; i < 8; i++) await received(on, i % 2 === 0 ? levelThree() : low())
  const { id: rehearsalId } = await started(on, { draft: await drafted(on, LOWERED) })
  const steps: string[] = []
  const helper = async (): Promise<void> => {
    for (let idle = 0; idle < 5; ) {
      const step = await advance(runnerOf(world), la.id)
      if (step === 'idle') idle++
      else steps.push(step)
    }
  }
  await Promise.all([helper(), helper(), helper()])
  t.strictSame(steps.sort(), ['advanced', 'advanced', 'advanced', 'advanced', 'completed'])
  t.match((await on('author', 'rehearsal', { params: { rehearsalId } })).data, { done: 8, down: 4 })
})

t.test('the worker takes what waits of every authority, and stops when it is told to', async (t) => {
  const las = [await world.authority(), await world.authority()]
  const ids: string[] = []
  for (const la of las) {
    await received(restOf(la), levelThree())
    ids.push((await started(restOf(la), { draft: await drafted(restOf(la), LOWERED) })).id)
  }
  const trouble: unknown[] = []
  const note = (error: unknown) => trouble.push(error)
  const worker = startWorker({ ...runnerOf(world), onFailure: note, onTrouble: note, idleMs: 10 })
  const stateOf = async (i: number) =>
    (await restOf(las[i]!)('author', 'rehearsal', { params: { rehearsalId: ids[i] } })).data.state
  for (let i = 0; i < 500 && ((await stateOf(0)) !== 'completed' || (await stateOf(1)) !== 'completed'); i++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  t.strictSame([await stateOf(0), await stateOf(1)], ['completed', 'completed'])
  await worker.stop()
  t.strictSame(trouble, [])
  const { id } = await started(restOf(las[0]!), { draft: await drafted(restOf(las[0]!), LOWERED) })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const { data } = await restOf(las[0]!)('author', 'rehearsal', { params: { rehearsalId: id } })
  t.equal(data.state, 'queued', 'nobody works on it any more')
})

t.test('a part that is told to stop leaves nothing behind', async (t) => {
  const la = await world.authority()
  const on = restOf(la)
  await received(on, levelThree())
  await started(on, { draft: await drafted(on, LOWERED) })
  const before = await world.counts()
  t.equal(await advance(runnerOf(world, { signal: AbortSignal.abort() }), la.id), 'stopped')
  t.strictSame(await world.counts(), before)
})

t.test('the gate asks for a whole year, for these bytes and for every child accepted', async (t) => {
  const la = await world.authority()
  const on = restOf(la)
  await received(on, levelThree())
  const draft = await drafted(on, LOWERED)
  const partial = await started(on, { draft, sample: { size: 1, seed: 1 } })
  await carriedOut(world, la.id)
  const { contentHash } = partial.candidate
  const against = partial.against.versionId
  const gate = (given: object = {}, days = 0) =>
    la.world.database.withTenant(la.id, (tx) => {
      const now = new Date(world.clock.now + days * 86_400_000).toISOString()
      return rehearsalGate({ tx, actor: { authorityId: la.id } as never, now }, { contentHash, against, ...given })
    })
  t.equal(await gate(), 'not_rehearsed', 'a sample does not count')
  const { id: rehearsalId } = await started(on, { draft })
  t.equal(await gate(), 'unfinished')
  await on('author', 'cancelRehearsal', { params: { rehearsalId } })
  t.equal(await gate(), 'unfinished', 'cancelled is not finished')
  await on('author', 'resumeRehearsal', { params: { rehearsalId } })
  await carriedOut(world, la.id)
  t.strictSame(await gate(), { unaccepted: 1 })
  t.equal(await gate({ contentHash: '0'.repeat(64) }), 'not_rehearsed', 'other bytes')
  t.equal(await gate({ against: la.id }), 'not_rehearsed', 'another version')
  const [edge] = (await on('approver', 'rehearsalChildren', { params: { rehearsalId } })).data.edges
  const params = { rehearsalId, rehearsalChildId: edge.node.id }
  await on('approver', 'acceptDowngrade', { params, body: { reason: 'As the panel agreed.' } })
  t.strictSame(await gate(), { unaccepted: 0 })
  t.strictSame(await gate({}, 28), { unaccepted: 0 })
  t.equal(await gate({}, 29), 'not_rehearsed', 'after four weeks it is too old')
})
