/** A real OpenID provider in a process of its own, which a test may stop, and start again with other keys. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JWK } from 'jose'
import type { Teardown } from './database.ts'

const PROGRAM = new URL('provider-process.ts', import.meta.url).pathname
export const CLIENT_SECRET = 'for-tests-alone-and-nothing-else'

/** What the process is told. */
export interface ProviderPlan {
  readonly port: number
  /** Private keys that it signs with and publishes the public half of, the one in use first. */
  readonly keys: readonly JWK[]
  readonly audience: string
  /** Client id → the authority that its tokens name. */
  readonly clients: Readonly<Record<string, string>>
}

export interface IdentityProvider {
  readonly issuer: string
  readonly jwksUrl: string
  start(keys: readonly JWK[]): Promise<void>
  stop(): Promise<void>
  /** What its token endpoint answers a client that asks in its own name. */
  tokenFor(client: string, resource?: string): Promise<string>
}

export async function identityProvider(
  t: Teardown,
  plan: Pick<ProviderPlan, 'audience' | 'clients'>,
): Promise<IdentityProvider> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null) return
    await new Promise((resolve) => {
      ending.once('exit', resolve)
      ending.kill('SIGKILL')
    })
  }
  t.teardown(stop)
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    stop,
    async start(keys) {
      await stop()
      const told = JSON.stringify({ ...plan, port, keys } satisfies ProviderPlan)
      const started = spawn(process.execPath, [PROGRAM, told], { stdio: ['ignore', 'pipe', 'ignore'] })
      child = started
      await new Promise<void>((resolve, reject) => {
        started.stdout.once('data', () => resolve())
        started.once('exit', (code) => reject(new Error(`The provider ended with ${code}`)))
      })
    },
    async tokenFor(client, resource = plan.audience) {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${client}:${CLIENT_SECRET}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...(resource ? { resource } : {}) }),
      })
      const { access_token: token } = (await response.json()) as { access_token?: string }
      if (!token) throw new Error(`The provider answered with ${response.status}`)
      return token
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
