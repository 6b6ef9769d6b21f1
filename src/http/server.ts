/** What the server bears before a request is one: slow callers, crowds, and bytes that are no HTTP. */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { Refusal, type RefusalCode } from '../kernel/errors.ts'
import { problemOf } from '../kernel/problem.ts'

export interface ServerLimits {
  /** How long a request may take to arrive, head and body. Milliseconds. */
  readonly requestMs: number
  /** How often the server looks for those that take longer. Milliseconds. */
  readonly checkMs: number
  /** Bytes of a request's head. */
  readonly headBytes: number
  /** Connections that are served; beyond them only health is answered. */
  readonly connections: number
  /** Requests on one connection, after which it is closed. */
  readonly requestsOnConnection: number
}

/** Slow callers are told within 15 seconds: what takes 12 is found 2 later at most. */
export const SERVER_LIMITS: ServerLimits = {
  requestMs: 12_000,
  checkMs: 2000,
  headBytes: 16 * 1024,
  connections: 2000,
  requestsOnConnection: 10_000,
}

/** Connections beyond those that are served, on which health is still answered. */
const SPARE_CONNECTIONS = 100
const IDLE_MS = 15_000

export function serverOptions(limits: ServerLimits, newId: () => string) {
  return {
    requestTimeout: limits.requestMs,
    connectionTimeout: Math.max(IDLE_MS, limits.requestMs + limits.checkMs),
    maxRequestsPerSocket: limits.requestsOnConnection,
    http: {
      headersTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      maxHeaderSize: limits.headBytes,
    },
    clientErrorHandler(this: FastifyInstance, error: Error & { code?: string }, socket: Socket) {
      const code = CODES[error.code ?? ''] ?? 'http_malformed'
      if (error.code !== 'ECONNRESET') this.log.info({ code, cause: error.code }, 'request refused')
      answerRaw(socket, new Refusal(code, DETAILS[code] ?? ''), newId())
    },
  } satisfies Partial<FastifyServerOptions> & { http: object; clientErrorHandler: object }
}

const CODES: Readonly<Record<string, RefusalCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
}

const DETAILS: Partial<Record<RefusalCode, string>> = {
  request_timeout: 'The request did not arrive in time. Nothing of it was carried out.',
  headers_too_large: 'The headers are too large.',
  payload_too_large: 'The body is too large.',
  http_malformed: 'This is not well-formed HTTP.',
}

/** A problem written to a connection on which there is no request to answer; it is closed after that. */
function answerRaw(socket: Socket, refusal: Refusal, traceId: string): void {
  if (socket.destroyed || !socket.writable) return
  const problem = problemOf(refusal, traceId)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status] ?? 'Bad Request'}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${traceId}`,
    'Connection: close',
  ].join('\r\n')
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy())
}

const REASONS: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
}

/** Beyond the limit a connection is answered 503 and closed, unless it asks for health; far beyond it, it is not taken. */
export function limitConnections(app: FastifyInstance, { connections }: ServerLimits): void {
  app.server.maxConnections = connections + SPARE_CONNECTIONS
  const open = new Set<Socket>()
  const crowded = new WeakSet<Socket>()
  app.server.on('connection', (socket: Socket) => {
    open.add(socket)
    if (open.size > connections) crowded.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!crowded.has(request.raw.socket)) return
    reply.header('connection', 'close')
    if (request.url.startsWith('/health/')) return
    throw new Refusal('unavailable', 'Too many callers at once. Try again shortly, with the same Idempotency-Key.', {
      recorded: false,
    })
  })
}
