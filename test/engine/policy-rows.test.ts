// What a policy document may not be: rows 53 to 63. Rows 64 and 65 need a register (test/features/policy-rows.test.ts).
import t from 'tap'
import { POLICY_BYTES_MAX, readYaml } from '../../src/engine/policy/read.ts'
import { compileTexts, edited, SMALL } from '../support/policies.ts'
import { rowsOf, type Tried } from '../support/rows.ts'

const rows = rowsOf(t, 'test/engine/policy-rows.test.ts')

/** Each text is refused with a code and a place, and nothing is read from it. */
function refused(tried: Tried, texts: Readonly<Record<string, string>>, code: string): void {
  for (const [name, text] of Object.entries(texts)) {
    const { read, problems } = readYaml('f.yaml', text)
    const isPlaced = problems.every(({ line, column }) => line >= 1 && column >= 1)
    tried(!read && isPlaced && problems.some((problem) => problem.code === code), `${name}: ${problems[0]?.code}`)
  }
}

/** Each change of a policy that is sound is refused with its code, and the policy is not made. */
function unmade(
  tried: Tried,
  changes: Readonly<Record<string, readonly [from: string, to: string, code: string]>>,
): void {
  for (const [name, [from, to, code]] of Object.entries(changes)) {
    const { policy, problems } = compileTexts({ policy: edited(SMALL, [from, to]) })
    const found = problems.find((problem) => problem.code === code && problem.severity === 'error')
    tried(!policy && found !== undefined, `${name}: ${problems.map((problem) => problem.code).join() || 'taken'}`)
  }
}

rows.row(53, 'refused unfolded', async (tried) => {
  const level = (i: number, of: string) => `a${i}: &a${i} [${Array(10).fill(of).join(', ')}]`
  const bomb = [level(0, 'x'), ...Array.from({ length: 30 }, (_, i) => level(i + 1, `*a${i}`))].join('\n')
  refused(tried, { 'ten of ten, thirty times': bomb }, 'yaml-alias')
})

rows.row(54, 'refused', async (tried) => {
  refused(tried, { 'an anchor': 'a: &x 1', 'an anchor on a list': 'a: &x [1]' }, 'yaml-anchor')
  refused(tried, { 'an alias': 'a: 1\nb: *a', 'an alias of itself': 'a: &a [*a]' }, 'yaml-alias')
  refused(
    tried,
    { 'a merge key': 'a:\n  <<: { b: 1 }', 'a merge key in quotes': 'a: { "<<": { b: 1 } }' },
    'yaml-merge',
  )
})

rows.row(55, 'refused', async (tried) =>
  refused(
    tried,
    { 'at the root': 'a: 1\na: 2', inside: 'a: { b: 1, "b": 2 }', 'as number and text': 'a: { 1: x, "1": y }' },
    'duplicate-key',
  ),
)

rows.row(56, 'refused, known or not', async (tried) => {
  refused(tried, { 'of its own': 'a: !thing 1', standard: 'a: !!str 1', binary: 'a: !!binary aGk=' }, 'yaml-tag')
  const code = {
    function: 'a: !!js/function "function(){}"',
    regexp: 'a: !!js/regexp /a/',
    object: 'a: !!python/object:os.system x',
  }
  refused(tried, code, 'yaml')
})

rows.row(57, 'refused where another type belongs', async (tried) => {
  const values = ['.inf', '.nan', '010.5', '1:30', '12345678901234567890', 'no', 'yes', 'on', '0x10z', '1_000']
  unmade(
    tried,
    Object.fromEntries(
      values.map((value) => [`a number as ${value}`, ['value: 80', `value: ${value}`, 'shape'] as const]),
    ),
  )
  unmade(tried, {
    'a flag as no': ['blindFirst: true', 'blindFirst: no', 'shape'],
    'a flag as on': ['blindFirst: true', 'blindFirst: on', 'shape'],
    'a version that would lose its nought': ['version: "1.10"', 'version: 1.10', 'shape'],
  })
  // YAML 1.2 reads both as decimal, so that nothing becomes another number than the author sees.
  tried(JSON.stringify(readYaml('f', 'a: 010').read?.value) === '{"a":10}', '010 is ten')
})

rows.row(58, 'refused before it is parsed', async (tried) => {
  const deep = (open: string, close: string, depth: number) => `a: ${open.repeat(depth)}${close.repeat(depth)}`
  const texts = {
    'lists 5,000 deep': deep('[', ']', 5000),
    'maps 5,000 deep': deep('{ a: ', '}', 5000),
    'lists that never close': `a: ${'['.repeat(500_000)}`,
    'dashes in a row': `a:\n  ${'- '.repeat(50_000)}x`,
    'question marks in a row': '? '.repeat(50_000),
  }
  refused(tried, texts, 'yaml')
  for (const [name, text] of Object.entries(texts))
    tried(
      readYaml('f', text).problems[0]?.message.startsWith('The file is nested deeper') === true,
      `${name}: unparsed`,
    )
  const steps = Array.from({ length: 1500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
  tried(
    readYaml('f', steps).problems.length + (readYaml('f', steps).read ? 1 : 0) > 0,
    '1,500 steps to the right end as well',
  )
})

rows.row(59, 'refused, or read as documented', async (tried) => {
  refused(tried, { 'two documents': 'a: 1\n---\nb: 2', 'a tab': 'a:\n\tb: 1' }, 'yaml')
  refused(tried, { 'two megabytes': `a: ${'x'.repeat(POLICY_BYTES_MAX)}` }, 'file-too-large')
  refused(tried, { 'another version of YAML': '%YAML 1.1\n---\na: yes' }, 'yaml-directive')
  const value = (text: string) => JSON.stringify(readYaml('f', text).read?.value)
  tried(value('a: 1\r\nb: two\r\n') === '{"a":1,"b":"two"}', 'line ends of two characters are line ends')
  tried(value('\ufeffa: 1\n') === '{"a":1}', 'a mark at the start is no part of the first key')
})

rows.row(60, 'refused, never nought', async (tried) =>
  unmade(tried, {
    'no value to compare with': ['value: 80', 'value:', 'shape'],
    'no weight': ['weight: 3', 'weight:', 'shape'],
    'null for a flag': ['blindFirst: true', 'blindFirst: null', 'shape'],
    'a tilde for a flag': ['blindFirst: true', 'blindFirst: ~', 'shape'],
    'no levels': ['levels: [E, N]', 'levels:', 'shape'],
  }),
)

rows.row(61, 'refused, and nothing is changed by it', async (tried) => {
  refused(
    tried,
    { plain: '__proto__: { b: 1 }', quoted: 'a: { "__proto__": 1 }', 'in a list': 'a: [{ __proto__: 1 }]' },
    'forbidden-key',
  )
  tried(({} as { b?: unknown }).b === undefined, 'no object has it')
})

rows.row(62, 'refused with their place', async (tried) =>
  unmade(tried, {
    'an indicator': ['when: { present: R3 }', 'when: { present: R33 }', 'unknown-code'],
    'a level': ['code: R2, kind: risk, level: E', 'code: R2, kind: risk, level: XX', 'unknown-code'],
    'what it informs': ['informs: [A1]', 'informs: [A9]', 'unknown-code'],
    'a default response': ['  default: later', '  default: never', 'unknown-code'],
  }),
)

rows.row(63, 'refused', async (tried) => {
  const codes = new Map<string, string>()
  for (const [name, [from, to]] of Object.entries({
    'a trigger of the law that is left out': ['triggers: [disclosure]', 'triggers: []'],
    'a rule that does nothing': ['then: { review: Read everything again. }', 'then: {}'],
    'protection that waits': ['hours: 1, from: referral_received }', 'hours: 99, from: referral_received }'],
  } as const)) {
    const { policy, problems } = compileTexts({ policy: edited(SMALL, [from, to]) })
    codes.set(name, problems.map(({ code }) => code).join())
    tried(!policy, `${name}: ${codes.get(name)}`)
  }
  for (const empty of ['', '[]', '{}', 'null', 'policy'])
    tried(!compileTexts({ policy: empty }).policy, `${empty || 'nothing'} is no policy`)
})
rows.end()
