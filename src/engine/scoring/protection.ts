/** When a child's protection comes before anything else that was found or answered. */
import type { Policy } from '../policy/policy.ts'
import type { Placed } from './place.ts'

/** A gate never hides what is absolute, nor a child whose level is one of protection. */
function needsProtection(policy: Policy, placed: Placed): boolean {
  return placed.floor >= 0 || policy.levels[placed.low]?.common === 'child_protection'
}

/**
 * Whether open gates send the referral elsewhere. One that says there is no worry about harm (parents in dispute, a mere
 * notice) does not where the child is found to be in need.
 */
export function isRedirected(policy: Policy, placed: Placed, open: readonly { readonly outcome: string }[]): boolean {
  if (needsProtection(policy, placed)) return false
  const isInNeed = policy.levels[placed.low]?.common === 'child_in_need'
  return open.some(({ outcome }) => !isInNeed || (outcome !== 'private_law' && outcome !== 'information_only'))
}
