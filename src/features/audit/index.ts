/** What later features read of the log. */
export { evidenceOf } from './export.ts'
export { AuditReceipt } from './model.ts'
