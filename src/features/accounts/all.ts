/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { disableAccount, enableAccount, grantRole, renameAccount, revokeRole } from './changes.ts'
import { createAccount, listAccountChanges, listAccounts, showAccount } from './operations.ts'
import { setQualification, withdrawQualification } from './qualifications.ts'

export const accountOperations: readonly Operation[] = [
  createAccount,
  showAccount,
  listAccounts,
  listAccountChanges,
  grantRole,
  revokeRole,
  setQualification,
  withdrawQualification,
  disableAccount,
  enableAccount,
  renameAccount,
]
