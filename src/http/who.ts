/** Who sent a request, as far as it is known by now: from the token first, and from the database when it was asked. */
import type { FastifyRequest } from 'fastify'
import type { Claims } from '../features/identity/verifier.ts'
import type { Actor } from '../kernel/actor.ts'

const claimed = new WeakMap<FastifyRequest, Claims>()
const recognised = new WeakMap<FastifyRequest, Actor>()

export function keepClaims(request: FastifyRequest, claims: Claims): Claims {
  claimed.set(request, claims)
  return claims
}

export function keepActor(request: FastifyRequest, actor: Actor): Actor {
  recognised.set(request, actor)
  return actor
}

/** What the token says, where a good one was shown. */
export function claimsOf(request: FastifyRequest): Claims | undefined {
  return claimed.get(request)
}

export function actorOf(request: FastifyRequest): Actor | undefined {
  return recognised.get(request)
}
