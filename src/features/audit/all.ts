/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { listAccesses, listAuditEntries, verifyAudit } from './operations.ts'
import { auditConsistency, auditInclusion, auditStatus, listCheckpoints } from './proofs.ts'

export const auditOperations: readonly Operation[] = [
  listAuditEntries,
  listAccesses,
  verifyAudit,
  auditStatus,
  listCheckpoints,
  auditInclusion,
  auditConsistency,
]
