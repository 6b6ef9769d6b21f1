/** Ids of everything that is stored: time-ordered UUIDs (RFC 9562, version 7). Time and chance come in as arguments. */
import { z } from 'zod'

/** An id as a parameter, in the one form in which it is compared and locked. */
export const Id = z.uuid().toLowerCase()

/** @param now milliseconds since 1970 · @param random 10 random bytes */
export function uuidv7(now: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16)
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
