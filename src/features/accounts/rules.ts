/** Who may change which account, and into what. */
import { type AccountKind, fitsKind, type Role } from '../../db/tables/accounts.ts'
import { Refusal } from '../../kernel/errors.ts'

/** An account as far as rules look at it. */
export interface Standing {
  readonly kind: AccountKind
  readonly isEnabled: boolean
  readonly displayName: string
  readonly qualification: string | null
  readonly roles: readonly Role[]
}

/**
 * Whoever administers gives themselves nothing and takes nothing from themselves. As only an active administrator changes
 * accounts, and never their own, one is always left.
 */
export function requireNotOwn(accountId: string, actorId: string): void {
  if (accountId === actorId) throw new Refusal('own_account', 'Ask another administrator to change your account.')
}

/** Whether somebody took the role away is asked again under the lock: they may have done so at the same moment. */
export function requireAdministrator(isAdministrator: boolean): void {
  if (!isAdministrator) throw new Refusal('forbidden', 'Accounts are changed by an active administrator.')
}

export function requireGrantable({ kind, roles }: Standing, role: Role): void {
  if (!fitsKind(kind, role)) throw notForKind('/role', `An account of kind ${kind} cannot be granted the role ${role}.`)
  if (roles.includes(role)) throw state('It has this role already.')
}

export function requireRevocable({ roles }: Standing, role: Role): void {
  if (!roles.includes(role)) throw state('It does not have this role.')
}

export function requireQualifiable({ kind }: Standing): void {
  if (kind !== 'human') throw notForKind('/qualification', 'Only a person holds a qualification.')
}

export function requireQualified({ qualification }: Standing): void {
  if (qualification === null) throw state('It holds no qualification.')
}

export function requireEnabled({ isEnabled }: Standing, expected: boolean): void {
  if (isEnabled !== expected) throw state(isEnabled ? 'It is enabled already.' : 'It is disabled already.')
}

export function requireOtherName({ displayName }: Standing, name: string): void {
  if (displayName === name) throw state('It has this name already.')
}

export function requireFreeSubject(isTaken: boolean): void {
  if (isTaken) throw new Refusal('subject_taken', 'There is an account with this subject, perhaps a disabled one.')
}

function state(detail: string): Refusal {
  return new Refusal('account_state', detail)
}

function notForKind(pointer: string, detail: string): Refusal {
  return new Refusal('role_not_for_kind', detail, {
    errors: [{ in: 'body', pointer, code: 'role_not_for_kind', detail }],
  })
}
