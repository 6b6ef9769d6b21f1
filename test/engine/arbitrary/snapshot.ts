/** Random snapshots of a policy: all that a referral may say of its indicators, and what it has no word for. */
import type { Policy } from '../../../src/engine/index.ts'
import type { Snapshot, SnapshotChild, SnapshotFinding, Subject } from '../../../src/engine/referral/snapshot.ts'
import {
  CONSENT_STATES,
  EVIDENCE_KINDS,
  FINDING_STATES,
  OCCURRENCES,
  QUALITY_FEATURES,
  TRENDS,
} from '../../../src/engine/vocabulary.ts'
import { AGES, FEW_CATEGORIES } from './conditions.ts'
import type { Draw } from './draw.ts'

export function anySnapshot(draw: Draw, policy: Policy): Snapshot {
  const household = draw.many(0, 2, () => anyFinding(draw, policy, 'household'))
  const children = draw.many(1, 3, (i) => anyChild(draw, policy, `child-${i}`, household))
  const asked = [...policy.document.facts.map(({ code }) => code), ...policy.document.gates.map(({ id }) => id)]
  return {
    receivedAt: draw.pick(['2026-03-10T09:30:00.000Z', '2026-12-24T18:00:00.000Z', '2026-10-25T00:30:00.000Z']),
    immediateDanger: draw.chance(5),
    consent: draw.pick(CONSENT_STATES),
    facts: draw
      .some([...asked, ...asked, 'unheard'], 30)
      .map((code) => ({ code, answer: draw.pick(['yes', 'no', 'unknown'] as const) })),
    quality: draw.some(QUALITY_FEATURES, 30),
    suggestedLevel: draw.chance(20) ? draw.pick([...policy.levels.map(({ code }) => code), 'elsewhere']) : null,
    monitoringOnly: draw.chance(10),
    ages: children.map(({ age }) => age),
    children,
  }
}

function anyChild(draw: Draw, policy: Policy, id: string, household: readonly SnapshotFinding[]): SnapshotChild {
  const names = policy.document.measures.map(({ name }) => name)
  return {
    id,
    age: anyAge(draw),
    findings: [...draw.many(0, 6, () => anyFinding(draw, policy, draw.chance(20) ? 'context' : 'child')), ...household],
    measurements: draw.many(0, 2, () => ({ measure: draw.pick([...names, 'other']), value: draw.upTo(6) })),
    ...(draw.chance(30) && {
      assessments: draw.many(1, 2, () => ({
        assessment: draw.pick(['AS0', 'AS1', 'OTHER']),
        monthsAgo: draw.upTo(4),
        version: draw.pick([null, '1', '2']),
        result: draw.pick([null, 0, 1, 2, 3, 4]),
        byTrained: draw.pick([null, true, false]),
      })),
    }),
    unmapped: draw.chance(6) ? ['Something else.'] : [],
    history: draw.many(0, 3, () => ({
      monthsAgo: draw.pick([0, 1, 2, 3, 11, 12, 40]),
      categories: draw.some(FEW_CATEGORIES, 25),
    })),
  }
}

function anyAge(draw: Draw): SnapshotChild['age'] {
  const form = draw.upTo(9)
  if (form === 9) return null
  if (form === 8) return { low: -1, high: -1 }
  const [low, high] = [draw.pick(AGES), draw.pick(AGES)].sort((a, b) => a - b)
  return form >= 6 ? { low: low!, high: high! } : { low: low!, high: low! }
}

export function anyFinding(draw: Draw, policy: Policy, subject: Subject): SnapshotFinding {
  const { indicators } = policy.document
  // Absolute ones are drawn less often, or nearly every child would be at the top already.
  const ordinary = indicators.filter(({ absolute }) => !absolute)
  const indicator = draw.chance(2)
    ? 'NOT-THERE'
    : draw.pick(ordinary.length > 0 && !draw.chance(10) ? ordinary : indicators).code
  const state = draw.pick(['present', 'present', 'present', ...FINDING_STATES] as const)
  return { indicator, state, subject, evidence: state === 'absent' ? [] : draw.many(0, 3, () => anyPiece(draw)) }
}

/** A piece of evidence of which any part may be unknown. */
export function anyPiece(draw: Draw): SnapshotFinding['evidence'][number] {
  return {
    kind: draw.pick([null, ...EVIDENCE_KINDS]),
    occurrence: draw.pick([null, 'once', ...OCCURRENCES]),
    monthsAgo: draw.pick([null, 0, 1, 2, 3, 4]),
    ...(draw.chance(30) && { durationMonths: draw.upTo(4) }),
    ...(draw.chance(30) && { trend: draw.pick(TRENDS) }),
    source: 'Teacher',
    text: 'Seen.',
  }
}
