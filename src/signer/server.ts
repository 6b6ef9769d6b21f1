/** The signer as a process of its own: it has no database, and answers two questions. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Signer } from '../kernel/signer.ts'
import { Request } from './protocol.ts'

const BODY_BYTES_MAX = 16_384

/**
 * `POST /sign` and `GET /keys?origin=`; anything else is 404, and what is no request 400. Where there is a secret, who does not
 * bring it gets 401: roots and proofs are no secrets, and with them anybody could have a longer log signed that is not ours.
 */
export function signerServer(signer: Signer, token?: string): Server {
  // One after the other: what was signed last is read and written.
  let last: Promise<unknown> = Promise.resolve()
  return createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    if (token !== undefined && !isBearer(request, token)) return reply(response, 401, { error: 'not you' })
    last = last.then(() => answer(signer, request, response)).catch(() => reply(response, 500, { error: 'failed' }))
  })
}

function isBearer({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))
}

async function answer(signer: Signer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://signer')
  const origin = searchParams.get('origin')
  if (request.method === 'GET' && pathname === '/keys' && origin)
    return reply(response, 200, { verifierKeys: await signer.verifierKeys(origin) })
  if (request.method !== 'POST' || pathname !== '/sign') return reply(response, 404, { error: 'not found' })
  const body = await bodyOf(request)
  const parsed = Request.safeParse(body)
  if (!parsed.success) return reply(response, 400, { error: 'not a request' })
  reply(response, 200, await signer.sign(parsed.data))
}

/** undefined for what is too long or not JSON. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > BODY_BYTES_MAX) return undefined
    chunks.push(chunk as Buffer)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    // Not JSON is an answer here: the caller refuses it.
    return undefined
  }
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
