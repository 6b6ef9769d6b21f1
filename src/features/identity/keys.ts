/**
 * The public keys of an issuer, fetched from where it publishes them and kept for a while: renewed now and then so that a
 * retired key ends, fetched again for a key that is not known, and used through an outage of the provider, but not for long.
 */
import { createLocalJWKSet, type FlattenedJWSInput, type JSONWebKeySet, type JWK, type JWSHeaderParameters } from 'jose'
import { Refusal } from '../../kernel/errors.ts'

export type FindKey = (
  header?: JWSHeaderParameters,
  token?: FlattenedJWSInput,
) => ReturnType<ReturnType<typeof createLocalJWKSet>>

export const KEY_TIMES = {
  /** Keys older than this are fetched again before they are used. */
  renewMs: 5 * 60_000,
  /** The longest that keys are used after they were last fetched, while the provider cannot be reached. */
  keepMs: 15 * 60_000,
  /** The least time between two fetches, whatever tokens say: unknown keys cannot make us call the provider at will. */
  pauseMs: 30_000,
  timeoutMs: 3000,
} as const

const SET_BYTES_MAX = 256 * 1024
const KEYS_MAX = 100

export interface Fetching {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly fetch: typeof globalThis.fetch
}

interface Known {
  readonly find: FindKey
  readonly fetchedAt: number
}

/**
 * Finds the key that a header names.
 * @throws Refusal unavailable when there are no keys fresh enough to judge by; JOSEError when there is no such key.
 */
export function remoteKeys(url: URL, { clock, fetch }: Fetching): FindKey {
  let known: Known | undefined
  let lastTry = { at: Number.NEGATIVE_INFINITY, isDone: false }
  let pending: Promise<void> | undefined

  /** One fetch at a time, and none within the pause after the last. Whether it went well is in `lastTry`. */
  const renew = async (): Promise<void> => {
    if (!pending) {
      // A clock that was put back must not stop us for as long as it was ahead.
      const since = clock() - lastTry.at
      if (since >= 0 && since < KEY_TIMES.pauseMs) return
      const at = clock()
      pending = fetchKeys(url, fetch)
        .then((find) => {
          known = { find, fetchedAt: at }
          lastTry = { at, isDone: true }
        })
        .catch(() => {
          lastTry = { at, isDone: false }
        })
        .finally(() => {
          pending = undefined
        })
    }
    await pending
  }
  const age = (): number => (known ? Math.abs(clock() - known.fetchedAt) : Number.POSITIVE_INFINITY)

  return async (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => {
    if (age() >= KEY_TIMES.renewMs) await renew()
    if (!known || age() >= KEY_TIMES.keepMs) throw unreachable()
    const before = known
    try {
      return await before.find(header, token)
    } catch (error) {
      if (!isUnknownKey(error)) throw error
      await renew()
      // Whether there is such a key now is not known while the provider is away: that is no fault of the token.
      if (!lastTry.isDone) throw unreachable()
      if (known === before) throw error
      return await known.find(header, token)
    }
  }
}

function isUnknownKey(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_JWKS_NO_MATCHING_KEY'
}

export function unreachable(): Refusal {
  return new Refusal('unavailable', 'The identity provider cannot be reached at the moment.', { recorded: false })
}

/** @throws Error whatever else the provider answers than a set of keys */
async function fetchKeys(url: URL, fetch: Fetching['fetch']): Promise<FindKey> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(KEY_TIMES.timeoutMs),
  })
  if (response.status !== 200) throw new Error('The provider did not answer with its keys')
  const { keys } = JSON.parse(await limitedText(response)) as Partial<JSONWebKeySet>
  if (!Array.isArray(keys) || keys.length > KEYS_MAX) throw new Error('The provider did not answer with keys')
  return createLocalJWKSet({ keys: keys.filter(isNamed) })
}

/** Keys without a name cannot be asked for; other kinds of entry are passed over (RFC 7517 §5). */
function isNamed(key: unknown): key is JWK {
  return typeof key === 'object' && key !== null && typeof (key as JWK).kid === 'string'
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > SET_BYTES_MAX) throw new Error('The provider answered with too much')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
