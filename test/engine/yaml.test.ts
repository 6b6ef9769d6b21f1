/** What a policy file may not do: each refusal has a code and the place where it stands. */
import t from 'tap'
import { POLICY_BYTES_MAX, readYaml } from '../../src/engine/policy/read.ts'
import { compileTexts, edited, SMALL } from '../support/policies.ts'

const found = (text: string): string[] =>
  readYaml('f.yaml', text).problems.map(({ line, column, code }) => `${line}:${column} ${code}`)

t.test('a document that says everything in one place is read, with the place of each value', async (t) => {
  const { read, problems } = readYaml('f.yaml', 'a:\n  - b: "1.10"\n    c: [1, true, null, 2026-01-05, yes]\n')
  t.same(problems, [])
  t.same(read?.value, { a: [{ b: '1.10', c: [1, true, null, '2026-01-05', 'yes'] }] })
  t.same(read?.locate(['a', 0, 'c', 1]), { file: 'f.yaml', line: 3, column: 12 })
  t.same(read?.locate(['a', 0, 'nowhere', 1]), { file: 'f.yaml', line: 2, column: 5 })
  t.same(read?.locateKey(['a', 0], 'c'), { file: 'f.yaml', line: 3, column: 5 })
})

t.test('what makes a file say something elsewhere, twice or in code is refused where it stands', async (t) => {
  const rows: [string, string, string][] = [
    ['an anchor', 'a: 1\nb: &x 2', '2:7 yaml-anchor'],
    ['an alias of nothing', 'a: *x', '1:4 yaml-alias'],
    ['a merge key', 'a:\n  <<: { b: 1 }', '2:3 yaml-merge'],
    ['a merge key in a flow', 'a: { <<: { b: 1 } }', '1:6 yaml-merge'],
    ['a tag of its own', 'a: 1\nb: !thing 2', '2:* yaml-tag'],
    ['a tag that asks for code', 'a: !!js/function "x"', '1:4 yaml'],
    ['a standard tag', 'a: !!str 1.10', '1:* yaml-tag'],
    ['a binary tag', 'a: !!binary aGk=', '1:* yaml-tag'],
    ['a tag in full', 'a: !<tag:yaml.org,2002:int> "3"', '1:* yaml-tag'],
    ['a key written twice', 'a: 1\nb: 2\na: 3', '3:1 duplicate-key'],
    ['a nested key written twice', 'a:\n  b: 1\n  b: 2', '3:3 duplicate-key'],
    ['two documents', 'a: 1\n---\nb: 2', '2:1 yaml'],
    ['text after the end', 'a: 1\n...\nb: 2', '3:1 yaml'],
    ['__proto__', 'a: 1\n__proto__: { b: 1 }', '2:1 forbidden-key'],
    ['__proto__ in quotes', 'a: { "__proto__": 1 }', '1:6 forbidden-key'],
    ['a tab as indentation', 'a:\n\tb: 1', '2:1 yaml'],
    ['a quote left open', 'a: "x', '1:6 yaml'],
    ['a mapping in a mapping', 'a: b: c', '1:4 yaml'],
  ]
  for (const [title, text, expected] of rows) {
    // A tag may be shown where it stands or where its value does.
    const places = found(text).map((problem) => (expected.includes('*') ? problem.replace(/:\d+/, ':*') : problem))
    t.ok(places.includes(expected), `${title}: ${expected} in ${places.join(', ') || 'nothing'}`)
  }
})

t.test('a file cannot choose another version of YAML, where yes is a boolean and 012 is ten', async (t) => {
  t.not(found('%YAML 1.1\n---\na: yes\nb: 012\n').length, 0)
  t.not(found('%YAML 1.1\n---\na: { <<: { b: 1 } }\n').length, 0)
})

t.test('every problem of a file is reported at once', async (t) => {
  t.same(
    found('a: &x 1\nb: *x\nc: { <<: { d: 1 } }').map((problem) => problem.split(' ')[1]),
    ['yaml-anchor', 'yaml-alias', 'yaml-merge'],
  )
})

t.test('a bomb of aliases is refused without being unfolded', async (t) => {
  const bomb = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
  ].join('\n')
  t.ok(found(bomb).some((problem) => problem.includes('yaml-alias')))
})

t.test('nesting deeper than any policy is refused, and never ends the program', async (t) => {
  for (const depth of [3000, 50_000]) {
    const problems = found(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`)
    t.ok(problems.length > 0 && problems.every((problem) => /^\d+:\d+ /.test(problem)), `${depth} deep`)
  }
})

t.test('a condition nested as deep as the reader allows does not end the program', async (t) => {
  for (const depth of [200, 900]) {
    const when = `${'{ not: '.repeat(depth)}{ fact: not_seen }${'}'.repeat(depth)}`
    t.doesNotThrow(
      () => compileTexts({ policy: edited(SMALL, ['{ all: [{ fact: not_seen }, { present: R3 }] }', when]) }),
      `${depth} deep`,
    )
  }
})

t.test('a file of more characters than allowed is refused unread, and one of exactly as many is read', async (t) => {
  const text = (size: number) => `a: ${'x'.repeat(size - 3)}`
  t.same(found(text(POLICY_BYTES_MAX)), [])
  t.same(found(text(POLICY_BYTES_MAX + 1)), ['1:1 file-too-large'])
})

t.test('a number that is none is refused at its place', async (t) => {
  for (const wrong of [
    '.inf',
    '-.inf',
    '.nan',
    '1.5',
    '1e400',
    '12345678901234567890',
    '"80"',
    'eighty',
    'true',
    '[80]',
  ]) {
    const { problems } = compileTexts({ policy: edited(SMALL, ['value: 80', `value: ${wrong}`]) })
    t.match(problems[0], { code: 'shape', line: 72, column: 52, pointer: '/indicators/9/measure/value' }, wrong)
  }
})

t.test('a version without quotes is refused, for 1.10 would become 1.1', async (t) => {
  const { problems } = compileTexts({ policy: edited(SMALL, ['version: "1.10"', 'version: 1.10']) })
  t.match(problems, [{ code: 'shape', line: 7, column: 12, pointer: '/document/version' }])
  t.equal(problems.length, 1)
})

t.test('an empty file, a list and a bare word are refused, not taken for a policy', async (t) => {
  for (const text of ['', '# only a comment', '[]', 'policy', 'null', '{}'])
    t.not(compileTexts({ policy: text }).problems.length, 0, JSON.stringify(text))
})

t.test('dates stay as written, and a day that does not exist is refused', async (t) => {
  for (const wrong of ['2026-02-30', '2025-02-29', '2026-13-01', '26-01-01', '2026-1-1', '2026-01-01T00:00:00Z']) {
    const { problems } = compileTexts({ policy: edited(SMALL, ['effective: 2026-01-01', `effective: ${wrong}`]) })
    t.match(problems, [{ code: 'shape', line: 10, pointer: '/document/effective' }], wrong)
  }
})
