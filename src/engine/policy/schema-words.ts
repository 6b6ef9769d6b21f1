/** What a schema takes, in words for the author of a file: found at the place of a problem, so that nothing is kept twice. */
import type { z } from 'zod'
import { nearest, type Path } from '../problem.ts'

type Def = {
  readonly type: string
  readonly innerType?: z.core.$ZodType
  readonly getter?: () => z.core.$ZodType
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly keyType?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly entries?: Readonly<Record<string, string>>
  readonly values?: readonly unknown[]
}

// The definition of a zod schema is a union of some forty types; these are the parts that are read here.
const defOf = (schema: z.core.$ZodType): Def => schema._zod.def as unknown as Def

/** The schema without what only says that it may be left out, and without the branches that the value does not mean. */
function core(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  const plain = unwrapped(schema)
  const { options } = defOf(plain)
  return options ? core(meant(options, value), value) : plain
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const { type, innerType, getter } = defOf(schema)
  if (innerType) return unwrapped(innerType)
  return type === 'lazy' && getter ? unwrapped(getter()) : schema
}

/** Of several forms, the one that has most of the keys that were written, and asks for fewest others. */
function meant(options: readonly z.core.$ZodType[], value: unknown): z.core.$ZodType {
  const keys = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
  const isList = Array.isArray(value)
  const score = (option: z.core.$ZodType): number => {
    const { type } = defOf(option)
    if (type === 'object') {
      const known = keysOf(option)
      return keys.filter((key) => known.includes(key)).length * 10 - known.length / 100
    }
    if (isList) return type === 'array' ? 5 : -1
    return keys.length === 0 ? 1 : -1
  }
  return options
    .map((option) => core(option, value))
    .reduce((best, option) => (score(option) > score(best) ? option : best))
}

/** The schema of what stands at a path of a value; undefined where nothing may stand there. */
export function schemaAt(schema: z.core.$ZodType, path: Path, value: unknown): z.core.$ZodType | undefined {
  const here = core(schema, value)
  const [part, ...rest] = path
  if (part === undefined) return here
  const { shape, element, valueType } = defOf(here)
  const next = shape ? shape[String(part)] : (element ?? valueType)
  return next && schemaAt(next, rest, (value as Record<string | number, unknown> | null | undefined)?.[part])
}

/** The forms that may stand at a path, by the property that each is known by; none where there is only one form. */
export function formsAt(schema: z.core.$ZodType, path: Path, value: unknown): readonly string[] {
  const last = path.at(-1)
  const above = last === undefined ? schema : schemaAt(schema, path.slice(0, -1), value)
  const { shape, element, valueType } = above ? defOf(above) : {}
  const here = last === undefined ? schema : shape ? shape[String(last)] : (element ?? valueType)
  const options = (here && defOf(unwrapped(here)).options) ?? []
  const first = options.map((option) => keysOf(unwrapped(option))[0])
  return first.every((key) => key !== undefined) ? first : []
}

/** The properties that an object takes, and the names that a record does; none where it is neither. */
export function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (!schema) return []
  const { shape, keyType } = defOf(schema)
  return Object.keys(shape ?? (keyType && defOf(keyType).entries) ?? {})
}

const WORDS_SHOWN_MAX = 14

/** What may stand here, as the end of a sentence. */
export function takes(schema: z.core.$ZodType | undefined, found?: unknown): string {
  if (!schema) return 'nothing'
  const { type, entries, values, shape, valueType } = defOf(schema)
  const { least, most, pattern } = boundsOf(schema)
  if (type === 'enum' || type === 'literal')
    return oneOf(values ? values.map(String) : Object.values(entries ?? {}), String(found))
  if (type === 'boolean') return 'true or false'
  if (type === 'int' || type === 'number') return `a whole number${range(least, most)}`
  if (type === 'array') return `a list${length(least, most, 'entries')}`
  if (shape) return `an object with ${listed(Object.keys(shape))}`
  if (valueType) return keysOf(schema).length > 0 ? `an object with ${listed(keysOf(schema))}` : 'an object'
  if (type === 'string') return pattern ?? `text${length(least, most, 'characters')}`
  return 'something else'
}

function oneOf(words: readonly string[], found: string): string {
  if (words.length === 1) return `“${words[0]}”`
  const near = nearest(found, words)
  const shown = words.length <= WORDS_SHOWN_MAX ? words : [...new Set([...near, ...words])].slice(0, WORDS_SHOWN_MAX)
  const rest = words.length > shown.length ? ` or one of ${words.length - shown.length} others` : ''
  return `one of ${listed(shown)}${rest}${near.length > 0 ? `; “${near[0]}” is nearest` : ''}`
}

function listed(words: readonly string[]): string {
  return words.join(', ')
}

function range(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`
  return least === undefined ? '' : ` from ${least}`
}

function length(least: number | undefined, most: number | undefined, what: string): string {
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most} ${what}`
  if (least !== undefined && least > 1) return ` of at least ${least} ${what}`
  return most === undefined ? (least === 1 ? ' that is not empty' : '') : ` of at most ${most} ${what}`
}

interface Bounds {
  readonly least?: number | undefined
  readonly most?: number | undefined
  readonly pattern?: string | undefined
}

type Check = {
  readonly check: string
  readonly value?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly error?: unknown
}

/** zod keeps limits in checks beside the schema; the words of a pattern are those that items.ts gives it. */
function boundsOf(schema: z.core.$ZodType): Bounds {
  const def = schema._zod.def as unknown as { format?: string; checks?: readonly { _zod: { def: Check } }[] }
  const checks = (def.checks ?? []).map(({ _zod }) => _zod.def)
  const said = checks.flatMap(({ error }) => (typeof error === 'function' ? [(error as () => unknown)()] : []))
  const pattern = def.format === 'date' ? 'a date that exists, written 2026-04-01' : undefined
  return {
    least:
      checks.find(({ check }) => check === 'greater_than')?.value ??
      checks.find((c) => c.minimum !== undefined)?.minimum,
    most:
      checks.find(({ check }) => check === 'less_than')?.value ?? checks.find((c) => c.maximum !== undefined)?.maximum,
    pattern: pattern ?? (typeof said[0] === 'string' ? `text: ${said[0]}` : undefined),
  }
}
