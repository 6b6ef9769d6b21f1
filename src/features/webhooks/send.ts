/** One message over the network: signed, to an address that was looked at, with an end in any case. */
import { type LookupAddress, lookup as resolve } from 'node:dns'
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { OutboundRules } from '../../kernel/settings.ts'
import { formFault, hostOf, mayConnect } from './targets.ts'

export interface Message {
  /** The same at every attempt, so that the receiver can tell a repetition. */
  readonly id: string
  readonly url: string
  readonly body: string
  /** Of every secret that is valid now; the latest first. */
  readonly secrets: readonly string[]
}

/** Why an attempt failed. What the receiver said beyond its status is not looked at. */
export const SEND_ERRORS = [
  'target_refused',
  'unresolved',
  'unreachable',
  'tls',
  'timeout',
  'redirect',
  'status',
] as const
export type SendError = (typeof SEND_ERRORS)[number]

export interface Sent {
  readonly status: number | null
  /** null where it was delivered: the receiver answered with a status of 200 to 299. */
  readonly error: SendError | null
}

export interface Sending {
  readonly rules: OutboundRules
  /** RFC 3339; becomes the time that is signed. */
  readonly now: string
  readonly signal: AbortSignal
}

class TargetRefused extends Error {}

/**
 * Sends a message and waits for the status of the answer. A redirect is not followed: it would lead to an address that
 * nobody looked at.
 * @throws the reason of `signal` when the process is to stop; then nobody knows whether the message arrived
 */
export async function send(message: Message, { rules, now, signal }: Sending): Promise<Sent> {
  const url = new URL(message.url)
  const host = hostOf(url)
  // An address in the URL itself is never looked up, so it is looked at here.
  const isRefused = isIP(host) !== 0 && !mayConnect(host, host, rules)
  if (isRefused || formFault(url, rules) !== undefined) return { status: null, error: 'target_refused' }
  const timeout = AbortSignal.timeout(rules.timeoutMs)
  try {
    const status = await post(url, message, {
      headers: headersOf(message, now),
      lookup: checked(host, rules),
      signal: AbortSignal.any([signal, timeout]),
    })
    if (status >= 200 && status < 300) return { status, error: null }
    return { status, error: status >= 300 && status < 400 ? 'redirect' : 'status' }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    return { status: null, error: timeout.aborted ? 'timeout' : errorOf(error) }
  }
}

function headersOf({ id, body, secrets }: Message, now: string): Record<string, string> {
  const at = new Date(now)
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Threshold',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}

/** Resolves with the status as soon as the answer begins; its body is not read. */
function post(url: URL, { body }: Message, options: RequestOptions): Promise<number> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    // A connection of its own for each: one that was opened earlier was looked at earlier.
    const sent: ClientRequest = request(url, { ...options, method: 'POST', agent: false }, (answer) => {
      resolve(answer.statusCode ?? 0)
      answer.destroy()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The lookup of the connection itself: what it gives is what is connected to, so a name cannot change in between. */
function checked(host: string, rules: OutboundRules): LookupFunction {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '')
      const addresses = found as LookupAddress[]
      // One address that is not public is enough: a name that stands for both was made to get in.
      if (addresses.length === 0 || !addresses.every(({ address }) => mayConnect(address, host, rules)))
        return done(new TargetRefused(), '')
      const [first] = addresses
      if (options.all) done(null, addresses)
      else done(null, first?.address ?? '', first?.family)
    })
  }
}

function errorOf(error: unknown): SendError {
  if (error instanceof TargetRefused) return 'target_refused'
  const { code = '', syscall } = error as { code?: string; syscall?: string }
  if (syscall === 'getaddrinfo') return 'unresolved'
  return /CERT|SSL|TLS|UNABLE_TO_|SELF_SIGNED/.test(code) ? 'tls' : 'unreachable'
}
