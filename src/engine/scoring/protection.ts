/** When a child's protection comes before anything else that was found or answered. */
import type { CompiledGate, Policy } from '../policy/policy.ts'

/** Ranks of a child's low end and floor; −1 where there is none. */
interface Ends {
  readonly low: number
  readonly floor: number
}

/** A gate never hides what is absolute, nor a child whose level is one of protection. */
function needsProtection(policy: Policy, { low, floor }: Ends): boolean {
  return floor >= 0 || (low >= 0 && policy.levels[low]?.common === 'child_protection')
}

/**
 * Whether open gates send the referral elsewhere. One that says there is no worry about harm (parents in dispute, a mere
 * notice) does not where the child is found to be in need.
 */
export function isRedirected(policy: Policy, ends: Ends, open: readonly CompiledGate[]): boolean {
  if (needsProtection(policy, ends)) return false
  const isInNeed = ends.low >= 0 && policy.levels[ends.low]?.common === 'child_in_need'
  return open.some(
    ({ spec: { outcome } }) => !isInNeed || (outcome !== 'private_law' && outcome !== 'information_only'),
  )
}
