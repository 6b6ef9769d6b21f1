/** What a service and a signer in another process say to each other: JSON over HTTP, on a Unix socket or an address. */
import { z } from 'zod'
import { HASH_BYTES } from '../engine/audit/merkle.ts'
import { strictBase64 } from '../engine/audit/note.ts'
import type { Signed, SignRequest } from '../kernel/signer.ts'

const hash = z
  .string()
  .transform((text) => strictBase64(text) ?? Buffer.alloc(0))
  .refine(({ length }) => length === HASH_BYTES, 'a hash of 32 bytes in base64')
const size = z.int().min(0)
const Origin = z
  .string()
  .regex(/^[^\s+]+$/u)
  .max(300)

export const Request = z.strictObject({
  origin: Origin,
  size: size.min(1),
  root: hash,
  from: size,
  proof: z.array(hash).max(64),
})

export const Answer = z.union([
  z.strictObject({ note: z.string() }),
  z.strictObject({
    refused: z.enum(['stale', 'smaller', 'inconsistent']),
    last: z.strictObject({ size, note: z.string().nullable() }),
  }),
])

export const KeysAnswer = z.strictObject({ verifierKeys: z.tuple([z.string()], z.string()) })

export function requestText({ origin, size, root, from, proof }: SignRequest): string {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  return JSON.stringify({ origin, size, root: text(root), from, proof: proof.map(text) })
}

/** @throws SyntaxError, ZodError for what is no answer of a signer */
export function readAnswer(text: string): Signed {
  return Answer.parse(JSON.parse(text))
}
