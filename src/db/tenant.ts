import type pg from 'pg'
import { sql } from './drizzle.ts'
import { inTransaction, type Transaction, type Work } from './transaction.ts'

/** A transaction that sees and writes the rows of one authority only. */
export type TenantTx = Transaction

export interface TenantOptions {
  readonly pool: pg.Pool
  /** The longest a statement may take; undefined on PGlite, which does not enforce it. */
  readonly statementTimeoutMs: number | undefined
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Runs `fn` in one transaction as the unprivileged role, scoped to one authority. Everything is local to the
 * transaction, so that nothing is left on the connection, be it ours or a pooler's.
 *
 * An error that `fn` itself catches is still the raw one and may carry values: it is for looking at, not for logging.
 *
 * @throws TypeError when `authorityId` is not a UUID; otherwise as `inTransaction`.
 */
export async function withTenant<T>(options: TenantOptions, authorityId: string, fn: Work<T>): Promise<T> {
  refuseOther(authorityId)
  const { pool, statementTimeoutMs } = options
  const timeout =
    statementTimeoutMs === undefined ? sql`` : sql`, ${local('statement_timeout', `${statementTimeoutMs}`)}`
  return inTransaction(
    pool,
    async (tx) => {
      // One round trip. The role switch is what makes row-level security hold: it is void for a superuser.
      await tx.execute(sql`select ${local('role', 'threshold_app')}, ${local('app.authority', authorityId)}${timeout}`)
    },
    fn,
  )
}

/**
 * Runs `fn` in one transaction as the unprivileged role, for no authority: it sees what belongs to none, which is the
 * register of authorities.
 *
 * @throws as `inTransaction`.
 */
export async function withoutTenant<T>(pool: pg.Pool, fn: Work<T>): Promise<T> {
  return inTransaction(
    pool,
    async (tx) => {
      await tx.execute(sql`select ${local('role', 'threshold_app')}`)
    },
    fn,
  )
}

/**
 * Sets the authority for the rest of an owner's transaction: row-level security is forced, so that an owner who is no
 * superuser must say for which authority the accounts are that it creates.
 *
 * @throws TypeError when `authorityId` is not a UUID.
 */
export async function setAuthority(tx: Transaction, authorityId: string): Promise<void> {
  refuseOther(authorityId)
  await tx.execute(sql`select ${local('app.authority', authorityId)}`)
}

function local(setting: string, value: string) {
  return sql`set_config(${setting}, ${value}, true)`
}

function refuseOther(authorityId: string): void {
  if (!UUID.test(authorityId)) throw new TypeError('The authority must be given as a UUID')
}
