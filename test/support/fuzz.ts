/** Requests made up from the OpenAPI document: valid in shape, with one thing wrong, or hostile. */
import fc from 'fast-check'
import type { Json } from './surfaces.ts'

/** Text that stands in JSON as it is, where a JavaScript value could not say it. */
const RAW = /"@@([^"@]*)@@"/g
export const written = (value: unknown): string => JSON.stringify(value).replaceAll(RAW, '$1')

/** Values that no operation takes, or that look like what they are not. */
const HOSTILE: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 31, 2 ** 53 - 1, '', ' ', [], {}, [[]], [null], { a: {} }],
  ...['@@1e400@@', '@@-0@@', '@@9007199254740993@@', '@@1e0@@', '@@[[[[[[[[]]]]]]]]@@'],
  ...['\u0000', 'a\u0000b', '\ud800', '\udc00\ud800', '\u202eabc', '\u001b[31m', '\u{10ffff}', 'é', '👩‍👧‍👦'],
  ...["'; drop table referrals; --", '%00', '../../etc/passwd', '<script>', '{"$gt":""}', '__proto__'],
  ...['2026-02-30', '0000-01-01', '9999-12-31', 'infinity', 'now', '2026-11-24T10:00:60Z', 'NaN', '1e9', '-1'],
  JSON.parse('{"__proto__":{"x":1}}'),
  { constructor: { prototype: {} } },
  { toString: 1, hasOwnProperty: 2, length: -1 },
  'x'.repeat(30_000),
  Array.from({ length: 300 }, (_, i) => i),
]

const WORDS = ['A', 'Worried about him.', 'northmoor', 'Hub', 'x-1', 'Zoë', '2026-11-24', 'L2', 'EXP-03', 'a', 'PHY-06']

export interface Maker {
  /** A value of a shape of the document. */
  value(shape: Json, depth?: number): fc.Arbitrary<unknown>
}

/** `ids` are those that the service has given so far: what is made up names real things as well. */
export function makerOf(document: Json, ids: readonly string[]): Maker {
  const resolved = (shape: Json): Json =>
    shape.$ref
      ? resolved(
          shape.$ref
            .split('/')
            .slice(1)
            .reduce((at: Json, key: string) => at[key], document),
        )
      : shape
  const value: Maker['value'] = (given, depth = 0) => {
    const shape = resolved(given)
    if (shape.const !== undefined) return fc.constant(shape.const)
    if (shape.enum) return fc.constantFrom(...shape.enum)
    const branches = shape.anyOf ?? shape.oneOf
    if (branches) return fc.oneof(...branches.map((branch: Json) => value(branch, depth + 1)))
    if (Array.isArray(shape.type))
      return fc.oneof(...shape.type.map((type: string) => value({ ...shape, type }, depth)))
    if (shape.type === 'object') return objectOf(shape, depth)
    if (shape.type === 'array') return listOf(shape, depth)
    if (shape.type === 'string') return textOf(shape)
    if (shape.type === 'boolean') return fc.boolean()
    if (shape.type === 'integer' || shape.type === 'number') return wholeOf(shape)
    return fc.constantFrom(null, 1, 'x', true)
  }
  const objectOf = (shape: Json, depth: number) => {
    const required: string[] = shape.required ?? []
    const properties = Object.entries<Json>(shape.properties ?? {}).filter(
      ([name]) => required.includes(name) || depth < 5,
    )
    const model = Object.fromEntries(properties.map(([name, inner]) => [name, value(inner, depth + 1)]))
    return fc.record(model, { requiredKeys: required as never[] })
  }
  const listOf = (shape: Json, depth: number) => {
    const minLength: number = shape.minItems ?? 0
    return fc.array(value(shape.items ?? {}, depth + 1), { minLength, maxLength: Math.max(minLength, 2) })
  }
  const textOf = ({ format, pattern, minLength = 0, maxLength = 60 }: Json): fc.Arbitrary<unknown> => {
    if (format === 'uuid') return fc.gen().map((gen) => pick(gen, ids) ?? gen(fc.uuid))
    if (format === 'date') return fc.constantFrom('2018-05-04', '2026-11-24', '2026-12-01', '2027-02-01')
    if (format === 'date-time') return fc.constantFrom('2026-11-24T10:00:00Z', '2026-11-25T10:00:00.000Z')
    if (pattern && !format) return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= 200)
    const word = fc.constantFrom(...WORDS).filter((text) => text.length >= minLength && text.length <= maxLength)
    return fc.oneof(
      { weight: 4, arbitrary: word },
      { weight: 1, arbitrary: fc.string({ minLength, maxLength: Math.min(maxLength, 80) }) },
    )
  }
  return { value }
}

function pick(gen: fc.GeneratorValue, ids: readonly string[]): string | undefined {
  return ids.length > 0 && gen(fc.integer, { min: 0, max: 4 }) > 0
    ? ids[gen(fc.nat, { max: ids.length - 1 })]
    : undefined
}

function wholeOf({ minimum = -5, maximum = 100 }: Json): fc.Arbitrary<number> {
  const min = Math.max(minimum, -1_000_000)
  return fc.integer({ min, max: Math.max(min, Math.min(maximum, min + 1000)) })
}

/** One thing in a value, or all of it, made wrong: replaced, left out, or added. */
export function spoiled(value: unknown): fc.Arbitrary<unknown> {
  return fc.gen().map((gen) => {
    const copy = structuredClone(value)
    const places = placesIn(copy)
    // A copy: fast-check marks what comes out of here, and would find its mark again in a value that is shared.
    const wrong = structuredClone(HOSTILE[gen(fc.nat, { max: HOSTILE.length - 1 })])
    const place = places.length > 0 ? places[gen(fc.nat, { max: places.length - 1 })] : undefined
    if (!place) return wrong
    const how = gen(fc.integer, { min: 0, max: 3 })
    if (how === 0 && !Array.isArray(place.of)) delete place.of[place.key]
    else if (how === 1 && !Array.isArray(place.of)) place.of['nosuch'] = wrong
    else place.of[place.key] = wrong
    return copy
  })
}

interface Place {
  readonly of: Record<string, unknown>
  readonly key: string
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const of = value as Record<string, unknown>
  return Object.keys(of).flatMap((key) => [{ of, key }, ...placesIn(of[key])])
}

/** Anything at all. */
export const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
)
