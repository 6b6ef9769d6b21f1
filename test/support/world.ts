/** The whole app on a database of its own, with a development key, a clock that tests move, and authorities. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { buildApp, type Parts } from '../../src/app.ts'
import type { Database } from '../../src/db/connect.ts'
import type { Role } from '../../src/db/tables/accounts.ts'
import { LOGS } from '../../src/engine/audit/leaf.ts'
import { learnKeys, signNow } from '../../src/features/audit/signing.ts'
import { isDrawn } from '../../src/features/decisions/needs.ts'
import { type AccountSpec, provideAccounts, provideAuthority } from '../../src/features/identity/provision.ts'
import { developmentVerifier, issueDevelopmentToken } from '../../src/features/identity/tokens.ts'
import { compilePolicy, POLICIES_ROOT } from '../../src/features/policies/files.ts'
import { publishFile, type Sourced } from '../../src/features/policies/publish.ts'
import { OPEN_GRAPHQL } from '../../src/graphql/listed.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import type { Settings } from '../../src/kernel/settings.ts'
import { type LogSettings, UNSIGNED } from '../../src/kernel/signer.ts'
import { openSigner } from '../../src/signer/signer.ts'
import { type Teardown, testDatabase } from './database.ts'
import { capturedLog } from './log.ts'
import { compileTexts } from './policies.ts'
import { type Caller, callersOf } from './surfaces.ts'

/** A Tuesday in term, in winter time. */
export const START = Date.parse('2026-11-24T10:00:00.000Z')

/** No request is given up here because the machine has much else to do. */
const BUSY_MS_MAX = 300_000

/** Receivers in tests are servers on this machine. */
export const TEST_SETTINGS: Settings = { outbound: { allow: ['127.0.0.1'], allowsHttp: true, timeoutMs: 2000 } }

export interface Account {
  readonly id: string
  readonly subject: string
  readonly token: string
}

export interface World {
  readonly app: FastifyInstance
  readonly database: Database
  readonly key: JWK
  readonly clock: { now: number }
  /** Everything logged so far. */
  log(): string
  readonly signing: LogSettings
  /** Has the logs of an authority signed as they are. */
  sign(authorityId: string): Promise<void>
  authority(policyFile?: string | null): Promise<Authority>
  /** SQL with the rights of the database's owner. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** How many rows each table has, but for the log of accesses, which every look makes longer. */
  counts(): Promise<Record<string, number>>
}

export interface Authority extends Caller {
  readonly id: string
  readonly code: string
  readonly world: World
  readonly accounts: Readonly<Record<AccountName, Account>>
  token(subject: string): Promise<string>
  /** Puts another policy file into the register. */
  publish(policyFile: string): Promise<void>
  /** The same with its text changed. */
  publishChanged(policyFile: string, change: (text: string) => string): Promise<void>
}

interface AccountPlan extends Omit<AccountSpec, 'subject' | 'displayName'> {
  readonly roles: readonly Role[]
}

const human = (roles: readonly Role[], more: Partial<AccountPlan> = {}): AccountPlan => ({
  kind: 'human',
  roles,
  ...more,
})
const socialWorker = { qualification: 'social_work' } as const

const PLANS = {
  referrer: human(['referrer'], { agency: 'Hillside Primary School' }),
  otherReferrer: human(['referrer'], { agency: 'Community health' }),
  system: { kind: 'system', roles: ['system'] } as AccountPlan,
  /** Screens, and is not qualified to decide. */
  officer: human(['screener']),
  screener: human(['screener'], socialWorker),
  secondScreener: human(['screener'], socialWorker),
  supervisor: human(['screener', 'supervisor'], socialWorker),
  secondSupervisor: human(['screener', 'supervisor'], socialWorker),
  /** A system that somebody gave the role of a screener. */
  robot: { kind: 'system', roles: ['screener', 'supervisor'] } as AccountPlan,
  panel: human(['panel_member'], { agency: 'Police' }),
  author: human(['policy_author'], socialWorker),
  approver: human(['policy_approver']),
  auditor: human(['auditor']),
  administrator: human(['administrator']),
}
export type AccountName = keyof typeof PLANS

/** An account of each role. */
export const CALLERS: Readonly<Record<Role, AccountName>> = {
  referrer: 'referrer',
  system: 'system',
  screener: 'screener',
  supervisor: 'supervisor',
  panel_member: 'panel',
  policy_author: 'author',
  policy_approver: 'approver',
  auditor: 'auditor',
  administrator: 'administrator',
}

/** @param parts what of the app shall be otherwise */
export async function openWorld(t: Teardown, parts: Partial<Parts> = {}): Promise<World> {
  const database = await testDatabase(t)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'development', alg: 'ES256' }
  const clock = { now: START }
  const log = capturedLog(t)
  const folder = await mkdtemp(join(tmpdir(), 'threshold-signer-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const signing: LogSettings = {
    ...UNSIGNED,
    service: 'threshold.test',
    signer: openSigner(folder),
    contradicted: new Map(),
    keys: new Map(),
  }
  const settings = { ...TEST_SETTINGS, log: signing }
  const app = await buildApp({
    database,
    verify: developmentVerifier(key),
    logger: log.logger,
    clock: () => clock.now,
    newId: undrawn(idsInOrder(() => clock.now, randomBytes)),
    settings,
    requestMsMax: BUSY_MS_MAX,
    graphql: OPEN_GRAPHQL,
    ...parts,
  })
  await app.ready()
  t.teardown(() => app.close())
  const sql: World['sql'] = async (text, values = []) => (await database.pool.query(text, [...values])).rows
  const world: World = {
    app,
    database,
    key,
    clock,
    log: log.text,
    signing,
    sign: (authorityId) =>
      Promise.all(
        LOGS.map((log) =>
          signNow({ database, settings, now: () => new Date(clock.now).toISOString() }, { authorityId, log }).then(() =>
            learnKeys({ database, settings, now: () => new Date(clock.now).toISOString() }, { authorityId, log }),
          ),
        ),
      ).then(() => {}),
    sql,
    counts: () => countRows(sql),
    authority: (policyFile = 'northmoor/2026-04') => makeAuthority(world, policyFile),
  }
  return world
}

/**
 * Ids that fall into no random share below a half: whether a decision goes to a second screening depends in a test on
 * what the test does, not on chance. Shares are tested by themselves (test/features/screenings.test.ts).
 */
function undrawn(newId: () => string): () => string {
  const next = (): string => {
    const id = newId()
    return isDrawn(id, 50) ? next() : id
  }
  return next
}

async function makeAuthority(world: World, policyFile: string | null): Promise<Authority> {
  const { database, clock } = world
  const making = () => ({ now: new Date(clock.now).toISOString(), newId: idsInOrder(() => clock.now, randomBytes) })
  const code = `la-${randomUUID().slice(0, 13)}`
  const made = await provideAuthority(database, { code, name: `Authority ${code}` }, making())
  const token = (subject: string) =>
    issueDevelopmentToken(world.key, { subject, authority: code }, { now: Date.now(), minutes: 30 })
  const accounts = {} as Record<AccountName, Account>
  const plans = Object.entries(PLANS) as [AccountName, AccountPlan][]
  const specs = plans.map(([name, plan]) => ({
    ...plan,
    subject: `${name}@${code}.example`,
    displayName: `The ${name}`,
  }))
  const ids = await provideAccounts(database, made, specs, making())
  for (const [i, [name]] of plans.entries()) {
    const subject = specs[i]?.subject ?? ''
    accounts[name] = { id: ids[i] ?? '', subject, token: await token(subject) }
  }
  const publish = async (file: string): Promise<void> => {
    await publishFile(database, made.id, shipped(file), making())
  }
  const publishChanged: Authority['publishChanged'] = async (file, change) => {
    const { texts } = shipped(file)
    const changed = { ...texts, policy: change(texts.policy) }
    const { policy } = compileTexts({ policy: changed.policy, base: changed.base ?? undefined, pack: STATUTORY })
    if (!policy) throw new Error(`The policy ${file} cannot be changed so`)
    await publishFile(database, made.id, { policy, texts: changed }, making())
  }
  if (policyFile !== null) await publish(policyFile)
  return { id: made.id, code, world, accounts, token, publish, publishChanged, ...callersOf(world.app, accounts) }
}

const STATUTORY = readFileSync(join(POLICIES_ROOT, 'statutory/working-together-2023.yaml'), 'utf8')
const loaded = new Map<string, Sourced>()

function shipped(file: string): Sourced {
  const known = loaded.get(file)
  if (known) return known
  const { policy, texts } = compilePolicy(join(POLICIES_ROOT, `${file}.yaml`))
  if (!policy || !texts) throw new Error(`The policy ${file} cannot be loaded`)
  loaded.set(file, { policy, texts })
  return { policy, texts }
}

async function countRows(sql: World['sql']): Promise<Record<string, number>> {
  const tables = await sql(
    `select tablename from pg_tables where schemaname = 'public' and tablename not like 'access%' order by 1`,
  )
  const counts = tables.map(({ tablename }) => `select '${tablename}' as name, count(*)::int as rows from ${tablename}`)
  const rows = await sql(counts.join(' union all '))
  return Object.fromEntries(rows.map(({ name, rows }) => [String(name), Number(rows)]))
}
