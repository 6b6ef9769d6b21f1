/** Keyset pages: a cursor says after which item to go on, and stays right while items are added. */
import { z } from 'zod'
import { Refusal } from './errors.ts'

export const PAGE_MAX = 100
export const PAGE_DEFAULT = 20

/** Parameters of every operation that lists. */
export const pageParams = {
  first: z
    .int()
    .min(1)
    .max(PAGE_MAX)
    .optional()
    .describe(`How many; at most ${PAGE_MAX}, ${PAGE_DEFAULT} where left out.`),
  after: z.string().max(200).optional().describe('Cursor of the item after which to go on.'),
}

export const PageInfo = z
  .object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })
  .meta({ id: 'PageInfo' })

/** An instant as a bound of a list, RFC 3339 in UTC. */
export const Bound = z.iso
  .datetime({ offset: false, error: 'must be an instant in UTC, as 2026-04-01T00:00:00Z' })
  .refine((at) => at >= '1900' && at < '2200', { error: 'must lie between 1900 and 2199' })

/** A page of items as REST and GraphQL both show it. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  const edge = z.object({ cursor: z.string(), node: item }).meta({ id: `${id}Edge` })
  return z.object({ edges: z.array(edge), pageInfo: PageInfo }).meta({ id: `${id}Connection` })
}

/** Time and id of the last item seen: the order of every list here is newest first, then by id. */
export interface Cursor {
  readonly at: string
  readonly id: string
}

export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at}|${id}`).toString('base64url')
}

const INSTANT = /^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const IDS = { uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, position: /^\d{1,15}$/ } as const

/** @throws Refusal invalid_input for anything that this service did not make, or made for a list of another kind. */
export function decodeCursor(cursor: string | undefined, ids: keyof typeof IDS = 'uuid'): Cursor | undefined {
  if (cursor === undefined) return undefined
  const [at = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('|')
  const isTime = INSTANT.test(at) && !Number.isNaN(Date.parse(at)) && new Date(at).toISOString() === at
  if (rest.length > 0 || !isTime || !IDS[ids].test(id) || encodeCursor({ at, id }) !== cursor) {
    const wrong = {
      in: 'query',
      pointer: '/after',
      code: 'invalid_cursor',
      detail: 'Not a cursor that this list gave.',
    } as const
    throw new Refusal('invalid_input', 'The cursor is not one of ours.', { errors: [wrong] })
  }
  return { at, id }
}

/** Rows of which one more was asked for than shown → the page. */
export function toPage<R, N>(rows: readonly R[], first: number, cursorOf: (row: R) => Cursor, nodeOf: (row: R) => N) {
  const edges = rows.slice(0, first).map((row) => ({ cursor: encodeCursor(cursorOf(row)), node: nodeOf(row) }))
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } }
}
