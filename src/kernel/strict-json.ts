/**
 * JSON from outside, read strictly before anything else looks at it: what `JSON.parse` would quietly mend or lose
 * (duplicate keys, bytes that are no UTF-8, numbers beyond what can be kept) is refused with its place.
 */
import { pointer } from '../engine/problem.ts'
import { Refusal, type RefusalCode } from './errors.ts'

export const JSON_DEPTH_MAX = 32
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** @throws Refusal with a code that starts with `json_`, or `number_unsafe`. */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  refuseDeep(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('json_malformed', 'The body is not well-formed JSON.')
  }
  scan(text)
  return value
}

function decode(bytes: Uint8Array): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Refusal('json_invalid_utf8', 'The body holds bytes that are not UTF-8.')
  }
  if (text.startsWith('\ufeff')) throw new Refusal('json_malformed', 'The body starts with a byte order mark.')
  return text
}

/** Counts brackets outside strings, without recursion. */
function refuseDeep(text: string): void {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') i = endOfString(text, i)
    else if (char === '{' || char === '[') {
      if (++depth > JSON_DEPTH_MAX)
        throw new Refusal('json_too_deep', `The body is nested deeper than ${JSON_DEPTH_MAX} levels.`)
    } else if (char === '}' || char === ']') depth--
  }
}

/** Position of the closing quote of a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return text.length
}

interface Level {
  readonly keys: Set<string> | null
  part: string | number
}

/** One pass over well-formed JSON: keys of each object, and every number. */
function scan(text: string): void {
  const levels: Level[] = []
  let expectsKey = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    const level = levels.at(-1)
    if (char === '{') {
      levels.push({ keys: new Set(), part: '' })
      expectsKey = true
    } else if (char === '[') levels.push({ keys: null, part: 0 })
    else if (char === '}' || char === ']') {
      levels.pop()
      expectsKey = false
    } else if (char === ',' && level) {
      if (level.keys) expectsKey = true
      else level.part = Number(level.part) + 1
    } else if (char === '"') {
      const end = endOfString(text, i)
      if (expectsKey && level?.keys) {
        takeKey(levels, level, JSON.parse(text.slice(i, end + 1)) as string)
        expectsKey = false
      }
      i = end
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      const [number = ''] = /^-?[0-9.eE+-]*/.exec(text.slice(i, i + 400)) ?? []
      refuseUnsafe(number, levels)
      i += number.length - 1
    }
  }
}

function takeKey(levels: readonly Level[], level: Level, key: string): void {
  level.part = key
  if (FORBIDDEN_KEYS.has(key)) refuse('json_forbidden_key', 'This property name is not allowed.', levels)
  if (level.keys?.has(key)) refuse('json_duplicate_key', 'This property is given twice.', levels)
  level.keys?.add(key)
}

/** Every number of this API is a whole one, written plainly: 7.0, 7e0, −0 and what is beyond 2^53 could not be given back as sent. */
function refuseUnsafe(number: string, levels: readonly Level[]): void {
  const value = Number(number)
  const isPlain = /^(0|-?[1-9]\d*)$/.test(number) && Number.isSafeInteger(value)
  // A fraction that is kept exactly is left for the operation to refuse by name.
  const isFraction = !Number.isInteger(value) && String(value) === number
  if (!isPlain && !isFraction) {
    refuse('number_unsafe', 'Numbers here are whole and written plainly, up to 2^53.', levels)
  }
}

function refuse(code: RefusalCode, detail: string, levels: readonly Level[]): never {
  throw new Refusal(code, detail, {
    errors: [{ in: 'body', pointer: pointer(levels.map(({ part }) => part)), code, detail }],
  })
}
