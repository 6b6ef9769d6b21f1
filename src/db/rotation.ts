/**
 * The keys of referrals, and the authority's own, wrapped anew by its newest key. What was sealed stays as it is. Once nothing is
 * wrapped by an older key any more, that key can be destroyed, and with it what copies of the database from before still hold.
 */
import type { Database } from './connect.ts'
import { and, eq, gt, ne, sql } from './drizzle.ts'
import { referralKeys } from './tables/audit.ts'
import { setAuthority } from './tenant.ts'
import type { Transaction } from './transaction.ts'
import { type AuthorityKeys, open, seal, VaultError } from './vault.ts'

/** Keys in one transaction. */
const BATCH = 200

/**
 * Wraps anew whatever the active key has not wrapped, as the owner of the database: the service cannot. It can be stopped and
 * run again at any time.
 * @returns how many · @throws VaultError for a key that cannot be opened, of which nothing is changed
 */
export async function rewrapKeys(database: Database, authorityId: string, keys: AuthorityKeys): Promise<number> {
  let count = 0
  for (let after = FIRST; ; ) {
    const done = await database.asOwner(async (tx) => await rewrapSome(tx, authorityId, { keys, after }))
    count += done.count
    if (done.last === undefined) return count
    after = done.last
  }
}

const FIRST = '00000000-0000-0000-0000-000000000000'

async function rewrapSome(
  tx: Transaction,
  authorityId: string,
  { keys, after }: { readonly keys: AuthorityKeys; readonly after: string },
): Promise<{ count: number; last: string | undefined }> {
  const active = keyOf(keys, keys.active)
  await setAuthority(tx, authorityId)
  await tx.execute(sql`select set_config('app.rewrapping', 'on', true)`)
  const own = eq(referralKeys.authorityId, authorityId)
  const rows = await tx
    .select()
    .from(referralKeys)
    .where(and(own, ne(referralKeys.wrappedBy, keys.active), gt(referralKeys.id, after)))
    .orderBy(referralKeys.id)
    .limit(BATCH)
    .for('update')
  for (const { id, wrappedBy, wrapped } of rows) {
    const key = open(keyOf(keys, wrappedBy), wrapped, authorityId)
    await tx
      .update(referralKeys)
      .set({ wrappedBy: keys.active, wrapped: seal(active, key, authorityId) })
      .where(and(own, eq(referralKeys.id, id)))
  }
  return { count: rows.length, last: rows.at(-1)?.id }
}

function keyOf({ keys }: AuthorityKeys, id: string): Buffer {
  const key = keys.get(id)
  if (!key) throw new VaultError(`The key ${id} is not here`)
  return key
}

/**
 * Runs `remove` while nothing can be wrapped, if nothing is wrapped by that key.
 * @throws VaultError while something still is
 */
export async function whenUnused(
  database: Database,
  authorityId: string,
  id: string,
  remove: () => void,
): Promise<void> {
  await database.asOwner(async (tx) => {
    await setAuthority(tx, authorityId)
    await tx.execute(sql`lock table referral_keys in share row exclusive mode`)
    const used = await tx.$count(
      referralKeys,
      and(eq(referralKeys.authorityId, authorityId), eq(referralKeys.wrappedBy, id)),
    )
    if (used > 0) throw new VaultError(`${used} keys are still wrapped by the key ${id}. Rotate first.`)
    remove()
  })
}
