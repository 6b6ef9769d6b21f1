// What the database says when it refuses holds what was sent to it, and the driver adds every parameter: none of it goes further.
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { openDatabase } from '../../src/db/connect.ts'
import { memoryKeys, vaultOver } from '../../src/db/vault.ts'
import { developmentVerifier } from '../../src/features/identity/tokens.ts'
import { OPEN_GRAPHQL } from '../../src/graphql/listed.ts'
import { onDatabase, postgresUrl } from '../support/database.ts'
import { capturedLog } from '../support/log.ts'
import { low } from '../support/referrals.ts'
import { type Answer, callersOf, SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()

/** Words that occur nowhere else, in what a column of its own takes and in the narrative. */
const AGENCY = 'Periwinkle Agency'
const content = () =>
  low({ referrer: { agency: AGENCY, role: 'Teacher', sourceCode: '2A' }, reason: 'Heliotrope narrative' })
/** The markers, and the words by which the driver lists statement and parameters. */
const NEVER = /Periwinkle|Heliotrope|insert into|Failed query|params|PL\/pgSQL/i

const trigger = (does: string): readonly string[] => [
  `create function fail_here() returns trigger language plpgsql as $$ begin ${does}; return new; end $$`,
  'create trigger fail_here before insert on referrals for each row execute function fail_here()',
]
const WITHOUT_TRIGGER = 'drop function fail_here cascade'

interface Failure {
  readonly sqlstate: string
  readonly made: readonly string[]
  readonly unmade: string
  readonly answered: { readonly status: number; readonly code: string }
}

const INTERNAL = { status: 500, code: 'internal' }
const FAILURES: Readonly<Record<string, Failure>> = {
  'a value that stands already, which the detail quotes': {
    sqlstate: '23505',
    made: ['create unique index agencies_once on referrals (authority_id, agency)'],
    unmade: 'drop index agencies_once',
    answered: { status: 409, code: 'already_decided' },
  },
  'a character that cannot be stored, with the text around it in the context': {
    sqlstate: '22P05',
    made: trigger(`perform (('["' || new.agency || ' \\u0000"]')::jsonb) -> 0`),
    unmade: WITHOUT_TRIGGER,
    answered: INTERNAL,
  },
  'a text that is no number, which the message quotes': {
    sqlstate: '22P02',
    made: trigger('perform new.agency::integer'),
    unmade: WITHOUT_TRIGGER,
    answered: INTERNAL,
  },
}

/** One that stands: the only one of its agency, since every other is refused. */
const standing = await la.call('REST', 'referrer', 'receiveReferral', { body: content() })

/** Receives a referral with the markers, over each surface, and meets what stands in the way. */
async function refusedBoth(
  t: Test,
  on: Pick<typeof la, 'call'>,
  { answered }: Pick<Failure, 'answered'>,
): Promise<void> {
  for (const surface of SURFACES) {
    const answer: Answer = await on.call(surface, 'referrer', 'receiveReferral', { body: content() })
    t.match(answer, { ...answered, data: null }, surface)
    t.notMatch(answer.text, NEVER, `${surface}: nothing of it is told`)
  }
}

/** What is logged while `work` is done; a line is written after its answer. */
async function logged(log: () => string, work: () => Promise<void>): Promise<string> {
  const from = log().length
  await work()
  const isWritten = () =>
    (
      log()
        .slice(from)
        .match(/"msg":"request"/g) ?? []
    ).length >= SURFACES.length
  while (!isWritten()) await new Promise((resolve) => setTimeout(resolve, 10))
  return log().slice(from)
}

for (const [name, failure] of Object.entries(FAILURES)) {
  t.test(
    `neither answer nor log says what was sent when the database refuses ${name} (${failure.sqlstate})`,
    async (t) => {
      t.equal(standing.status, 201)
      for (const statement of failure.made) await world.sql(statement)
      const again = `insert into referrals select authority_id, $1::uuid, $1::text, received_at, received_by, source_code, agency from referrals`
      const raw: unknown = await world.sql(again, [randomUUID()]).catch((error: unknown) => error)
      t.match(raw, { code: failure.sqlstate })
      t.match(inspect(raw), AGENCY, 'what the database says does hold it')
      const log = await logged(world.log, () => refusedBoth(t, la, failure))
      await world.sql(failure.unmade)
      t.notMatch(log, NEVER, 'nor does the log')
      t.match(log, failure.answered.status < 500 ? failure.answered.code : failure.sqlstate, 'the log says that it did')
    },
  )
}

const server = postgresUrl()
t.test(
  'neither answer nor log says what was sent when a statement takes too long (57014)',
  { skip: server ? false : 'PGlite ends no statement' },
  async (t) => {
    const [{ name } = {}] = await world.sql('select current_database() as name')
    const url = onDatabase(server ?? '', String(name))
    const database = await openDatabase({ url, statementTimeoutMs: 300, vault: vaultOver(memoryKeys()) })
    t.teardown(() => database.close())
    const { logger, text } = capturedLog(t)
    const verify = developmentVerifier(world.key)
    const app = await buildApp({ database, verify, logger, graphql: OPEN_GRAPHQL, requestMsMax: 60_000 })
    t.teardown(() => app.close())
    for (const statement of trigger('perform pg_sleep(30)')) await world.sql(statement)
    const log = await logged(text, () =>
      refusedBoth(t, callersOf(app, la.accounts), { answered: { status: 503, code: 'unavailable' } }),
    )
    await world.sql(WITHOUT_TRIGGER)
    t.notMatch(log, NEVER)
    t.match(log, '"sqlstate":"57014"', 'the log says why')
  },
)
