/** Who is acting, for which authority, in which roles: looked up at each request, never read from a token. */
import type { AccountKind, Role } from '../db/tables/accounts.ts'

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

export function hasRole(actor: Actor, ...roles: readonly Role[]): boolean {
  return roles.some((role) => actor.roles.includes(role))
}
