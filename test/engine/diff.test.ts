import t from 'tap'
import { diffMarkdown, diffPolicies } from '../../src/engine/policy/diff.ts'
import type { PolicyDocument } from '../../src/engine/policy/shape.ts'
import { loadPolicy } from '../../src/features/policies/files.ts'

const { policy } = loadPolicy(new URL('../../policies/northmoor/2026-04.yaml', import.meta.url).pathname)
const document = policy?.document as PolicyDocument

/** A changed copy, and what the diff says of it. */
function said(change: (copy: PolicyDocument) => void): string[] {
  const copy = structuredClone(document)
  change(copy)
  return diffPolicies(document, copy).changes.map(({ section, code, kind }) => `${section} ${code} ${kind}`)
}

const indicator = (copy: PolicyDocument, code: string) =>
  copy.indicators.find((spec) => spec.code === code) as (typeof copy.indicators)[number]

t.test('a version does not differ from itself', async (t) => {
  t.strictSame(diffPolicies(document, structuredClone(document)).changes, [])
  t.match(diffMarkdown(diffPolicies(document, document)), /Nothing\./)
})

t.test('each kind of change is named for what it is', async (t) => {
  const rows: [string, (copy: PolicyDocument) => void, string[]][] = [
    [
      'an indicator taken out',
      (copy) => copy.indicators.shift(),
      [`indicators ${document.indicators[0]?.code} removed`],
    ],
    [
      'an indicator moved down',
      (copy) => Object.assign(indicator(copy, 'PHY-06'), { level: 'L3' }),
      ['indicators PHY-06 lowered'],
    ],
    [
      'an indicator moved up',
      (copy) => Object.assign(indicator(copy, 'NEG-01'), { level: 'L4', grades: undefined }),
      ['indicators NEG-01 raised', 'indicators NEG-01 changed'],
    ],
    [
      'no longer absolute',
      (copy) => Object.assign(indicator(copy, 'PHY-06'), { absolute: false }),
      ['indicators PHY-06 lowered'],
    ],
    [
      'reworded',
      (copy) => Object.assign(indicator(copy, 'PHY-06'), { text: 'Other words.' }),
      ['indicators PHY-06 reworded'],
    ],
    ['a rule gone', (copy) => copy.rules.shift(), [`rules ${document.rules[0]?.id} removed`]],
    [
      'a rule that reaches less',
      (copy) => Object.assign(copy.rules.find(({ id }) => id === 'R-03')?.then ?? {}, { atLeast: 'L1' }),
      ['rules R-03 lowered'],
    ],
    [
      'a cluster that needs more',
      (copy) => Object.assign(copy.clusters[0] ?? {}, { count: 9 }),
      [`clusters ${document.clusters[0]?.id} changed`],
    ],
    [
      'a response with another lead',
      (copy) => Object.assign(copy.responses[0] ?? {}, { lead: 'Somebody else' }),
      [`responses ${document.responses[0]?.code} changed`],
    ],
    [
      'another route',
      (copy) => Object.assign(copy.routing[0] ?? {}, { because: 'Other.' }),
      [`routing ${document.routing[0]?.level} changed`],
    ],
    ['a level renamed', (copy) => Object.assign(copy.levels[0] ?? {}, { label: 'Everyone' }), ['levels L1 changed']],
    [
      'another default urgency',
      (copy) => Object.assign(copy.urgency, { default: copy.urgency.bands[1]?.code }),
      ['urgency urgency changed'],
    ],
  ]
  for (const [name, change, expected] of rows) t.strictSame(said(change), expected, name)
})

t.test('what may leave a child with less comes first in its section', async (t) => {
  const kinds = said((copy) => {
    copy.indicators.push({ ...indicator(copy, 'NEG-01'), code: 'NEW-01' })
    Object.assign(indicator(copy, 'PHY-06'), { absolute: false })
  })
  t.strictSame(kinds, ['indicators PHY-06 lowered', 'indicators NEW-01 added'])
})
