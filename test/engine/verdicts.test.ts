/** Verdicts and results as text say what `score` says: the one in codes, the other byte for byte. */
import assert from 'node:assert/strict'
import t from 'tap'
import { explainedJson, JsonBytes, type Policy, type Snapshot, scoreJson, verdicts } from '../../src/engine/index.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import { calendar } from '../support/policies.ts'
import { countPairs, law, scored } from './laws-support.ts'

countPairs(t)

const code = (level: Recommendation['level']): string | null => level?.code ?? null

law(t, 'a verdict is what the recommendation says, property by property', ({ policy, snapshot, draw }) => {
  // Answers that are about some of the children.
  const asked = {
    ...snapshot,
    facts: snapshot.facts.map((fact) =>
      draw.chance(30)
        ? {
            ...fact,
            children: draw.some(
              snapshot.children.map(({ id }) => id),
              50,
            ),
          }
        : fact,
    ),
  }
  assert.deepEqual(
    verdicts(policy, asked),
    scored(policy, asked).map(({ child, outcome, level, low, high, floor, responses, reasons }) => ({
      child,
      outcome,
      level: code(level),
      low: code(low),
      high: code(high),
      floor: code(floor),
      responses: responses.map((response) => response.code),
      fired: reasons.map(({ id }) => id),
    })),
  )
})

/** Room that has served before. */
const room = new JsonBytes()

function explained(policy: Policy, snapshot: Snapshot): string {
  room.clear()
  explainedJson(policy, snapshot, room)
  return `${room}`
}

const AWKWARD = [
  'Said "no"\\',
  'two\nlines\t',
  '\u0000\u001f\u007f\u2028',
  'é – 😀',
  '\ud800',
  'x\udc00',
  ',"reasons":[],"notMet":[',
  '',
]

law(
  t,
  'reasons and whole recommendations come out byte for byte, whatever people wrote',
  ({ policy, snapshot, draw }) => {
    const written: Snapshot = {
      ...snapshot,
      children: snapshot.children.map((child) => ({
        ...child,
        id: draw.pick(['a', ...AWKWARD]),
        unmapped: draw.some(child.unmapped, 50),
        findings: child.findings.map((finding) => ({
          ...finding,
          evidence: finding.evidence.map((piece) => ({
            ...piece,
            source: draw.pick(AWKWARD),
            text: draw.pick(AWKWARD),
          })),
        })),
      })),
    }
    // A lone surrogate has no canonical form, so that the snapshot that holds one has no hash and no recommendation.
    const sound = JSON.parse(JSON.stringify(written).replaceAll(/\\ud[89a-f]../g, '?')) as Snapshot
    assert.equal(scoreJson(policy, sound, calendar), JSON.stringify(scored(policy, sound)))
    const expected = scored(policy, sound).map(({ child, outcome, level, low, high, floor, provisional, reasons }) => ({
      ...{ child, outcome, level, low, high, floor, provisional },
      reasons,
    }))
    assert.equal(explained(policy, sound), JSON.stringify(expected))
    const texts = (value: string): string[] => JSON.parse(value).flatMap(textsOf)
    assert.deepEqual(texts(explained(policy, written)).map(wellFormed), texts(explained(policy, sound)).map(wellFormed))
  },
)

/** Everything that people wrote, as it came out. */
function textsOf({
  child,
  reasons,
}: {
  child: string
  reasons: { findings: { evidence: { source: string; text: string }[] }[] }[]
}): string[] {
  return [
    child,
    ...reasons.flatMap(({ findings }) =>
      findings.flatMap(({ evidence }) => evidence.flatMap(({ source, text }) => [source, text])),
    ),
  ]
}

function wellFormed(text: string): string {
  return text.replaceAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?')
}
