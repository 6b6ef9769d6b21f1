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

/** From here on every line of the log about the request says whose it is: by the id of the account, which means nothing elsewhere. */
export function keepActor(request: FastifyRequest, actor: Actor): Actor {
  request.log = request.log.child({ accountId: actor.accountId })
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
