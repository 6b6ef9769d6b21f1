/** Bearer token → actor. The token says who; the database says, at each request, what they may do. */
import type { FastifyRequest } from 'fastify'
import type { Database } from '../db/connect.ts'
import type { Priority } from '../db/places.ts'
import { findActor, findAuthority } from '../features/identity/queries.ts'
import type { TokenVerifier } from '../features/identity/tokens.ts'
import type { Actor } from '../kernel/actor.ts'
import { Refusal } from '../kernel/errors.ts'

export interface Authentication {
  readonly database: Database
  readonly verify: TokenVerifier
  /** How urgent what is asked for is: the caller of an urgent command is not kept waiting behind others. */
  readonly priority: Priority | undefined
}

/** @throws Refusal unauthenticated, the same for every reason: why is in the log, not in the answer. */
export async function authenticate(
  request: FastifyRequest,
  { database, verify, priority }: Authentication,
): Promise<Actor> {
  const refuse = (reason: string): never => {
    request.log.info({ reason }, 'token refused')
    throw new Refusal('unauthenticated', 'A valid bearer token is needed.')
  }
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!token) return refuse('missing')
  const claims = await verify(token)
  if ('refused' in claims) return refuse(claims.refused)
  const authority = await findAuthority(database, claims.authority, priority)
  if (!authority) return refuse('unknown_authority')
  return (await findActor(database, authority, claims.subject, priority)) ?? refuse('unknown_subject')
}
