/** Results as text are the bytes that `JSON.stringify` makes of the results as objects. */
import assert from 'node:assert/strict'
import t from 'tap'
import { explainedJson, type Snapshot, scoreJson } from '../../src/engine/index.ts'
import { calendar } from '../support/policies.ts'
import { countPairs, law, scored } from './laws-support.ts'

countPairs(t)

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
    const explained = scored(policy, sound).map(
      ({ child, outcome, level, low, high, floor, provisional, reasons }) => ({
        ...{ child, outcome, level, low, high, floor, provisional },
        reasons,
      }),
    )
    assert.equal(explainedJson(policy, sound), JSON.stringify(explained))
    const texts = (value: string): string[] => JSON.parse(value).flatMap(textsOf)
    assert.deepEqual(
      texts(explainedJson(policy, written)).map(wellFormed),
      texts(explainedJson(policy, sound)).map(wellFormed),
    )
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
