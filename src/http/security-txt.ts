/** Whom to tell of a weakness, where anybody looks for it: /.well-known/security.txt (RFC 9116). */
import type { FastifyInstance } from 'fastify'
import type { SecurityContact } from '../kernel/settings.ts'

/** It says for so long that it holds, from whenever it is asked: longer than anybody keeps it, and less than a year. */
const VALID_MS = 180 * 24 * 3_600_000

/** Nothing is there where the operator named nobody. @param clock milliseconds since 1970 */
export function mountSecurityTxt(
  app: FastifyInstance,
  security: SecurityContact | undefined,
  clock: () => number,
): void {
  if (!security) return
  app.get('/.well-known/security.txt', async (_request, reply) => {
    reply.type('text/plain; charset=utf-8')
    return securityTxt(security, clock())
  })
}

export function securityTxt({ contact, canonical }: SecurityContact, now: number): string {
  const lines = [
    `Contact: ${contact}`,
    `Expires: ${new Date(now + VALID_MS).toISOString()}`,
    'Preferred-Languages: en',
    ...(canonical ? [`Canonical: ${canonical}`] : []),
  ]
  return `${lines.join('\n')}\n`
}
