/** Holds a history against what the database has. */
import { appendFileSync } from 'node:fs'
import pg from 'pg'
import type { Test } from 'tap'
import type { Json } from '../support/surfaces.ts'
import { survived, tally } from '../support/tally.ts'
import type { History, Intent } from './history.ts'
import type { Service } from './service.ts'

export interface Reckoning {
  readonly intents: number
  /** Intents of which at least one attempt was answered by nothing, or by “unknown”. */
  readonly unknown: number
  /** Records that were acknowledged and are not there. */
  readonly lost: number
  /** Records that are there and that nobody was told of: a second effect of an intent. */
  readonly doubled: number
  /** Events without their place in the order. */
  readonly gaps: number
  /** Answers that were another when the same key was sent again. */
  readonly changed: number
}

/** A line of the table that `npm run faults` prints. */
export interface Reckoned extends Reckoning {
  readonly claim: string
  readonly faults: number
  /** Connections that were broken by them: no faults of their own. */
  readonly broken: number
}

interface Tried {
  readonly history: History
  readonly service: Service
  readonly faults: number
  readonly broken?: number
}

/** Where an operation leaves its records, and which its answer names. */
const MADE: Readonly<Record<Intent['operation'], { table: string; ids(answer: Json): string[] }>> = {
  receiveReferral: { table: 'referrals', ids: ({ referral }) => [referral.id] },
  judge: { table: 'judgements', ids: ({ judgements }) => judgements.map(idOf) },
  recommendReferral: { table: 'recommendations', ids: ({ recommendations }) => recommendations.map(idOf) },
  recordDecision: { table: 'decisions', ids: ({ decision }) => [decision.id] },
}

const idOf = ({ id }: { id: string }) => id

/** Settles what is open, compares, verifies the log, and says the numbers. The service must run. */
export async function reckon(t: Test, { history, service, faults, broken = 0 }: Tried): Promise<Reckoning> {
  const changed = await history.settle()
  const { intents } = history
  const rows = await idsByTable(service.database ?? '')
  let lost = 0
  let doubled = 0
  for (const [operation, { table, ids }] of Object.entries(MADE)) {
    const told = new Set(
      intents.filter((intent) => intent.operation === operation).flatMap(({ answer }) => ids(answer)),
    )
    const there = new Set(rows.tables.get(table))
    lost += [...told].filter((id) => !there.has(id)).length
    doubled += [...there].filter((id) => !told.has(id)).length
  }
  const unknown = intents.filter(({ attempts }) => attempts.includes('unknown')).length
  const found = { intents: intents.length, unknown, lost, doubled, gaps: rows.gaps, changed }
  t.comment(`${faults} faults, ${broken} connections broken: ${JSON.stringify(found)}`)
  report({ claim: t.name, faults, broken, ...found })
  t.match(found, { lost: 0, doubled: 0, gaps: 0, changed: 0 })
  t.strictSame(history.wrong, [], 'each answer was a result, or a 503 that says when to come again')
  const { status, output } = service.run('audit', 'verify')
  t.equal(status, 0, `the log verifies, each entry has its record and each record its entry: ${output}`)
  survived(t, faults)
  tally(t, 'lost', { held: intents.length - lost, of: intents.length })
  tally(t, 'doubled', { held: intents.length - doubled, of: intents.length })
  return found
}

function report(line: Reckoned): void {
  const file = process.env['FAULTS_REPORT']
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`)
}

async function idsByTable(url: string): Promise<{ tables: Map<string, string[]>; gaps: number }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = new Map<string, string[]>()
    for (const { table } of Object.values(MADE))
      tables.set(table, (await client.query<{ id: string }>(`select id from ${table}`)).rows.map(idOf))
    const { rows } = await client.query<{ gaps: number }>(
      `select coalesce(sum(missing), 0)::int as gaps from (
         select max(position) - min(position) + 1 - count(*) as missing from outbox_events group by authority_id
       ) as logs`,
    )
    return { tables, gaps: rows[0]!.gaps }
  } finally {
    await client.end()
  }
}
