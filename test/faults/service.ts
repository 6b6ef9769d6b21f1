/** A real service process on a database of its own, which a test may kill and start again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DEVELOPMENT_AUDIENCE,
  DEVELOPMENT_ISSUER,
  developmentKey,
  issueDevelopmentToken,
} from '../../src/features/identity/tokens.ts'
import { postgresCopy, postgresUrl, type Teardown } from '../support/database.ts'

const CLI = new URL('../../src/cli/main.ts', import.meta.url).pathname
const DEMO = new URL('../../examples/demo.json', import.meta.url).pathname

export interface Service {
  readonly url: string
  start(): Promise<void>
  /** Ends the process with SIGKILL: nothing is said, nothing is closed. */
  kill(): Promise<void>
  /** Ends the process with SIGTERM and gives its exit status. */
  stop(): Promise<number | null>
  token(account: string): Promise<string>
  /** Runs a command of the command line on the same database. */
  run(...args: string[]): { status: number | null; output: string }
}

export async function openService(t: Teardown): Promise<Service> {
  const dataDir = await mkdtemp(join(tmpdir(), 'threshold-service-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  const port = await freePort()
  const key = await developmentKey(dataDir)
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ...(await postgresSettings(t, key)),
  }
  let child: ChildProcess | undefined
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8' })
    return { status, output: `${stdout}${stderr}` }
  }
  const end = (signal: NodeJS.Signals): Promise<number | null> =>
    new Promise((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return resolve(null)
      child.once('exit', (code) => resolve(code))
      child.kill(signal)
    })
  t.teardown(async () => {
    await end('SIGKILL')
  })
  if (postgresUrl()) run('provision', DEMO)
  return {
    url: `http://127.0.0.1:${port}`,
    async start() {
      child = spawn(process.execPath, [CLI, 'serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
      await ready(`http://127.0.0.1:${port}/health/ready`, child)
    },
    async kill() {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    token: (account) =>
      issueDevelopmentToken(
        key,
        { subject: `${account}@northmoor.example`, authority: 'northmoor' },
        { now: Date.now(), minutes: 60 },
      ),
    run,
  }
}

/** On PostgreSQL the service trusts an identity provider: here one whose key set is ours. */
async function postgresSettings(
  t: Teardown,
  key: Awaited<ReturnType<typeof developmentKey>>,
): Promise<Record<string, string>> {
  const server = postgresUrl()
  if (!server) return {}
  const { d: _, ...jwk } = key
  const keys = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => keys.close(() => resolve())))
  return {
    DATABASE_URL: await postgresCopy(t, server),
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

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
