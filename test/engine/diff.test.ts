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
    ['a level renamed', (copy) => Object.assign(copy.levels[0] ?? {}, { label: 'Everyone' }), ['levels L1 reworded']],
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

t.test('what changes is said in words, with what it was and what it is', async (t) => {
  const text = (change: (copy: PolicyDocument) => void): string => {
    const copy = structuredClone(document)
    change(copy)
    return diffPolicies(document, copy).changes[0]?.text ?? ''
  }
  const route = document.routing[0] as PolicyDocument['routing'][number]
  const rows: [string, (copy: PolicyDocument) => void, RegExp][] = [
    [
      'a clock',
      (copy) => Object.assign(responseOf(copy), { clock: { label: 'Soon', hours: 4, from: 'referral_received' } }),
      /clock.*hours.* is 4/,
    ],
    [
      'a consent rule',
      (copy) => Object.assign(responseOf(copy).consent, { rule: 'required' }),
      /consent, rule was .*, is required/,
    ],
    ['a band', (copy) => Object.assign(copy.urgency.bands[1] ?? {}, { hours: 1 }), /bands, .*, hours was \d+, is 1/i],
    [
      'a route',
      (copy) => Object.assign(copy.routing[0] ?? {}, { responses: ['section-17-assessment'] }),
      /No longer: when .*\. Now: when .*/,
    ],
    [
      'a route gone',
      (copy) => copy.routing.shift(),
      new RegExp(`No longer: when .*${document.responses.find(({ code }) => code === route.responses[0])?.label}`),
    ],
    [
      'the order of routes',
      (copy) => copy.routing.splice(0, 2, ...copy.routing.slice(0, 2).reverse()),
      /another order/,
    ],
    ['who signs off', (copy) => copy.oversight.signOff.responses.pop(), /^Sign-off, responses was /],
    [
      'an age',
      (copy) => Object.assign(indicator(copy, 'NEG-01'), { age: { toMonths: 59 } }),
      /age was not there, is to months 59/,
    ],
    ['a category', (copy) => indicator(copy, 'NEG-01').categories.push('missing'), /categories was .*, is .*, missing/],
    ['a new fact', (copy) => copy.facts.push({ code: 'seen', question: 'Seen?' }), /^New: “Seen\?”$/],
    ['a service', (copy) => Object.assign(copy.services[0] ?? {}, { contact: '0123' }), /contact was .*, is 0123/],
  ]
  for (const [name, change, says] of rows) t.match(text(change), says, name)
})

t.test('nothing that a practitioner works by changes unsaid', async (t) => {
  const citation = { section: 'C6' }
  const because = 'Neglect is seen over time.'
  const columns = [
    { code: 'NX1', label: 'Now and then', level: 'L2' },
    { code: 'NX2', label: 'Rarely', level: 'L3' },
    { code: 'NX3', label: 'Never', level: 'L3' },
  ]
  const base: PolicyDocument = {
    ...structuredClone(document),
    matrices: [{ id: 'neglect', title: 'Neglect matrix', columns, citation }],
    assessments: [{ code: 'gcp2', label: 'Graded Care Profile', kind: 'specialist_tool' }],
    requirements: [{ id: 'RQ-01', levels: ['L3'], needs: ['gcp2'], withinMonths: 6, because, citation }],
    forbidden: [{ id: 'FB-01', response: 'universal-services', atLevels: ['L4'], because, citation }],
    transitions: [{ id: 'TR-01', from: 'L3', to: 'L2', criteria: ['Seen.'], approver: 'A manager', because, citation }],
    guidance: [{ id: 'G-01', title: 'Look twice', text: `${'The same words. '.repeat(20)}Ask the child.` }],
    glossary: [{ term: 'MASH', meaning: 'The front door.' }],
    repetition: { withinMonths: 12, often: 4 },
    officeHours: { opens: '09:00', closes: '17:00' },
  }
  Object.assign(indicator(base, 'NEG-01'), { matrix: 'neglect', level: 'NX2', grades: { often: 'NX2' } })
  const rule = (copy: PolicyDocument, id: string) => copy.rules.find((one) => one.id === id)
  Object.assign(rule(base, 'R-03') ?? {}, { absolute: true, when: { count: { atLeast: 2, kind: 'risk' } } })
  const told = (change: (copy: PolicyDocument) => void): string[] => {
    const copy = structuredClone(base)
    change(copy)
    return diffPolicies(base, copy).changes.map(
      ({ section, code, kind, text }) => `${section} ${code} ${kind}: ${text}`,
    )
  }
  const { text } = indicator(base, 'NEG-01')
  const [first, second, ...others] = base.responses.map(({ code }) => code)
  const cluster = base.clusters.find(({ unless }) => unless) as PolicyDocument['clusters'][number]
  const rows: [string, (copy: PolicyDocument) => void, (string | RegExp)[]][] = [
    [
      'a column that stands for less takes its indicators down',
      (copy) => Object.assign(copy.matrices?.[0]?.columns[1] ?? {}, { level: 'L2' }),
      ['matrices neglect lowered: “Neglect matrix”: columns, NX2, level was L3, is L2.'],
    ],
    [
      'an indicator in a column that stands for less',
      (copy) => Object.assign(indicator(copy, 'NEG-01'), { level: 'NX1' }),
      [`indicators NEG-01 lowered: “${text}” moves down from NX2 to NX1.`],
    ],
    [
      'an indicator in a column that stands for the same',
      (copy) => Object.assign(indicator(copy, 'NEG-01'), { level: 'NX3' }),
      [`indicators NEG-01 changed: “${text}” moves from NX2 to NX3, which is the same level.`],
    ],
    [
      'a grade that falls',
      (copy) => Object.assign(indicator(copy, 'NEG-01'), { grades: { often: 'NX1' } }),
      [`indicators NEG-01 lowered: “${text}”: grades, often was NX2, is NX1.`],
    ],
    [
      'a level put in below leaves an indicator where it was',
      (copy) => copy.levels.unshift({ ...document.levels[0], code: 'L0', label: 'Nobody' } as (typeof copy.levels)[0]),
      ['levels L0 added: New: “Nobody”'],
    ],
    [
      'a level in other words altogether',
      (copy) => Object.assign(copy.levels[0] ?? {}, { label: 'Everyone', colour: 'pink' }),
      [/^levels L1 reworded: “Universal.*” now reads “Everyone”: colour was .*, is pink\.$/],
    ],
    [
      'a rule that is a floor no longer',
      (copy) => Object.assign(rule(copy, 'R-03') ?? {}, { absolute: false }),
      [/^rules R-03 lowered: Still: when .*\. What differs: absolute was yes, is no\.$/],
    ],
    [
      'a condition that reads the same and is another',
      (copy) => Object.assign(rule(copy, 'R-03') ?? {}, { when: { count: { atLeast: 2, kind: 'status' } } }),
      [
        /^rules R-03 changed: Still: .*\. What differs: when was count at least 2, kind risk, is count at least 2, kind status\.$/,
      ],
    ],
    [
      'which strengths hold a cluster back',
      (copy) => copy.clusters.find(({ id }) => id === cluster.id)?.unless?.protective.pop(),
      [new RegExp(`^clusters ${cluster.id} changed: Was: .*\\(${cluster.unless?.protective.at(-1)}\\)\\. Is: `)],
    ],
    [
      'which of two responses is the more serious',
      (copy) => copy.responses.splice(0, 2, ...copy.responses.slice(0, 2).reverse()),
      [`responses responses changed: What stays stands in another order: ${[second, first, ...others].join(', ')}.`],
    ],
    [
      'what has to be there',
      (copy) => Object.assign(copy.requirements?.[0] ?? {}, { withinMonths: 12 }),
      [
        'requirements RQ-01 changed: Was: Graded Care Profile of the last 6 months at L3. Is: Graded Care Profile of the last 12 months at L3.',
      ],
    ],
    [
      'what must not be done',
      (copy) => Object.assign(copy, { forbidden: undefined }),
      ['forbidden FB-01 removed: No longer: never Universal services at L4.'],
    ],
    [
      'who approves a step',
      (copy) =>
        Object.assign(copy.transitions?.[0] ?? {}, { approver: 'A head of service', criteria: ['Seen.', 'Safe.'] }),
      [
        'transitions TR-01 changed: Was: from L3 to L2, approved by A manager. Is: from L3 to L2, approved by A head of service. What differs: criteria was Seen., is Seen., Safe.',
      ],
    ],
    [
      'the end of long guidance',
      (copy) => Object.assign(copy.guidance?.[0] ?? {}, { text: `${'The same words. '.repeat(20)}Ask the school.` }),
      [
        'guidance G-01 reworded: “Look twice”: text is worded anew: no longer “…The same words. The same words. Ask the child.”, now “…The same words. The same words. Ask the school.”',
      ],
    ],
    [
      'a term',
      (copy) => Object.assign(copy.glossary?.[0] ?? {}, { meaning: 'Where referrals arrive.' }),
      ['glossary MASH reworded: “MASH”: meaning was “The front door.”, is “Where referrals arrive.”'],
    ],
    [
      'how often is often',
      (copy) => Object.assign(copy.repetition ?? {}, { often: 6 }),
      ['repetition repetition changed: Often was 4, is 6.'],
    ],
    [
      'no office hours of its own',
      (copy) => Object.assign(copy, { officeHours: undefined }),
      ['officeHours officeHours removed: No longer: opens 09:00, closes 17:00.'],
    ],
    [
      'another statutory pack',
      (copy) => Object.assign(copy.document, { statutory: 'working-together-2023@2' }),
      ['document document changed: Statutory was working-together-2023@1, is working-together-2023@2.'],
    ],
  ]
  for (const [name, change, expected] of rows) t.match(told(change), expected, name)
  for (const [name, change, expected] of rows) t.equal(told(change).length, expected.length, name)
})

t.test('what a letter tells no longer, tells anew, or says in other words', async (t) => {
  type Letters = NonNullable<PolicyDocument['letters']>
  const told = (old: Letters | undefined, now: Letters | undefined): string[] => {
    const having = (letters: Letters | undefined): PolicyDocument => ({ ...document, letters })
    return diffPolicies(having(old), having(now)).changes.map(
      ({ section, code, kind, text }) => `${section} ${code} ${kind}: ${text}`,
    )
  }
  const family = {
    subject: 'What was decided',
    opening: ['We have looked.'],
    child: ['{{decision}}.', 'Help nearby: {{support}}'],
    closing: ['Ask them: {{escalation}}'],
  }
  const without = { ...family, child: ['{{decision}}.'] }
  const says = 'letters family'
  const rows: [string, Letters | undefined, Letters | undefined, string[]][] = [
    ['nothing', { family }, { family: structuredClone(family) }, []],
    ['no words of its own on either side', undefined, {}, []],
    [
      'support taken out',
      { family },
      { family: without },
      [
        `${says} removed: The letter to the family no longer says other help that is there.`,
        `${says} reworded: The letter to the family reads otherwise: what is said of each child: no longer “Help nearby: {{support}}”.`,
      ],
    ],
    [
      'support put in, for another subject',
      { family: { ...without, subject: 'Hello' } },
      { family },
      [
        `${says} added: The letter to the family now says other help that is there.`,
        `${says} reworded: The letter to the family reads otherwise: what is said of each child: now “Help nearby: {{support}}”; subject: no longer “Hello”, now “What was decided”.`,
      ],
    ],
    [
      'a long paragraph',
      { family },
      { family: { ...family, opening: ['We have looked at it. '.repeat(20)] } },
      [
        `${says} reworded: The letter to the family reads otherwise: opening: no longer “We have looked.”, now “${'We have looked at it. '.repeat(20).slice(0, 120)}…”.`,
      ],
    ],
    [
      'another order',
      { family },
      { family: { ...family, child: [...family.child].reverse() } },
      [
        `${says} reworded: The letter to the family reads otherwise: what is said of each child: the paragraphs stand otherwise.`,
      ],
    ],
    [
      'words of its own, compared with what was sent until then',
      undefined,
      { acknowledgement: { subject: 'Thank you', body: ['{{reference}}, {{referrer}}', '{{escalation}}'] } },
      [
        'letters acknowledgement removed: The acknowledgement no longer says when the referral was received, by when it is decided, who signed.',
        'letters acknowledgement added: The acknowledgement now says the name of the referrer.',
        'letters acknowledgement reworded: The acknowledgement is now written in the words of the policy.',
      ],
    ],
    [
      'and back',
      {
        acknowledgement: { subject: '{{reference}} {{received}} {{dueBy}}', body: ['{{escalation}}', '{{signedBy}}'] },
      },
      undefined,
      ['letters acknowledgement reworded: The acknowledgement is again written in the words of the product.'],
    ],
  ]
  for (const [name, old, now, expected] of rows) t.strictSame(told(old, now), expected, name)
})

const responseOf = (copy: PolicyDocument) => copy.responses[0] as PolicyDocument['responses'][number]
