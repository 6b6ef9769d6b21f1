/** The referrals that all engines are given, as the text of the engine's snapshot: one child each. */

import { leaves } from '../../src/engine/conditions/describe.ts'
import type { Policy, Snapshot } from '../../src/engine/index.ts'
import { EVIDENCE_KINDS, OCCURRENCES } from '../../src/engine/vocabulary.ts'
import { type Chance, chanceOf } from './chance.ts'
import { codeOf, FACTS, FOUND_OF, sentence } from './policy.ts'

/** @param findings so many for each child, or 9 on average where left out */
export function referralTexts(policy: Policy, count: number, findings?: number): string[] {
  const chance = chanceOf(42)
  const named = policy.document.rules.map(({ when }) =>
    leaves(when).flatMap(({ leaf }) => ('present' in leaf ? [leaf.present] : [])),
  )
  return Array.from({ length: count }, () => JSON.stringify(referral(chance, named, findings ?? 5 + chance.upTo(8))))
}

function referral(chance: Chance, named: readonly string[][], findings: number): Snapshot {
  const months = chance.upTo(215)
  const age = chance.percent(5) ? { low: -1, high: -1 } : { low: months, high: months + (chance.percent(10) ? 24 : 0) }
  // Half of what is found is what some rule looks for: else hardly any would fire.
  const about = new Set(named.filter((list) => list.length > 0).flatMap((list) => (chance.percent(15) ? list : [])))
  const all = Array.from({ length: FOUND_OF - 1 }, (_, i) => codeOf(i + 1))
  const codes = new Set([...chance.some([...about], findings >> 1), ...chance.some(all, findings)])
  if (chance.percent(1)) codes.add(codeOf(0))
  return {
    receivedAt: '2026-03-10T09:30:00.000Z',
    immediateDanger: chance.percent(1),
    consent: chance.pick(['obtained', 'refused', 'not_sought', 'unknown'] as const),
    facts: chance
      .some(FACTS, chance.upTo(2))
      .map((code) => ({ code, answer: chance.pick(['yes', 'no', 'unknown'] as const) })),
    quality: ['timely'],
    suggestedLevel: null,
    monitoringOnly: false,
    ages: [age],
    children: [
      {
        id: 'child-1',
        age,
        findings: [...codes].slice(0, findings).map((indicator) => ({
          indicator,
          state: chance.pick(['present', 'present', 'present', 'present', 'unknown', 'absent'] as const),
          subject: chance.percent(30) ? ('household' as const) : ('child' as const),
          evidence: [
            {
              kind: chance.pick(EVIDENCE_KINDS),
              source: 'Health visitor',
              occurrence: chance.pick([null, ...OCCURRENCES]),
              monthsAgo: chance.upTo(12),
              text: sentence(chance, 12),
            },
          ],
        })),
        measurements: [],
        unmapped: [],
        history: chance.percent(20) ? [{ monthsAgo: chance.upTo(20), categories: ['neglect'] }] : [],
      },
    ],
  }
}
