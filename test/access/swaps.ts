/** Where a request has ids, by what the operation takes and by what is sent; and the same request with other ids. */
import type { z } from 'zod'
import { type JsonShape, jsonShape, referenced } from '../../src/kernel/json-shape.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import type { Request } from '../support/surfaces.ts'
import type { Ids } from './ground.ts'

/** `referralId` of path or query, `body.accounts[]` of the body. */
export type Place = string

export interface Named {
  readonly place: Place
  readonly kind: string
}

/** Every place in which an operation takes an id. */
export function placesOf(operation: Operation): Place[] {
  const params = Object.entries(operation.params).flatMap(([name, schema]) => placesIn(schema, name))
  return [...new Set([...params, ...(operation.body ? placesIn(operation.body, 'body') : [])])].sort()
}

const DEPTH_MAX = 8

function placesIn(schema: z.ZodType, from: Place): Place[] {
  const { shape, definitions } = jsonShape(schema, 'input')
  const walk = (at: JsonShape | undefined, place: Place, depth: number): Place[] => {
    if (!at || depth > DEPTH_MAX) return []
    const name = referenced(at)
    if (name !== undefined) return walk(definitions[name], place, depth + 1)
    const branches = (at.anyOf ?? []).flatMap((one) => walk(one, place, depth + 1))
    const inner = Object.entries(at.properties ?? {}).flatMap(([key, one]) => walk(one, `${place}.${key}`, depth + 1))
    return [...(at.format === 'uuid' ? [place] : []), ...branches, ...inner, ...walk(at.items, `${place}[]`, depth + 1)]
  }
  return walk(shape, from, 0)
}

/** A request with each id of the own authority replaced by what `choose` says. */
export function swapped(request: Request, own: Ids, choose: (named: Named) => string): Request {
  const kinds = new Map(Object.entries(own).map(([kind, id]) => [id, kind]))
  const walk = (value: unknown, place: Place): unknown => {
    if (Array.isArray(value)) return value.map((one) => walk(one, `${place}[]`))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, walk(one, place === '' ? key : `${place}.${key}`)]),
      )
    const kind = typeof value === 'string' ? kinds.get(value) : undefined
    return kind === undefined ? value : choose({ place, kind })
  }
  const { params, body, ...rest } = request
  return {
    ...rest,
    ...(params ? { params: walk(params, '') as Request['params'] } : {}),
    ...(body === undefined ? {} : { body: walk(body, 'body') }),
  } as Request
}

/** The ids of the own authority that a request has, by their places. */
export function namedIn(request: Request, own: Ids): Named[] {
  const found: Named[] = []
  swapped(request, own, (named) => {
    found.push(named)
    return ''
  })
  return found
}
