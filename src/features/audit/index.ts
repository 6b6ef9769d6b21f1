/** What later features read of the log. */
export { AuditReceipt } from './model.ts'
