/** Creates authorities and accounts with the rights of the database's owner: for set-up, never for a request. */

import type { Database } from '../../db/connect.ts'
import { and, eq } from '../../db/drizzle.ts'
import { type AccountKind, accountRoles, accounts, type Role } from '../../db/tables/accounts.ts'
import { authorities } from '../../db/tables/authorities.ts'
import { setAuthority } from '../../db/tenant.ts'
import type { Authority } from './queries.ts'

export interface AccountSpec {
  readonly subject: string
  readonly displayName: string
  readonly kind: AccountKind
  readonly agency?: string
  readonly qualification?: 'social_work'
  readonly roles: readonly Role[]
}

export interface Making {
  readonly now: string
  readonly newId: () => string
}

/** The authority of a code, made where there is none. */
export async function provideAuthority(
  database: Database,
  { code, name }: { code: string; name: string },
  making: Making,
): Promise<Authority> {
  return await database.asOwner(async (tx) => {
    await tx
      .insert(authorities)
      .values({ id: making.newId(), code, name, createdAt: making.now })
      .onConflictDoNothing({ target: authorities.code })
    const [authority] = await tx.select().from(authorities).where(eq(authorities.code, code))
    if (!authority) throw new Error(`The authority ${code} could not be made`)
    return authority
  })
}

/** The id of an account, made with its roles where there is none. An account that exists is left as it is. */
export async function provideAccount(
  database: Database,
  authority: Authority,
  spec: AccountSpec,
  making: Making,
): Promise<string> {
  return await database.asOwner(async (tx) => {
    await setAuthority(tx, authority.id)
    const known = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.authorityId, authority.id), eq(accounts.subject, spec.subject)))
    if (known[0]) return known[0].id
    const id = making.newId()
    const { subject, displayName, kind, roles } = spec
    await tx.insert(accounts).values({
      authorityId: authority.id,
      id,
      subject,
      displayName,
      kind,
      createdAt: making.now,
      agency: spec.agency ?? null,
      qualification: spec.qualification ?? null,
    })
    for (const role of roles)
      await tx.insert(accountRoles).values({ authorityId: authority.id, accountId: id, role, grantedAt: making.now })
    return id
  })
}
