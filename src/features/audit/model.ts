import { z } from 'zod'

export const AuditReceipt = z
  .object({
    position: z.int().describe('Index of the entry in the authority’s log, from 0.'),
    leafHash: z.string().describe('Its hash as a leaf of the tree (RFC 6962), hexadecimal.'),
    checkpoint: z
      .string()
      .nullable()
      .describe(
        'The newest signed checkpoint of the log at the time (C2SP signed note); null while nothing is signed.',
      ),
  })
  .meta({
    id: 'AuditReceipt',
    description: 'Where the log records this. Keep it: it is evidence that does not depend on this service.',
  })
