// Receipts, checkpoints, proofs, evidence and exports, as the service hands them out and others verify them without it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { openCheckpoint } from '../../src/engine/audit/checkpoint.ts'
import { readEvidence, verifyEvidence } from '../../src/engine/audit/evidence.ts'
import { leafHash, type Tree, verifyConsistency, verifyInclusion } from '../../src/engine/audit/merkle.ts'
import { type NoteKey, readVerifierKey } from '../../src/engine/audit/note.ts'
import { readProof } from '../../src/engine/audit/proof.ts'
import { signCheckpoints } from '../../src/features/audit/signing.ts'
import { type LogSettings, UNSIGNED } from '../../src/kernel/signer.ts'
import { fileAnchor, webhookAnchor } from '../../src/signer/anchors.ts'
import { remoteSigner } from '../../src/signer/client.ts'
import { signerServer } from '../../src/signer/server.ts'
import { openSigner } from '../../src/signer/signer.ts'
import { startWorker } from '../../src/worker.ts'
import { tamper } from '../support/behind.ts'
import { exported, signedLogs, verifiedOffline } from '../support/exported.ts'
import { decided, judged, recommended } from '../support/flow.ts'
import { acceptance, levelThree, siblings } from '../support/referrals.ts'
import { type Call, type Json, onBoth, SURFACES } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)

async function keyOf(on: Call): Promise<NoteKey> {
  const { data } = await on('auditor', 'auditStatus')
  return readVerifierKey(data.logs[0].verifierKey)
}

async function treeOf(on: Call, key: NoteKey): Promise<Tree> {
  const { data } = await on('auditor', 'auditStatus')
  return openCheckpoint(data.logs[0].signed.note, key)
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

onBoth(t, world, 'whoever has a receipt can have it proved, whoever they are', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  await decided(la.on, recommendation, {}, 'screener')
  const received = await la.on('referrer', 'receiveReferral', { body: levelThree() })
  const { position, leafHash, checkpoint } = received.data.audit
  t.equal(checkpoint, null, 'nothing was signed yet')
  const params = { position }
  t.match(await la.on('referrer', 'auditInclusion', { params }), { status: 409, code: 'not_signed_yet' })
  await world.sign(la.id)
  const { data } = await la.on('referrer', 'auditInclusion', { params })
  t.equal(data.leafHash, leafHash)
  const key = await keyOf(la.on)
  const tree = await treeOf(la.on, key)
  const place = { index: position, leaf: bytes(leafHash) }
  t.same(verifyInclusion(place, tree, data.hashes.map(bytes)), { isProven: true })
  const proof = readProof(data.proof)
  t.same(verifyInclusion(place, openCheckpoint(proof.checkpoint, key), proof.hashes), { isProven: true }, 'as text too')
  const next = await la.on('referrer', 'receiveReferral', { body: levelThree() })
  t.same(openCheckpoint(next.data.audit.checkpoint, key), { ...tree }, 'a later receipt has the newest checkpoint')
  t.match(await la.on('referrer', 'auditInclusion', { params: { position: 99 } }), { status: 404, code: 'not_found' })
})

onBoth(t, world, 'a log is proved to continue every checkpoint that was signed of it', async (t, la) => {
  const key = async (): Promise<NoteKey> => await keyOf(la.on)
  const trees: Tree[] = []
  for (let i = 0; i < 4; i++) {
    await la.on('referrer', 'receiveReferral', { body: levelThree() })
    await world.sign(la.id)
    trees.push(await treeOf(la.on, await key()))
  }
  const last = trees.at(-1) as Tree
  for (const first of trees) {
    const { data } = await la.on('panel', 'auditConsistency', { params: { from: first.size, to: last.size } })
    t.same(verifyConsistency(first, last, data.hashes.map(bytes)), { isProven: true }, `${first.size} to ${last.size}`)
  }
  const { checkpoints } = (await la.on('referrer', 'auditCheckpoints')).data
  t.strictSame(
    checkpoints.map(({ size }: Json) => size),
    trees.map(({ size }) => size),
  )
  t.strictSame(
    (await la.on('referrer', 'auditCheckpoints', { params: { from: 4, first: 1 } })).data.checkpoints.length,
    1,
  )
  const beyond = await la.on('auditor', 'auditConsistency', { params: { from: 1, to: 99 } })
  t.match(beyond, { status: 400, code: 'invalid_input', errors: [{ pointer: '/to' }] })
  const backwards = await la.on('auditor', 'auditConsistency', { params: { from: 4, to: 2 } })
  t.match(backwards, { status: 400, code: 'invalid_input', errors: [{ pointer: '/from' }] })
})

onBoth(t, world, 'a decision is handed out with evidence that it is the one that was recorded', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const decision = await decided(la.on, recommendation, {}, 'screener')
  const params = { decisionId: decision.id }
  t.match(await la.on('supervisor', 'decisionEvidence', { params }), { status: 409, code: 'not_signed_yet' })
  await world.sign(la.id)
  const { data } = await la.on('auditor', 'decisionEvidence', { params })
  const keys = [await keyOf(la.on)]
  const plain = JSON.parse(JSON.stringify(data, (_, value) => (value === null ? undefined : value)))
  const evidence = readEvidence(JSON.stringify(plain))
  const held = [evidence.proof.checkpoint]
  t.match(verifyEvidence(evidence, keys, held), { status: 'verified', faults: [] })
  const row = plain.records.find(({ table }: Json) => table === 'decisions')
  t.equal(JSON.parse(row.content).rationale, decision.rationale)
  const changed = structuredClone(plain)
  changed.records[0].content = changed.records[0].content.replace(decision.rationale, 'Something else.')
  const forged = verifyEvidence(readEvidence(JSON.stringify(changed)), keys, held)
  t.match(forged, { status: 'tampered' })
  for (const who of ['referrer', 'system', 'panel', 'screener', 'administrator'] as const)
    t.match(await la.on(who, 'decisionEvidence', { params }), { status: 403, code: 'forbidden' }, who)
})

onBoth(t, world, 'of decisions made in one act each has a receipt, and each receipt is proved', async (t, la) => {
  const made = await recommended(la.on, siblings())
  const { referralId } = made[0]
  for (const recommendation of made) await judged(la.on, 'supervisor', recommendation)
  const decisions = made.map((one) => ({ recommendation: one.id, ...acceptance(one) }))
  const { data } = await la.on('supervisor', 'recordDecisions', { params: { referralId }, body: { decisions } })
  t.equal(data.decisions.length, 2)
  t.equal(data.audits.length, 2)
  t.strictSame(data.audit, data.audits[1])
  await world.sign(la.id)
  const key = await keyOf(la.on)
  for (const [i, { position, leafHash: leaf }] of (data.audits as Json[]).entries()) {
    const params = { decisionId: data.decisions[i].id }
    const { data: evidence } = await la.on('auditor', 'decisionEvidence', { params })
    t.match(JSON.parse(evidence.leaf), { event: 'decision.recorded', position, facts: { decision: params.decisionId } })
    t.equal(leafHash(Buffer.from(evidence.leaf)).toString('hex'), leaf, 'the receipt is of this decision')
    const { proof } = (await la.on('referrer', 'auditInclusion', { params: { position } })).data
    const { hashes, checkpoint } = readProof(proof)
    const place = { index: position, leaf: bytes(leaf) }
    t.same(verifyInclusion(place, openCheckpoint(checkpoint, key), hashes), { isProven: true })
  }
})

t.test('an export verifies without the service, with and without what it vouches for', async (t) => {
  const la = await world.authority()
  const [recommendation] = await recommended((...args) => la.call('REST', ...args), levelThree())
  await decided((...args) => la.call('REST', ...args), recommendation)
  await world.sign(la.id)
  for (const { log, verifierKey, signed } of await signedLogs(la)) {
    for (const withContents of [true, false]) {
      const text = await exported(world, la, log, withContents)
      const verifiedWith = (held: string[]) => verifiedOffline(text, verifierKey, held)
      t.match(
        verifiedWith([signed.note]),
        { status: 'verified', faults: [], entries: signed.size },
        `${log} ${withContents}`,
      )
      t.match(verifiedWith([]), { status: 'not_anchored', faults: [] }, 'held by nobody outside')
    }
  }
  t.notMatch(await exported(world, la, 'decisions', false), new RegExp(recommendation.childName ?? 'rationale'))
})

/** A signer with a folder of its own. */
function signerIn(t: { teardown(fn: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-signer-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, signer: openSigner(folder) }
}

function stepWith(log: LogSettings, failures: unknown[] = []) {
  return async (la: Authority): Promise<void> => {
    await signCheckpoints.step(
      {
        database: world.database,
        now: () => new Date(world.clock.now).toISOString(),
        newId: () => '',
        signal: new AbortController().signal,
        settings: { outbound: { allow: [], allowsHttp: false, timeoutMs: 100 }, log },
        onFailure: (error) => failures.push(error),
      },
      la.id,
    )
  }
}

t.test('what is signed is put where the database cannot reach, and what is not says so', async (t) => {
  const la = await world.authority()
  const { folder, signer } = signerIn(t)
  const received: string[] = []
  let isDown = true
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (note: string) => received.push(note))
    request.on('end', () => response.writeHead(isDown ? 500 : 204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notes`
  const file = join(folder, 'anchored.txt')
  const failures: unknown[] = []
  const statusOf = async (): Promise<Json> => (await la.rest('administrator', 'GET', '/v1/audit/status')).body.logs[0]
  t.match(await statusOf(), { state: 'unsigned', entries: 2, signed: null, anchors: [] })
  await stepWith({ ...UNSIGNED, service: 'threshold.test', signer })(la)
  const { unanchoredSince } = await statusOf()
  t.match(await statusOf(), { state: 'not_anchored', signed: { size: 2 }, anchors: [] })
  t.equal(unanchoredSince, new Date(world.clock.now).toISOString())
  const anchors = [fileAnchor(file), webhookAnchor(url)]
  const step = stepWith({ ...UNSIGNED, service: 'threshold.test', signer, anchors }, failures)
  await step(la)
  t.equal(failures.length, 1, 'the one that is down is told of')
  t.match(await statusOf(), { state: 'anchored', anchors: [{ anchor: 'file', size: 2 }], unanchoredSince: null })
  isDown = false
  received.length = 0
  await step(la)
  await step(la)
  const { signed, anchors: put } = await statusOf()
  t.strictSame(put.map(({ anchor }: Json) => anchor).sort(), ['file', `webhook ${new URL(url).host}`])
  t.strictSame(received, [signed.note], 'sent once')
  t.equal(readFileSync(file, 'utf8'), `${signed.note}\n`, 'written once')
  await la.call('REST', 'referrer', 'receiveReferral', { body: levelThree() })
  await step(la)
  t.equal((await statusOf()).signed.size, 2, 'a log that grows is signed every minute')
  world.clock.now += 60_000
  await step(la)
  t.match(await statusOf(), { signed: { size: 3 }, unanchoredSince: null, state: 'anchored' })
})

t.test('a log of which nothing new was put outside for an hour is not anchored any more', async (t) => {
  const { folder, signer } = signerIn(t)
  const settings = { ...UNSIGNED, service: 'threshold.test', signer }
  const step = stepWith({ ...settings, anchors: [fileAnchor(join(folder, 'anchored.txt'))] })
  const minutes = (count: number): void => {
    world.clock.now += count * 60_000
  }
  const away = { 'the place outside': stepWith(settings), 'the signer': async (): Promise<void> => {} }
  for (const [what, goesOn] of Object.entries(away)) {
    const la = await world.authority()
    const stands = async (state: string, why: string, more: object = {}): Promise<void> => {
      for (const surface of SURFACES) {
        const { data } = await la.call(surface, 'auditor', 'auditStatus')
        t.match(data.logs[0], { state, ...more }, `${what} away, ${surface}: ${why}`)
      }
    }
    await step(la)
    minutes(24 * 60)
    await stands('anchored', 'a log that does not grow stays anchored', { unanchoredSince: null })
    const unanchoredSince = new Date(world.clock.now).toISOString()
    await la.call('REST', 'referrer', 'receiveReferral', { body: levelThree() })
    minutes(60)
    await goesOn(la)
    await stands('anchored', 'for an hour', { unanchoredSince })
    minutes(1)
    await goesOn(la)
    await stands('not_anchored', 'then it is said', { unanchoredSince, anchors: [{ size: 2 }] })
    minutes(1)
    await step(la)
    await stands('anchored', 'until it is back', { unanchoredSince: null, anchors: [{ size: 3 }] })
  }
})

/** Leaves one entry in the log of decisions, and a head that fits it. */
const cutToOne = (authorityId: string): string[] => [
  `delete from audit_entries where authority_id = '${authorityId}' and position > 0`,
  `update audit_heads set size = 1, frontier = (select leaf_hash from audit_entries
    where authority_id = '${authorityId}' and position = 0) where authority_id = '${authorityId}'`,
]

t.test('the export of a log that was set back has what was signed before, and does not verify (T7)', async (t) => {
  const la = await world.authority()
  await recommended((...args) => la.call('REST', ...args), levelThree())
  await world.sign(la.id)
  await tamper(world, `delete from audit_payloads where authority_id = '${la.id}' and position > 0`, ...cutToOne(la.id))
  const [{ verifierKey }] = await signedLogs(la)
  let held = 0
  for (const withContents of [true, false]) {
    const result = verifiedOffline(await exported(world, la, 'decisions', withContents), verifierKey, [])
    const faults = [{ position: 1, fault: /the log had 4 entries when a checkpoint was signed, and now has 1/ }]
    if (t.match(result, { status: 'tampered', firstBad: 1, faults }, 'with nothing held outside')) held++
  }
  tally(t, 'mutations', { held, of: 2 })
})

t.test(
  'a signer in another process is asked over a socket, and its absence keeps nothing from being recorded',
  async (t) => {
    const { folder, signer } = signerIn(t)
    const path = join(folder, 'signer.sock')
    const remote = remoteSigner(`unix:${path}`)
    const la = await world.authority()
    const step = stepWith({ ...UNSIGNED, service: 'threshold.test', signer: remote })
    await t.rejects(step(la), { code: 'ENOENT' }, 'it is away')
    t.equal((await la.call('REST', 'referrer', 'receiveReferral', { body: levelThree() })).status, 201)
    const server = signerServer(signer)
    await new Promise<void>((resolve) => server.listen(path, resolve))
    t.teardown(() => server.close())
    await step(la)
    const { body } = await la.rest('auditor', 'GET', '/v1/audit/status')
    const key = readVerifierKey((await remote.verifierKeys(body.logs[0].origin))[0])
    t.equal(openCheckpoint(body.logs[0].signed.note, key).size, 3)
    await t.rejects(remoteSigner('http://127.0.0.1:1').verifierKeys('x'), { code: 'ECONNREFUSED' })
  },
)

t.test('that a database was set back is noticed, whatever else the signer does not answer', async (t) => {
  const la = await world.authority()
  await recommended((...args) => la.call('REST', ...args), levelThree())
  await world.sign(la.id)
  await tamper(
    world,
    ...cutToOne(la.id),
    `delete from audit_checkpoints where authority_id = '${la.id}'`,
    `insert into audit_checkpoints (authority_id, log, size, root, note, signed_at)
      select authority_id, 'decisions', 1, leaf_hash, 'from the backup', recorded_at from audit_entries
      where authority_id = '${la.id}' and position = 0`,
  )
  // After a start the backup has a checkpoint of its very size, so by itself there is nothing to sign.
  const signer = { ...world.signing.signer!, verifierKeys: () => Promise.reject(new Error('away')) }
  const log = { ...world.signing, contradicted: new Map(), keys: new Map(), signer }
  const step = stepWith(log)
  for (let i = 0; i < 2; i++) {
    await t.rejects(step(la), { name: 'LogContradicted' })
    t.strictSame([...log.contradicted.keys()], [`${la.id}/decisions`])
  }
})

t.test('on a database that was set back nothing more is recorded, and what is there can be read', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, levelThree())
  await world.sign(la.id)
  await tamper(
    world,
    `delete from audit_checkpoints where authority_id = '${la.id}'`,
    `delete from audit_payloads where authority_id = '${la.id}' and position > 0`,
    `delete from outbox_events where authority_id = '${la.id}' and position > 0`,
    `delete from audit_entries where authority_id = '${la.id}' and position > 0`,
    `update audit_heads set size = 1, checkpoint = null, frontier = (select leaf_hash from audit_entries
      where authority_id = '${la.id}' and position = 0) where authority_id = '${la.id}'`,
  )
  await t.rejects(world.sign(la.id), { name: 'LogContradicted', message: /as smaller: it signed 4/ })
  for (const surface of ['REST', 'GraphQL'] as const) {
    const refused = await la.call(surface, 'referrer', 'receiveReferral', { body: levelThree() })
    t.match(refused, { status: 503, code: 'log_contradicted' }, surface)
    t.equal(
      (await la.call(surface, 'system', 'recommendation', { params: { recommendationId: recommendation.id } })).status,
      200,
    )
  }
  t.equal((await la.rest('auditor', 'GET', '/v1/audit/status')).body.logs[0].state, 'contradicted')
  const worked: string[] = []
  const step = async (_: unknown, id: string): Promise<boolean> => {
    worked.push(id)
    return false
  }
  const settings = { outbound: { allow: [], allowsHttp: false, timeoutMs: 100 }, log: world.signing }
  const quiet = { onFailure: () => {}, onTrouble: () => {}, idleMs: 1 }
  const context = { database: world.database, now: () => '', newId: () => '', settings }
  const worker = startWorker({ ...context, ...quiet, tasks: [{ name: 'anything', step }] })
  while (worked.length < 10) await setTimeout(5)
  await worker.stop()
  t.notOk(worked.includes(la.id), 'nor does the service enter anything by itself')
  world.signing.contradicted.clear()
})
