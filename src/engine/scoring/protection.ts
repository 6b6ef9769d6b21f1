/** When a child's protection comes before anything else that was found or answered. */
import type { Policy } from '../policy/policy.ts'
import type { Placed } from './place.ts'

/** A gate never hides what is absolute, nor a child whose level is one of protection. */
export function needsProtection(policy: Policy, placed: Placed): boolean {
  return placed.floor >= 0 || policy.levels[placed.low]?.common === 'child_protection'
}
