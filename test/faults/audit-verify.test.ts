import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../../src/db/connect.ts'
import { provision } from '../../src/provision.ts'
import { making } from '../../src/start.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { postgresCopy, postgresUrl } from '../support/database.ts'

/** Settings that lead the command to a database that knows three authorities, and a way into it by force. */
async function furnished(t: Parameters<typeof temporaryFolder>[0]) {
  const server = postgresUrl()
  const folder = temporaryFolder(t)
  const url = server ? await postgresCopy(t, server) : undefined
  const within = async (use: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<unknown>) => {
    const database = await openDatabase(url ? { url } : { dataDir: folder })
    await use(database).finally(() => database.close())
  }
  await within(async (database) => {
    await database.migrate()
    await provision(database, join(ROOT, 'examples/demo.json'), making())
  })
  const AUTH = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' }
  return { within, settings: url ? { DATABASE_URL: url, ...AUTH } : { DATA_DIR: folder } }
}

t.test('an intact log is 0, a changed one is 1, with the authority and the record named', async (t) => {
  const { within, settings } = await furnished(t)
  const intact = await threshold(['audit', 'verify'], settings as Record<string, string>)
  t.match(intact, { status: 3, stderr: '' }, 'nothing is kept outside')
  for (const code of ['northmoor', 'saltmere', 'oakhaven'])
    t.match(intact.stdout, new RegExp(`^${code} decisions: 2 entries, \\d+ records.* intact, NOT ANCHORED$`, 'm'))
  t.match(intact.stdout, /^Not proven: /m, 'it says what it does not show')

  await within(async ({ pool }) => {
    const client = await pool.connect()
    await client.query(`begin; set local session_replication_role = 'replica';
      update policy_versions set title = 'Something else' where policy_id = 'saltmere'; commit`)
    client.release()
  })
  const changed = await threshold(['audit', 'verify'], settings as Record<string, string>)
  t.equal(changed.status, 1)
  t.match(changed.stdout, /^saltmere decisions: .* 1 FAULTS$/m)
  t.match(changed.stdout, /entry 1, policy_versions [0-9a-f-]{36}: the record is not what was recorded/)
  t.match(changed.stdout, /^northmoor decisions: .* intact, NOT ANCHORED$/m)

  const one = await threshold(
    ['audit', 'verify', '--authority', 'northmoor', '--json'],
    settings as Record<string, string>,
  )
  t.equal(one.status, 3)
  t.match(JSON.parse(one.stdout), {
    results: [
      { authority: 'northmoor', log: 'decisions', entries: 2, faults: [] },
      { authority: 'northmoor', log: 'access', entries: 0, faults: [] },
    ],
    notProven: [/./],
  })
  const json = await threshold(['audit', 'verify', '--json'], settings as Record<string, string>)
  t.equal(json.status, 1)
  t.equal(JSON.parse(json.stdout).results.length, 6, 'two logs of each of three authorities')

  const nobody = await threshold(['audit', 'verify', '--authority', 'nowhere'], settings as Record<string, string>)
  t.match(nobody, { status: 2, stderr: /There is no authority nowhere/ }, 'that is no log that somebody has been at')
  const foreign: readonly string[][] = [
    ['--checkpoint', 'examples/proofs/held.txt'],
    ['--key', 'threshold.example/log+3f35fc36+AdgmT3371hz2p61CrlFS0Uk2ezrQcgcPutveUWub1WXM'],
  ]
  for (const named of foreign)
    t.match(await threshold(['audit', 'verify', ...named], settings as Record<string, string>), {
      status: 2,
      stderr: /is of none of the logs that were walked/,
    })
  const both = await threshold(['audit', 'verify', 'some.ndjson', '--database'], settings as Record<string, string>)
  t.match(both, { status: 2, stderr: /--database and --authority go with no file/ })
})

t.test('a database that holds nothing is not said to be intact', async (t) => {
  const { status, stdout } = await threshold(['audit', 'verify'], { DATA_DIR: temporaryFolder(t) })
  t.equal(status, 2)
  t.notMatch(stdout, /intact/)
})
