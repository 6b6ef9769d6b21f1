// Rows 114 and 115: yesterday’s backup is restored; the signer is away, has a new key, or is not the one it was.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readNotes } from '../../src/engine/audit/notes-file.ts'
import { temporaryFolder, threshold } from '../support/command.ts'
import { postgresUrl, runOnServer } from '../support/database.ts'
import type { Json } from '../support/surfaces.ts'
import { survived } from '../support/tally.ts'
import { type History, openHistory, RECEIVE, REFERRAL } from './history.ts'
import { type OwnPostgres, openOwnPostgres } from './postgres.ts'
import { openService, type Service } from './service.ts'

const SIGNED_MS_MAX = 30_000

interface Ground {
  readonly server: OwnPostgres
  readonly service: Service
  readonly history: History
  /** For exports. */
  readonly folder: string
  readonly auditor: string
}

/** PostgreSQL, signer and service, each a process of its own. */
async function furnished(t: Test): Promise<Ground> {
  const server = await openOwnPostgres(t)
  await runOnServer(server.url(), 'create database threshold')
  const service = await openService(t, { database: server.url('threshold') })
  const history = openHistory(service, await service.token('supervisor'))
  await service.start()
  return { server, service, history, folder: temporaryFolder(t), auditor: await service.token('auditor') }
}

/** How the log of decisions stands, as the service tells it. */
async function logOf({ service, auditor }: Ground): Promise<Json> {
  const response = await fetch(`${service.url}/v1/audit/status`, { headers: { authorization: `Bearer ${auditor}` } })
  return ((await response.json()) as Json).logs[0]
}

/** A log is signed when the service ends, whatever the minute. */
async function restarted(ground: Ground): Promise<void> {
  await ground.service.stop()
  await ground.service.start()
}

async function received({ history }: Ground, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await history.once(RECEIVE)
}

/** One more, sent by itself: what the answer says. */
async function refusal({ service }: Ground, token: string): Promise<Json> {
  const response = await fetch(`${service.url}/v1/referrals`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': 'after-restore',
      'content-type': 'application/json',
    },
    body: JSON.stringify(REFERRAL),
  })
  return { status: response.status, ...((await response.json()) as Json) }
}

const skip = !postgresUrl() && 'needs a server'

t.test('yesterday’s backup is noticed at the start: reading goes on, and nothing is recorded', { skip }, async (t) => {
  const ground = await furnished(t)
  const { server, service, folder } = ground
  const { anchored, signer } = service
  const token = await service.token('supervisor')
  await received(ground, 2)
  await service.stop()
  await server.stop()
  server.backUp()
  await server.start()
  await service.start()
  await received(ground, 3)
  const { origin } = await logOf(ground)
  await service.stop()
  const kept = notesOf(anchored, origin)
  await server.stop()
  server.restore()
  await server.start()
  await service.start()

  t.match(await logOf(ground), { state: 'contradicted' })
  t.match(await refusal(ground, token), { status: 503, code: 'log_contradicted', recorded: false })
  const list = await fetch(`${service.url}/v1/referrals`, { headers: { authorization: `Bearer ${token}` } })
  t.equal(((await list.json()) as Json).edges.length, 2, 'what is there can be read')
  const { status, output } = service.run('audit', 'verify')
  t.equal(status, 1, `with what was kept outside it is told: ${output}`)
  t.match(output, /entry \d+: the log ends after \d+ entries, and \d+ were signed/)
  const file = join(folder, 'restored.ndjson')
  t.match(service.run('audit', 'export', file, '--authority', 'northmoor', '--no-contents'), { status: 0 })
  const { verifierKey } = await logOf(ground)
  const against = ['audit', 'verify', file, '--key', verifierKey, '--checkpoint', anchored]
  t.match(await threshold(against), { status: 1, stdout: /TAMPERED/ }, 'a checkpoint kept outside tells')
  t.strictSame(notesOf(anchored, origin), kept, 'nothing of that log is put there any more')

  const anew = ['signer', '--folder', signer.folder, '--because', 'three referrals were lost', '--restart']
  await service.stop()
  await signer.stop()
  for (const log of [origin, origin.replace(/decisions$/, 'access')])
    t.match(await threshold([...anew, log]), { status: 0 })
  await signer.start()
  await service.start()
  t.match(await refusal(ground, token), { status: 201 }, 'started anew by somebody who said why')
  t.equal(service.run('audit', 'verify').status, 1, 'whoever holds an earlier checkpoint sees that it was')
  survived(t, 1)
})

// Briefly test/signer.test.ts and audit-proofs.test.ts tell the same, of a signer in their own process.
const isBrief = process.env['FAULTS'] !== 'long' && 'told in the long form'

t.test(
  'a signer that is away or has a new key keeps nothing from being recorded',
  { skip: skip || isBrief },
  async (t) => {
    const ground = await furnished(t)
    const { service, folder } = ground
    const { anchored, signer } = service
    await received(ground, 1)
    await restarted(ground)
    const [first, { size }] = [(await logOf(ground)).verifierKey, (await logOf(ground)).signed]
    await signer.stop()
    await received(ground, 2)
    t.equal(ground.history.acknowledged(), 3, 'without a signer it is recorded')
    const waiting = await logOf(ground)
    t.match(waiting, { verifierKey: first, signed: { size }, unanchoredSince: /Z$/ }, 'and it is said since when')
    t.ok(waiting.entries >= size + 2)
    const file = join(folder, 'unsigned.ndjson')
    service.run('audit', 'export', file, '--authority', 'northmoor')
    const verified = (...keys: string[]) =>
      threshold(['audit', 'verify', file, '--checkpoint', anchored, ...keys.flatMap((key) => ['--key', key])])
    t.match(await verified(first), { status: 3, stdout: /NOT ANCHORED: \d entries/ })
    t.match(service.run('audit', 'verify'), { status: 2, output: /Not proven: That the checkpoints are signed/ })
    t.match(
      service.run('audit', 'verify', '--key', first),
      { output: /decisions: .* intact$/m },
      'the key may be named',
    )

    t.match(await threshold(['signer', '--folder', signer.folder, '--rotate', '--because', 'a test']), { status: 0 })
    await signer.start()
    await signedUpTo(ground, waiting.entries)
    const { verifierKey: second, formerVerifierKeys } = await logOf(ground)
    t.strictSame(formerVerifierKeys, [first])
    rmSync(file)
    service.run('audit', 'export', file, '--authority', 'northmoor')
    t.match(await verified(second, first), { status: 0 }, 'with both keys every checkpoint can be read')
    t.match(await verified(second), { status: 2 }, 'the checkpoint that was kept is by the former one')
    t.match(service.run('audit', 'verify'), { status: 0, output: /northmoor decisions: .* intact/ })

    await signer.stop()
    rmSync(signer.folder, { recursive: true })
    await signer.start()
    await received(ground, 1)
    t.equal(ground.history.acknowledged(), 4, 'with a signer that nobody knows it is recorded as well')
    t.match(service.run('audit', 'verify'), { status: 1, output: /is not what was signed: .* signed by/ })
    survived(t, 3)
  },
)

/** The checkpoints of one log that were kept outside. */
function notesOf(file: string, origin: string): string[] {
  return readNotes(readFileSync(file, 'utf8')).filter((note) => note.startsWith(`${origin}\n`))
}

async function signedUpTo(ground: Ground, size: number): Promise<void> {
  await restarted(ground)
  for (const start = Date.now(); Date.now() - start < SIGNED_MS_MAX; await pause(200))
    if ((await logOf(ground)).signed.size >= size) return
  throw new Error('Nothing is signed')
}
