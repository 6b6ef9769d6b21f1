/** A real service process on a database of its own, which a test may kill and start again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import {
  DEVELOPMENT_AUDIENCE,
  DEVELOPMENT_ISSUER,
  developmentKey,
  issueDevelopmentToken,
} from '../../src/features/identity/tokens.ts'
import { postgresCopy, postgresUrl, type Teardown } from '../support/database.ts'
import { freePort } from '../support/postgres.ts'
import { type SignerProcess, signerProcess } from './signer.ts'

const CLI = new URL('../../src/cli/main.ts', import.meta.url).pathname
const DEMO = new URL('../../examples/demo.json', import.meta.url).pathname

const QUOTAS = ['HUMAN', 'HUMAN_URGENT', 'SYSTEM', 'SYSTEM_URGENT', 'UNAUTHENTICATED']

export interface Service {
  readonly url: string
  /** The address of its database, with all rights; undefined on the embedded one. */
  readonly database: string | undefined
  readonly signer: SignerProcess
  /** The file to which checkpoints of all logs are put. */
  readonly anchored: string
  start(): Promise<void>
  /** Starts it and gives its exit status and what it said, for where it is to refuse. */
  startRefused(): Promise<{ status: number | null; output: string }>
  /** Ends the process with SIGKILL: nothing is said, nothing is closed. */
  kill(): Promise<void>
  /** Ends the process with SIGTERM and gives its exit status. */
  stop(): Promise<number | null>
  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void
  /** The exit status of the process that runs, once it has ended. */
  ended(): Promise<number | null>
  token(account: string): Promise<string>
  /** Runs a command of the command line on the same database. */
  run(...args: string[]): { status: number | null; output: string }
}

export interface ServiceOptions {
  /** A migrated database; a copy on the server of the lane when left out. */
  readonly database?: string
  /** Where the service finds that database, when something stands between. */
  readonly through?: string
  readonly settings?: Readonly<Record<string, string>>
  /** Where its standard output goes; nowhere when left out. */
  readonly stdout?: number
}

export async function openService(t: Teardown, options: ServiceOptions = {}): Promise<Service> {
  const dataDir = await mkdtemp(join(tmpdir(), 'threshold-service-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  const port = await freePort()
  const key = await developmentKey(dataDir)
  const own = options.database ?? postgresUrl()
  const database = options.database ?? (own ? await postgresCopy(t, own) : undefined)
  const signer = signerProcess(t, join(dataDir, 'signer'))
  await signer.start()
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    SIGNER_URL: signer.address,
    ANCHOR_FILE: join(dataDir, 'anchored.txt'),
    PORT: String(port),
    LOG_LEVEL: 'warn',
    // What is tried here is not how often somebody may ask.
    ...Object.fromEntries(QUOTAS.map((name) => [`RATE_LIMIT_${name}`, '100000'])),
    ...(database ? { DATABASE_URL: database, ...(await identityProvider(t, key)) } : {}),
    ...options.settings,
  }
  const serving = { ...env, ...(options.through ? { DATABASE_URL: options.through } : {}) }
  let child: ChildProcess | undefined
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8' })
    return { status, output: `${stdout}${stderr}` }
  }
  const ended = (): Promise<number | null> =>
    new Promise((done) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return done(child?.exitCode ?? null)
      child.once('exit', (code) => done(code))
    })
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    const end = ended()
    child?.kill(signal)
    return end
  }
  t.teardown(async () => {
    await end('SIGKILL')
  })
  if (database) {
    for (const command of [...(options.database ? [['migrate']] : []), ['provision', northmoorAlone(dataDir)]]) {
      const { status, output } = run(...command)
      if (status !== 0) throw new Error(`The database cannot be furnished: ${output}`)
    }
  }
  return {
    url: `http://127.0.0.1:${port}`,
    database,
    signer,
    anchored: env.ANCHOR_FILE,
    async start() {
      child = spawn(process.execPath, [CLI, 'serve'], {
        env: serving,
        stdio: ['ignore', options.stdout ?? 'ignore', 'inherit'],
      })
      await ready(`http://127.0.0.1:${port}/health/ready`, child)
    },
    startRefused: () => refused(spawn(process.execPath, [CLI, 'serve'], { env: serving })),
    async kill() {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    signal: (signal) => void child?.kill(signal),
    ended,
    token: (account) =>
      issueDevelopmentToken(
        key,
        { subject: `${account}@northmoor.example`, authority: 'northmoor' },
        { now: Date.now(), minutes: 60 },
      ),
    run,
  }
}

/** One authority of the demonstration is enough, and is made in a third of the time. */
function northmoorAlone(folder: string): string {
  const { authorities } = JSON.parse(readFileSync(DEMO, 'utf8')) as { authorities: { code: string; policy: string }[] }
  const alone = authorities
    .filter(({ code }) => code === 'northmoor')
    .map((authority) => ({ ...authority, policy: relative(folder, join(dirname(DEMO), authority.policy)) }))
  const file = join(folder, 'northmoor.json')
  writeFileSync(file, JSON.stringify({ authorities: alone }))
  return file
}

async function refused(child: ChildProcess): Promise<{ status: number | null; output: string }> {
  let output = ''
  const hear = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, output }
}

/** On PostgreSQL the service trusts an identity provider: here one whose key set is ours. */
async function identityProvider(
  t: Teardown,
  key: Awaited<ReturnType<typeof developmentKey>>,
): Promise<Record<string, string>> {
  const { d: _, ...jwk } = key
  const keys = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => keys.close(() => resolve())))
  return {
    AUTH_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`,
    AUTH_ISSUER: DEVELOPMENT_ISSUER,
    AUTH_AUDIENCE: DEVELOPMENT_AUDIENCE,
  }
}

const READY_MS_MAX = 60_000

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const start = Date.now(); Date.now() - start < READY_MS_MAX; ) {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The service did not become ready')
}
