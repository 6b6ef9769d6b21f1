/** Bearer token → actor. The token says who; the database says, at each request, what they may do. */
import type { FastifyRequest } from 'fastify'
import type { Database } from '../db/connect.ts'
import type { Priority } from '../db/places.ts'
import { findActor, findAuthority } from '../features/identity/queries.ts'
import type { Claims, TokenVerifier } from '../features/identity/verifier.ts'
import type { Actor } from '../kernel/actor.ts'
import { Refusal } from '../kernel/errors.ts'
import type { Limiter } from './limits.ts'
import { claimsOf, keepActor, keepClaims } from './who.ts'

export interface Means {
  readonly database: Database
  readonly verify: TokenVerifier
  /** Counts what is refused, by address; nobody with a valid token is counted there, nor held up by it. */
  readonly limiter: Limiter | undefined
  /** How urgent what is asked for is: the caller of an urgent command is not kept waiting behind others. */
  readonly priority: Priority | undefined
}

/**
 * What a good token says; looked at before anything of the body is read, and not again.
 * @throws Refusal unauthenticated, the same for every reason: why is in the log, not in the answer.
 */
export async function requireToken(
  request: FastifyRequest,
  { verify, limiter }: Pick<Means, 'verify' | 'limiter'>,
): Promise<Claims> {
  const known = claimsOf(request)
  if (known) return known
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!token) return refuse(request, limiter, 'missing')
  const claims = await verify(token)
  return 'refused' in claims ? refuse(request, limiter, claims.refused) : keepClaims(request, claims)
}

/** @throws Refusal unauthenticated */
export async function authenticate(request: FastifyRequest, means: Means): Promise<Actor> {
  const { database, limiter, priority } = means
  const claims = await requireToken(request, means)
  const authority = await findAuthority(database, claims.authority, priority)
  if (!authority) return refuse(request, limiter, 'unknown_authority')
  const actor = await findActor(database, authority, claims.subject, priority)
  return typeof actor === 'string' ? refuse(request, limiter, actor) : keepActor(request, actor)
}

function refuse(request: FastifyRequest, limiter: Limiter | undefined, reason: string): never {
  request.log.warn({ event: 'auth.rejected', reason }, 'token refused')
  limiter?.countRefused(request)
  throw new Refusal('unauthenticated', 'A valid bearer token is needed.')
}
