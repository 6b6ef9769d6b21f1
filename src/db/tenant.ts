import type { Lending } from './checkout.ts'
import { sql } from './drizzle.ts'
import { inTransaction, type Transaction, type Work } from './transaction.ts'

/** A transaction that sees and writes the rows of one authority only. */
export type TenantTx = Transaction

/** On whose behalf a transaction is, and when: who may see a restricted record is judged by both. */
export interface Acting {
  readonly accountId: string
  /** RFC 3339 UTC with milliseconds. */
  readonly now: string
}

export interface TenantOptions extends Lending {
  /** The longest a statement may take; undefined on PGlite, which does not enforce it. */
  readonly statementTimeoutMs: number | undefined
  /** Whether everything is read as it was at one instant. */
  readonly isSnapshot?: boolean
}

/**
 * A process that is stopped in the middle of a transaction holds the locks of its authority's log. The server ends it after
 * this long. Longer than a request may take.
 */
const IDLE_MS_MAX = 20_000

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What a tenant's transaction is for: one authority, and the account on whose behalf, unless it is the service's own. */
export interface Scope {
  readonly authorityId: string
  readonly acting?: Acting | undefined
}

/**
 * Runs `fn` in one transaction as the unprivileged role, scoped to one authority. Everything is local to the
 * transaction, so that nothing is left on the connection, be it ours or a pooler's.
 *
 * With an account that acts, restricted records are hidden from it; without one it is the service that works, which sees
 * everything of the authority and shows it to nobody.
 *
 * An error that `fn` itself catches is still the raw one and may carry values: it is for looking at, not for logging.
 *
 * @throws TypeError when the authority or the account is not a UUID; otherwise as `inTransaction`.
 */
export async function withTenant<T>(options: TenantOptions, { authorityId, acting }: Scope, fn: Work<T>): Promise<T> {
  refuseOther(authorityId)
  if (acting) refuseOther(acting.accountId)
  const who = acting
    ? sql`${local('app.account', acting.accountId)}, ${local('app.now', acting.now)}, ${local('app.purpose', '')}`
    : local('app.purpose', 'service')
  const { statementTimeoutMs } = options
  const limits =
    statementTimeoutMs === undefined
      ? sql``
      : sql`, ${local('statement_timeout', `${statementTimeoutMs}`)}, ${local('idle_in_transaction_session_timeout', `${IDLE_MS_MAX}`)}`
  return inTransaction(
    options,
    async (tx) => {
      // One round trip. The role switch is what makes row-level security hold: it is void for a superuser.
      await tx.execute(
        sql`select ${local('role', 'threshold_app')}, ${local('app.authority', authorityId)}, ${who}${limits}`,
      )
    },
    fn,
  )
}

/**
 * Reads what is hidden from the account that acts, for what has to be counted or judged all the same and is not shown:
 * that a child was referred before is not lost because that referral is restricted. Nothing else may run in the
 * transaction meanwhile.
 */
export async function lookingPast<T>(tx: TenantTx, read: () => Promise<T>): Promise<T> {
  const { rows } = await tx.execute<{ before: string | null }>(
    sql`select current_setting('app.purpose', true) as before, ${local('app.purpose', 'history')}`,
  )
  const result = await read()
  // After an error the transaction is rolled back, and the setting with it.
  await tx.execute(sql`select ${local('app.purpose', rows[0]?.before ?? '')}`)
  return result
}

/**
 * Runs `fn` in one transaction as the unprivileged role, for no authority: it sees what belongs to none, which is the
 * register of authorities.
 *
 * @throws as `inTransaction`.
 */
export async function withoutTenant<T>(lending: Lending, fn: Work<T>): Promise<T> {
  return inTransaction(
    lending,
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
  if (!UUID.test(authorityId)) throw new TypeError('Authority and account must be given as a UUID')
}
