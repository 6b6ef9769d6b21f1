import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/connect.ts'
import { findActor, findAuthority } from '../../src/features/identity/queries.ts'
import { recommend } from '../../src/features/recommendations/operations.ts'
import { receiveReferral } from '../../src/features/referrals/operations.ts'
import { type Caller, execute } from '../../src/kernel/execute.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import { provision } from '../../src/provision.ts'
import { making, openConfigured } from '../../src/start.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { siblings } from '../support/referrals.ts'

const NOW = '2026-11-24T10:00:00.000Z'

/** The demo's authorities, and two recommendations of one of them. Returns the id of the one that was altered. */
async function furnish(database: Database): Promise<string> {
  await database.migrate()
  await provision(database, join(ROOT, 'examples/demo.json'), making())
  const authority = (await findAuthority(database, 'northmoor'))!
  const actor = await findActor(database, authority, 'integration@northmoor.example')
  if (typeof actor === 'string') throw new Error(actor)
  const caller = (): Caller => ({
    database,
    actor,
    now: NOW,
    newId: idsInOrder(() => Date.parse(NOW), randomBytes),
    idempotencyKey: randomUUID(),
  })
  const { output } = await execute(receiveReferral, caller(), { params: {}, body: siblings() })
  const { referral } = output as { referral: { id: string } }
  const made = await execute(recommend, caller(), { params: { referralId: referral.id } })
  const [, younger] = (made.output as { recommendations: { id: string }[] }).recommendations
  await database.pool.query(`begin; set local session_replication_role = 'replica';
    update recommendations set engine_semantics = '0' where id = '${younger!.id}'; commit`)
  return younger!.id
}

t.test('where a recommendation differs the status is 1, and it is named', async (t) => {
  const settings = { DATA_DIR: temporaryFolder(t) }
  const database = await openConfigured(readConfig(settings))
  const altered = await furnish(database).finally(() => database.close())
  const all = await threshold(['replay'], settings)
  t.match(all, { status: 1, stderr: '' })
  t.match(all.stdout.trim().split('\n'), [
    new RegExp(`^northmoor: ${altered} of ${NOW}: It was made under engine semantics 0, `),
    'northmoor: 1 of 2 identical',
    'oakhaven: 0 of 0 identical',
    'saltmere: 0 of 0 identical',
  ])
})

t.test('what cannot be run is 2 with a word on what to change, so that it is not taken for a difference', async (t) => {
  const wrong = await threshold(['replay', '--id', 'x', '--from', '2026-02-30'], { DATA_DIR: temporaryFolder(t) })
  t.match(wrong, { status: 2, stdout: '', stderr: /^threshold: --id: .*; --from: / })
  const setting = await threshold(['replay'], { DATABASE_URL: 'nonsense' })
  t.match(setting, { status: 2, stdout: '', stderr: /DATABASE_URL/ })
})
