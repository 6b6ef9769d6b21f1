/** Base and overlay: what an overlay may change, where each line comes from, and what it may never weaken. */
import t from 'tap'
import { compileTexts, edited, policyOf, SMALL, words } from '../support/policies.ts'

/** An overlay on the small policy with the sections given. */
function overlay(sections: string): string {
  return `format: threshold.policy/1
document:
  id: borough
  title: Borough part
  authority: Borough
  version: "2"
  owner: Tests
  approved: 2026-01-01
  effective: 2026-01-01
  reviewDue: 2027-01-01
  changeReason: Local.
  statutory: test-pack@1
  extends: test-policy@1.10
${sections}`
}

const resolved = (sections: string) => policyOf({ policy: overlay(sections), base: SMALL })
const refused = (sections: string) => compileTexts({ policy: overlay(sections), base: SMALL }).problems
const indicator = (code: string, more: string) =>
  `indicators:\n  - { code: ${code}, domains: [PA], text: Ours., citation: { section: "99" }, ${more} }\n`

t.test('an empty overlay gives the base under the overlay’s own name', async (t) => {
  const [base, over] = [policyOf({}), resolved('')]
  t.equal(`${over.id}@${over.version}`, 'borough@2')
  t.same(over.document.indicators, base.document.indicators)
  t.equal(over.provenance.get('R1'), 'test-policy@1.10')
  t.equal(base.provenance.get('R1'), 'test-policy@1.10')
  t.not(over.hash, base.hash)
})

t.test('an item of the same code replaces the base’s at its place, and a new one is appended', async (t) => {
  const over = resolved(
    `${indicator('R2', 'kind: risk, level: N')}  - { code: R9, kind: risk, level: E, domains: [PA], text: New., citation: { section: "98" } }\n`,
  )
  const codes = over.document.indicators.map(({ code }) => code)
  t.equal(codes.indexOf('R2'), 2)
  t.equal(codes.at(-1), 'R9')
  t.equal(over.document.indicators[2]?.text, 'Ours.')
  t.same(over.document.indicators[2]?.categories, [], 'nothing of the old item stays')
  t.same(
    ['R1', 'R2', 'R9', 'C1', 'K1'].map((code) => over.provenance.get(code)),
    ['test-policy@1.10', 'borough@2', 'borough@2', 'test-policy@1.10', 'test-policy@1.10'],
  )
})

t.test('what the overlay removes is gone', async (t) => {
  const over = resolved('remove: { indicators: [V1], rules: [K2], clusters: [C3], questions: [Q3], services: [SV2] }\n')
  const gone = [
    over.indexOf.has('V1'),
    over.rules.some(({ spec }) => spec.id === 'K2'),
    over.clusters.some(({ spec }) => spec.id === 'C3'),
    over.document.questions.length,
    over.document.services.length,
  ]
  t.same(gone, [false, false, false, 2, 1])
})

t.test('routes replace all of their level; urgency and oversight replace whole', async (t) => {
  const over = resolved(`routing:
  - { level: N, responses: [EARLY], because: Ours. }
urgency:
  default: slow
  bands:
    - { code: now, label: Now, hours: 1, clock: calendar }
    - { code: soon, label: Soon, hours: 4, clock: working }
    - { code: slow, label: Slow, hours: 80, clock: working }
`)
  t.same(
    over.document.routing.filter(({ level }) => level === 'N').map(({ because }) => because),
    ['Ours.'],
  )
  t.equal(over.document.routing.filter(({ level }) => level === 'P').length, 1)
  t.same(
    over.document.urgency.bands.map(({ code }) => code),
    ['now', 'soon', 'slow'],
  )
})

t.test('a problem in a line of the base is reported in the base, one of the overlay in the overlay', async (t) => {
  const broken = compileTexts({
    policy: overlay(indicator('R9', 'kind: risk, level: NOPE')),
    base: edited(SMALL, [
      'level: E, domains: [PA], categories: [neglect], text: Hungry.',
      'level: NEVER, domains: [PA], text: Hungry.',
    ]),
  })
  const hungry = SMALL.slice(0, SMALL.indexOf('Hungry')).split('\n').length
  t.match(broken.problems, [
    { file: 'base.yaml', line: hungry, code: 'unknown-code' },
    { file: 'policy.yaml', line: 15, code: 'unknown-code' },
  ])
  t.equal(broken.problems.length, 2)
})

t.test('removing what the base does not have is a problem', async (t) => {
  t.match(refused('remove: { rules: [K2, K99] }\n'), [{ code: 'unknown-code', line: 14, pointer: '/remove/rules/1' }])
})

t.test('an overlay cannot remove what is absolute, nor make it less than absolute', async (t) => {
  for (const sections of [
    'remove: { indicators: [A3] }\n',
    'remove: { rules: [K4] }\n',
    indicator('A3', 'kind: risk, level: N'),
    indicator('A3', 'kind: risk, level: N, alone: true'),
  ]) {
    t.match(refused(sections), [{ code: 'overlay-weakens-absolute' }], sections)
  }
})

t.test('an overlay cannot make what is absolute less by the way it is written', async (t) => {
  const rows: [string, string][] = [
    ['a lower level', indicator('A3', 'kind: risk, level: U, absolute: true')],
    [
      'a lower level, beside two levels written again',
      `levels:\n${[
        ['U', 'universal'],
        ['E', 'early_help'],
      ]
        .map(([code, band]) => `  - { code: ${code}, label: Again, description: d, common: ${band} }\n`)
        .join('')}${indicator('A3', 'kind: risk, level: U, absolute: true')}`,
    ],
    ['fewer ages', indicator('A3', 'kind: risk, level: N, absolute: true, age: { toMonths: 1 }')],
    [
      'a rule with another condition',
      'rules:\n  - { id: K4, when: { all: [{ present: R4 }, { present: A1 }] }, then: { atLeast: P }, absolute: true, because: b, citation: { section: "9" } }\n',
    ],
    [
      'a rule with a lower level',
      'rules:\n  - { id: K4, when: { all: [{ present: R4 }, { present: S1 }] }, then: { atLeast: E }, absolute: true, because: b, citation: { section: "9" } }\n',
    ],
    [
      'a rule without a level',
      'rules:\n  - { id: K4, when: { all: [{ present: R4 }, { present: S1 }] }, then: { review: Look. }, absolute: true, because: b, citation: { section: "9" } }\n',
    ],
  ]
  for (const [title, sections] of rows) t.match(refused(sections), [{ code: 'overlay-weakens-absolute' }], title)
})

t.test('an overlay cannot take away the only indicator of a statutory trigger, nor its trigger', async (t) => {
  t.match(refused(indicator('A1', 'kind: risk, level: P, absolute: true')), [{ code: 'overlay-weakens-absolute' }])
  t.match(
    refused('remove: { indicators: [A1] }\n').map(({ code }) => code),
    ['overlay-weakens-absolute'],
  )
})

t.test('an overlay may raise what is absolute and add to it; in other words it is told so', async (t) => {
  const raised = indicator('A3', 'kind: risk, level: P, absolute: true')
  t.same(refused(raised.replace('Ours.', 'Locked in.')), [])
  t.match(refused(raised), [{ code: 'overlay-rewords-absolute', severity: 'warning', line: 15 }])
})

t.test('an overlay cannot lower what a level of the base reaches', async (t) => {
  const level = (common: string) =>
    `levels:\n  - { code: P, label: Protection, description: d, common: ${common} }\n  - { code: Q, label: Top, description: d, common: child_protection }\nrouting:\n  - { level: Q, responses: [STRATEGY], because: b, citation: { section: "1" } }\nrules:\n  - { id: K9, when: { fact: immediate_danger }, then: { atLeast: Q }, because: b, citation: { section: "1" } }\n`
  t.match(
    refused(level('child_in_need')).filter(({ code }) => code === 'overlay-lowers-level'),
    [{ line: 15, pointer: '/levels/0/common', severity: 'error' }],
  )
  t.notOk(refused(level('child_protection')).some(({ code }) => code === 'overlay-lowers-level'))
})

t.test('an overlay that oversees less than its base is told so', async (t) => {
  const oversight = (more: string) => `oversight:
  blindFirst: ${more.includes('open') ? 'false' : 'true'}
  decision: { qualification: social_work, role: Manager, withinWorkingDays: 1 }
  secondScreening: { responses: [${more.includes('screen') ? '' : 'STRATEGY'}], randomPercent: 5 }
  signOff: { responses: [STRATEGY], withinWorkingDays: 1 }
  overrideReasons: [{ code: other, label: Other }]
  escalation: [{ stage: 1, role: Manager, withinWorkingDays: 1 }]
  moderation: { frequency: monthly, sample: 5 }
`
  t.same(refused(oversight('')), [])
  for (const less of ['open', 'screen'])
    t.match(refused(oversight(less)), [{ code: 'overlay-weakens-oversight', severity: 'warning' }], less)
})

t.test('an overlay cannot take from what is absolute the urgency or the response that comes with it', async (t) => {
  const rule = (then: string) =>
    `rules:\n  - { id: K4, when: { all: [{ present: R4 }, { present: S1 }] }, then: ${then}, absolute: true, because: Fixed., citation: { section: "9" } }\n`
  const base = edited(SMALL, ['then: { atLeast: P }\n', 'then: { atLeast: P, urgency: now, response: STRATEGY }\n'])
  const over = (then: string) => compileTexts({ policy: overlay(rule(then)), base }).problems
  t.same(over('{ atLeast: P, urgency: now, response: STRATEGY }'), [])
  for (const then of [
    '{ atLeast: P, response: STRATEGY }',
    '{ atLeast: P, urgency: now }',
    '{ atLeast: P, urgency: soon, response: STRATEGY }',
    '{ atLeast: P, urgency: now, response: ADVICE }',
  ])
    t.match(over(then), [{ code: 'overlay-weakens-absolute' }], then)
  const a2 = (urgency: string) =>
    `indicators:\n  - { code: A2, kind: risk, level: P, domains: [EN], text: In danger now., citation: { section: "16" }, absolute: true, triggers: [immediate-danger]${urgency} }\n`
  t.same(refused(a2(', urgency: now')), [])
  for (const urgency of ['', ', urgency: later']) t.match(refused(a2(urgency)), [{ code: 'overlay-weakens-absolute' }])
})

t.test('an item that an overlay gives twice is refused, new or not', async (t) => {
  const twice = (code: string) =>
    `services:\n${[1, 2].map((i) => `  - { code: ${code}, name: N${i}, description: d, contact: c, levels: [E] }\n`).join('')}`
  t.match(refused(twice('SV9')), [{ code: 'duplicate-code' }], 'a new one')
  t.match(refused(twice('SV2')), [{ code: 'duplicate-code' }], 'one of the base')
})

t.test('the files handed over are those that are named, and a base stands by itself', async (t) => {
  const mismatch = (policy: string, base: string | undefined) =>
    compileTexts({ policy, base }).problems.map(({ code, pointer }) => `${code} ${pointer}`)
  t.same(mismatch(SMALL, SMALL), ['document-mismatch /document/extends'])
  t.same(mismatch(edited(overlay(''), ['@1.10', '@9']), SMALL), ['document-mismatch /document/extends'])
  t.ok(mismatch(overlay(''), undefined).includes('document-mismatch /document/extends'))
  t.same(mismatch(edited(SMALL, ['test-pack@1', 'test-pack@2']), undefined), ['document-mismatch /document/statutory'])
  const chained = edited(SMALL, ['statutory: test-pack@1', 'statutory: test-pack@1\n  extends: third@1'])
  t.not(
    compileTexts({ policy: overlay(''), base: chained }).problems.length,
    0,
    'a base on another base would lose what that says',
  )
  const elsewhere = edited(SMALL, ['statutory: test-pack@1', 'statutory: other-pack@7'])
  t.not(
    compileTexts({ policy: overlay(''), base: elsewhere }).problems.length,
    0,
    'a base on another pack would lose what that fixes',
  )
})

t.test('a section that neither has is missing', async (t) => {
  const { problems } = compileTexts({
    policy: SMALL.slice(0, SMALL.indexOf('services:')).replace(/quality:\n(.+\n)+?oversight/, 'oversight'),
  })
  t.match(
    problems.filter(({ code }) => code === 'missing-section').map(({ pointer }) => pointer),
    ['/quality'],
    words(problems),
  )
})
