/** A receiver of webhooks: a real server on this machine, which answers as the test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import type { CloudEvent } from '../../src/features/webhooks/cloud-event.ts'
import { deliverWebhooks } from '../../src/features/webhooks/deliver.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import type { Settings } from '../../src/kernel/settings.ts'
import type { TaskContext } from '../../src/kernel/task.ts'
import type { Teardown } from './database.ts'
import { TEST_SETTINGS, type World } from './world.ts'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly event: CloudEvent
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** What is answered; 204 at the beginning. */
  answer: (received: Received, response: ServerResponse) => void
}

export async function openReceiver(t: Teardown): Promise<Receiver> {
  const receiver = {
    url: '',
    received: [] as Received[],
    answer: (_: Received, response: ServerResponse): void => void response.writeHead(204).end(),
  }
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const one = { path: request.url ?? '', headers: request.headers, body, event: JSON.parse(body) as CloudEvent }
    receiver.received.push(one)
    receiver.answer(one, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return receiver
}

/** Answers with a status, for some subjects and all others with 204. */
export function failing(status: number, subject?: string): Receiver['answer'] {
  return ({ event }, response) =>
    void response.writeHead(subject === undefined || event.subject === subject ? status : 204).end()
}

/** The event that a message carries, once the library has verified its signature at a moment of the test's clock. */
export function verified({ body, headers }: Received, secret: string, now: number): CloudEvent {
  const { now: real } = Date
  // The library knows no other clock; nothing else runs meanwhile.
  Date.now = () => now
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) as CloudEvent
  } finally {
    Date.now = real
  }
}

export interface Stepping {
  readonly settings?: Settings
  readonly signal?: AbortSignal
}

/** Does what is due for an authority, as the service does; how many steps had something to do. */
export async function deliver(world: World, authorityId: string, stepping: Stepping = {}): Promise<number> {
  const context = contextOf(world, stepping)
  for (let steps = 0; ; steps++) if (!(await deliverWebhooks.step(context, authorityId))) return steps
}

export function contextOf(world: World, { settings = TEST_SETTINGS, signal }: Stepping = {}): TaskContext {
  return {
    database: world.database,
    settings,
    now: () => new Date(world.clock.now).toISOString(),
    newId: idsInOrder(
      () => world.clock.now,
      (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    ),
    signal: signal ?? new AbortController().signal,
    onFailure: (error) => {
      throw error
    },
  }
}
