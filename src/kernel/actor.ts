/** Who is acting, for which authority, in which roles: looked up at each request, never read from a token. */
import { z } from 'zod'
import type { AccountKind, Role } from '../db/tables/accounts.ts'
import { Refusal } from './errors.ts'

/** Somebody, as an answer names them: by account, and by the name that they had at the time. */
export const Person = z.object({ accountId: z.string(), displayName: z.string() }).meta({ id: 'Person' })
export type Person = z.output<typeof Person>

export interface Actor {
  readonly accountId: string
  readonly authorityId: string
  readonly authorityCode: string
  readonly subject: string
  readonly displayName: string
  readonly kind: AccountKind
  /** A fact of the person, not a role. */
  readonly qualification: 'social_work' | null
  readonly agency: string | null
  readonly roles: readonly Role[]
}

/** @throws Refusal forbidden for a system, whatever its roles: what is judged, approved, told or kept from somebody has a name. */
export function requirePerson({ kind }: Pick<Actor, 'kind'>): void {
  if (kind !== 'human') throw new Refusal('forbidden', 'This is done by a person, under their own name.')
}

export function hasRole(actor: Actor, ...roles: readonly Role[]): boolean {
  return roles.some((role) => actor.roles.includes(role))
}
