import type { Policy } from '../../engine/index.ts'

/** What social workers do, and what specialists assess. Everything else is decided below the threshold. */
export const ABOVE_THRESHOLD: readonly string[] = [
  'immediate_protection',
  'strategy_discussion',
  'section_17_assessment',
  'family_help',
  'specialist_referral',
]

/** Whether a response is one below the threshold of statutory services, so that nobody need come unless help is arranged. */
export function isBelowThreshold(policy: Policy, response: string): boolean {
  return !ABOVE_THRESHOLD.includes(policy.responses.get(response)?.type ?? '')
}
