/** Ids of everything that is stored: time-ordered UUIDs (RFC 9562, version 7). Time and chance come in as arguments. */
import { z } from 'zod'

/** An id as a parameter, in the one form in which it is compared and locked. */
export const Id = z.uuid().toLowerCase()

/**
 * Makes ids whose text order is the order in which they were made, also within a millisecond and when the clock steps
 * back: the twelve bits after the version count on from the last id (RFC 9562 §6.2, method 1), so that lists in order of
 * time show what came first.
 *
 * @param clock milliseconds since 1970 · @param random gives so many random bytes
 */
export function idsInOrder(clock: () => number, random: (bytes: number) => Uint8Array): () => string {
  let last = { time: -1, count: 0 }
  return () => {
    const time = clock()
    if (time > last.time) last = { time, count: 0 }
    else if (last.count < COUNT_MAX) last = { time: last.time, count: last.count + 1 }
    else last = { time: last.time + 1, count: 0 }
    return uuidv7(last.time, last.count, random(8))
  }
}

const COUNT_MAX = 0xfff

/** @param time milliseconds since 1970 · @param count 0 to 4095 · @param random 8 random bytes */
export function uuidv7(time: number, count: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16)
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(time / 2 ** (8 * (5 - i))) % 256
  bytes[6] = 0x70 | (count >> 8)
  bytes[7] = count & 0xff
  bytes.set(random.subarray(0, 8), 8)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
