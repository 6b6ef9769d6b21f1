import type { Database } from '../../db/connect.ts'
import { and, eq } from '../../db/drizzle.ts'
import type { Priority } from '../../db/places.ts'
import { accountRoles, accounts, ROLES, type Role } from '../../db/tables/accounts.ts'
import { authorities } from '../../db/tables/authorities.ts'
import type { Transaction } from '../../db/transaction.ts'
import type { Actor } from '../../kernel/actor.ts'

export type Authority = Pick<typeof authorities.$inferSelect, 'id' | 'code' | 'name'>

/** Authorities are public names without content, so they are read for no authority. */
export async function findAuthority(
  database: Database,
  code: string,
  priority?: Priority,
): Promise<Authority | undefined> {
  const find = (tx: Transaction) => tx.select().from(authorities).where(eq(authorities.code, code))
  const [found] = await database.withoutTenant(find, priority)
  return found
}

export async function listAuthorities(database: Database): Promise<Authority[]> {
  return await database.withoutTenant((tx) => tx.select().from(authorities).orderBy(authorities.code))
}

/** The account of a token's subject with the roles that it has now, or why nobody may act by that name. */
export async function findActor(
  database: Database,
  authority: Authority,
  subject: string,
  priority?: Priority,
): Promise<Actor | 'unknown_subject' | 'disabled'> {
  const find = async (tx: Transaction): Promise<Actor | 'unknown_subject' | 'disabled'> => {
    const rows = await tx
      .select({ account: accounts, role: accountRoles.role })
      .from(accounts)
      .leftJoin(
        accountRoles,
        and(eq(accountRoles.authorityId, accounts.authorityId), eq(accountRoles.accountId, accounts.id)),
      )
      .where(and(eq(accounts.authorityId, authority.id), eq(accounts.subject, subject)))
    const account = rows[0]?.account
    if (!account) return 'unknown_subject'
    if (!account.isEnabled) return 'disabled'
    return {
      accountId: account.id,
      authorityId: authority.id,
      authorityCode: authority.code,
      subject,
      displayName: account.displayName,
      kind: account.kind,
      qualification: account.qualification,
      agency: account.agency,
      roles: rows.flatMap(({ role }) => (role === null ? [] : [role])).sort(byRole),
    }
  }
  return await database.withTenant(authority.id, find, undefined, { priority })
}

function byRole(a: Role, b: Role): number {
  return ROLES.indexOf(a) - ROLES.indexOf(b)
}
