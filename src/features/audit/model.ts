import { z } from 'zod'

export const AuditReceipt = z.object({ position: z.int(), entryHash: z.string() }).meta({
  id: 'AuditReceipt',
  description: 'Where the log records this, and the hash of that entry. Keep it: it is evidence.',
})
