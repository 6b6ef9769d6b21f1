/** Unknown is neither absent nor present: whatever it turns out to be, the result stays within the range. */
import assert from 'node:assert/strict'
import t from 'tap'
import type { Policy, Snapshot } from '../../src/engine/index.ts'
import type { SnapshotFinding } from '../../src/engine/referral/snapshot.ts'
import { CONSENT_STATES, EVIDENCE_KINDS, OCCURRENCES } from '../../src/engine/vocabulary.ts'
import { finding } from '../support/policies.ts'
import { FEW_CATEGORIES } from './arbitrary/conditions.ts'
import type { Draw } from './arbitrary/draw.ts'
import { anyPiece } from './arbitrary/snapshot.ts'
import { changed, codesOf, countPairs, ends, law, RISKS, scored, scoredAt } from './laws-support.ts'

countPairs(t)

law(t, 'whatever the unknowns turn out to be, the level lies within the range', ({ policy, snapshot, draw }) => {
  const before = scored(policy, snapshot).map(ends)
  const after = scored(policy, settled(snapshot, policy, draw)).map(ends)
  before.forEach(({ low, high, floor }, i) => {
    assert.ok(after[i]!.low >= low, `child ${i}: low was ${low}, and came to ${after[i]!.low}`)
    assert.ok(after[i]!.high <= high, `child ${i}: high was ${high}, and came to ${after[i]!.high}`)
    assert.ok(after[i]!.floor >= floor, `child ${i}: the floor was ${floor}, and came to ${after[i]!.floor}`)
  })
})

/** The same snapshot after somebody asked about everything that was open. Ages stay: they are decided elsewhere. */
function settled(snapshot: Snapshot, policy: Policy, draw: Draw): Snapshot {
  // A rule may ask for consent not yet known: answering then takes away what it asked for.
  const isAskedFor = JSON.stringify(policy.document).includes('"consent":"unknown"')
  const concerns = policy.document.indicators.flatMap(({ categories }) => categories)
  return {
    ...snapshot,
    consent: snapshot.consent === 'unknown' && !isAskedFor ? draw.pick(CONSENT_STATES) : snapshot.consent,
    facts: snapshot.facts.map((fact) =>
      fact.answer === 'unknown' ? { ...fact, answer: draw.pick(['yes', 'no'] as const) } : fact,
    ),
    children: snapshot.children.map((child) => ({
      ...child,
      findings: child.findings.flatMap((said) => settledFinding(said, child.findings, policy, draw)),
      history: child.history.map((earlier) =>
        earlier.categories.length > 0
          ? earlier
          : { ...earlier, categories: [draw.pick([...FEW_CATEGORIES, ...concerns])] },
      ),
    })),
  }
}

/**
 * What is open is whether the indicator is there, not what each finding by itself says of it. A strength that one finding
 * surely says is there is therefore not open, though another calls it unknown or has evidence that does not count: who
 * does not know denies nothing, so that the second leaves the first as sure as silence does ('a protective factor,
 * present or unknown, never raises'). To settle the second as absent would make a contradiction of what held none; that
 * makes the strength only possible, and the high end may rise. The law on strengths that are denied says what comes of
 * it. Of a risk, and of a strength already denied, absence is drawn all the same: there it changes nothing that is sure.
 */
function settledFinding(
  said: SnapshotFinding,
  ofChild: readonly SnapshotFinding[],
  policy: Policy,
  draw: Draw,
): SnapshotFinding[] {
  const spec = policy.document.indicators.find(({ code }) => code === said.indicator)
  // What is found of a child of another age goes to a person: that is no end of a range.
  if (said.state === 'absent' || spec?.age) return [said]
  const counts = spec?.evidence
  const known = said.evidence.map((piece) => ({
    ...piece,
    kind: piece.kind ?? draw.pick(EVIDENCE_KINDS),
    occurrence: piece.occurrence ?? draw.pick(OCCURRENCES),
    monthsAgo: piece.monthsAgo ?? draw.upTo(5),
  }))
  const found = {
    ...said,
    state: 'present' as const,
    evidence:
      known.length > 0
        ? known
        : [
            {
              ...anyPiece(draw),
              kind: draw.pick(EVIDENCE_KINDS),
              occurrence: draw.pick(OCCURRENCES),
              monthsAgo: draw.upTo(5),
            },
          ],
  }
  const isSure = ({ state, evidence }: SnapshotFinding): boolean =>
    state === 'present' && (!counts || evidence.some(({ kind }) => kind !== null && counts.includes(kind)))
  if (isSure(said)) return [found]
  const same = ofChild.filter(({ indicator }) => indicator === said.indicator)
  const isThere = spec?.kind === 'protective' && same.some(isSure) && same.every(({ state }) => state !== 'absent')
  if (draw.chance(40) && !isThere) return [{ ...said, state: 'absent', evidence: [] }]
  return [
    {
      ...found,
      evidence: [
        {
          ...found.evidence[0]!,
          kind: draw.pick(counts ?? EVIDENCE_KINDS),
          occurrence: draw.pick(OCCURRENCES),
          monthsAgo: draw.upTo(5),
        },
      ],
    },
  ]
}

law(
  t,
  'a strength that is said and denied counts as one of which nobody knows, and one denied alone as none',
  (pair) => {
    const { policy, draw } = pair
    const spec = draw.pick(policy.document.indicators.filter(({ kind }) => kind === 'protective'))
    if (!spec) return
    const { code, evidence: kinds } = spec
    const as = (...states: readonly SnapshotFinding['state'][]) => {
      const kind = draw.pick(kinds ?? EVIDENCE_KINDS)
      const said = states.map((state) =>
        finding(code, { state, evidence: state === 'present' ? [{ ...anyPiece(draw), kind }] : [] }),
      )
      const findings = (all: readonly SnapshotFinding[]) => [
        ...all.filter(({ indicator }) => indicator !== code),
        ...said,
      ]
      return ends(
        scoredAt(
          pair,
          changed(pair, (child) => ({ findings: findings(child.findings) })),
        ),
      )
    }
    assert.deepEqual(as('present', 'absent'), as('unknown'), `${code} was denied and counted`)
    assert.deepEqual(as('present', 'unknown'), as('present'), `${code} is not known to one who denies nothing`)
    assert.deepEqual(as('absent'), as(), `${code} was denied and nothing else said of it`)
  },
)

law(t, 'an unknown risk leaves the high end where its presence would put the low end', (pair) => {
  const code = pair.draw.pick(codesOf(pair.policy, ...RISKS))
  const as = (state: 'present' | 'unknown') =>
    scoredAt(
      pair,
      changed(pair, ({ findings }) => ({ findings: [...findings, finding(code, { state })] })),
    )
  assert.ok(ends(as('unknown')).high >= ends(as('present')).low, `unknown ${code} was taken as absent`)
})

law(t, 'an unknown risk alone gives no level: somebody has to ask', ({ policy, snapshot, at, draw }) => {
  const code = draw.pick(codesOf(policy, ...RISKS))
  const only = {
    ...snapshot.children[at]!,
    age: null,
    findings: [finding(code, { state: 'unknown' })],
    measurements: [],
    unmapped: [],
    history: [],
  }
  const [result] = scored(policy, { ...snapshot, facts: [], immediateDanger: false, ages: [null], children: [only] })
  const rests = result!.reasons.filter(({ level }) => level !== null).map(({ findings }) => findings)
  assert.ok(rests.length > 0 || result!.level === null, `${code} is unknown and the level is ${result!.level?.code}`)
  assert.ok(
    result!.reasons.every(({ findings }) => findings.every(({ state }) => state === 'possible')),
    'an unknown was listed as present',
  )
})

law(t, 'provisional says that the range is open, and an open range is never silent', ({ policy, snapshot }) => {
  for (const result of scored(policy, snapshot)) {
    const { low, high } = ends(result)
    assert.equal(result.provisional, high > low)
    assert.equal(
      result.alerts.some(({ code }) => code === 'may_be_higher'),
      high > low,
    )
  }
})
