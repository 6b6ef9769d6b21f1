/**
 * An operation is written once: what goes in, what comes out, who may, what happens. REST, GraphQL, OpenAPI and the
 * permission table are derived from it; `execute` carries it out.
 */
import type { z } from 'zod'
import type { Priority } from '../db/places.ts'
import type { Role } from '../db/tables/accounts.ts'
import type { TenantTx } from '../db/tenant.ts'
import type { Actor } from './actor.ts'
import type { Happening, Receipt } from './record.ts'
import type { Settings } from './settings.ts'

/** What an operation acts with. One instant, one actor, one transaction. */
export interface Context {
  readonly tx: TenantTx
  readonly actor: Actor
  /** RFC 3339 UTC with milliseconds. */
  readonly now: string
  readonly settings: Settings
  newId(): string
  record(happening: Happening): Promise<Receipt>
}

export type Method = 'GET' | 'POST'

/** Forms of an answer. Every operation has JSON; the others come from the same output. */
export const FORMATS = ['json', 'text', 'html'] as const
export type Format = (typeof FORMATS)[number]
export const MEDIA_TYPES = {
  json: 'application/json',
  text: 'text/plain',
  html: 'text/html',
} as const satisfies Record<Format, string>

/** An output written out for people: plain text, and one page of HTML in which every word is escaped. */
export interface Forms<T> {
  text(output: T): string
  html(output: T): string
}

export type Params = Readonly<Record<string, z.ZodType>>
type Input<P extends Params, B extends z.ZodType | undefined> = z.output<z.ZodObject<P>> &
  (B extends z.ZodType ? { body: z.output<B> } : unknown)

export interface Operation<
  P extends Params = Params,
  B extends z.ZodType | undefined = z.ZodType | undefined,
  O extends z.ZodType = z.ZodType,
> {
  /** Also the name of the GraphQL field and the OpenAPI operation id. */
  readonly name: string
  readonly kind: 'query' | 'command'
  readonly summary: string
  readonly description?: string
  readonly allow: readonly Role[]
  /** `GET /v1/referrals/{referralId}`: parameters in braces come from the path, others from the query. */
  readonly route: `${Method} /v1/${string}`
  /**
   * `urgent`: a new referral and the way to its decision, which no report may hold up. It has places in the database and a quota
   * of its own; ordinary where left out.
   */
  readonly priority?: Priority
  /** HTTP status of success; 200 where left out. */
  readonly status?: 200 | 201
  readonly params: P
  readonly body?: B
  /** The longest body over REST, where it is less than that of every request. Bytes. */
  readonly bodyBytesMax?: number
  readonly output: O
  /** Whether the answer is made to be taken away: the log of accesses tells that from a look. */
  readonly isExport?: boolean
  /** Whether a query reads everything as it was at one instant: for what compares one thing with another. */
  readonly isSnapshot?: boolean
  /** Where the answer can also be had as text and as a page. */
  readonly forms?: Forms<z.output<O>>
  run(context: Context, input: Input<P, B>): Promise<z.output<O>>
}

/** Gives an operation its types; the value is as written. */
export function defineOperation<P extends Params, B extends z.ZodType | undefined, O extends z.ZodType>(
  operation: Operation<P, B, O>,
): Operation {
  return operation as unknown as Operation
}
