/**
 * A later feature adds a field to an earlier one's type: GraphQL's `Referral.decisions` comes from decisions, and referrals
 * does not know of it. Loaded for all parents of a list at once, in one transaction.
 */
import type { z } from 'zod'
import type { Role } from '../db/tables/accounts.ts'
import type { Context } from './operation.ts'

export interface Relation {
  /** GraphQL type that gets the field. */
  readonly on: string
  readonly name: string
  readonly summary: string
  readonly allow: readonly Role[]
  readonly output: z.ZodType
  /** One result for each parent, in their order. */
  load(context: Context, parents: readonly Record<string, unknown>[]): Promise<readonly unknown[]>
}

export function defineRelation<O extends z.ZodType>(
  relation: Omit<Relation, 'output' | 'load'> & {
    readonly output: O
    load(context: Context, parents: readonly Record<string, unknown>[]): Promise<readonly z.output<O>[]>
  },
): Relation {
  return relation
}
