// What a policy document may not be, by the functions that read it: rows 53 to 63. What the service answers to them is told in
// test/features/policy-text-rows.test.ts; rows 64 and 65 need a register (test/features/policy-rows.test.ts).
import t from 'tap'
import { readYaml } from '../../src/engine/policy/read.ts'
import { type Change, EMPTY, NESTED, NOWHERE, TOO_LARGE, UNREADABLE, WRONG } from '../support/bad-policies.ts'
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

function unreadable(tried: Tried, row: number): void {
  for (const [code, texts] of Object.entries(UNREADABLE[row] ?? {})) refused(tried, texts, code)
}

/** Each change of a policy that is sound is refused with its code, and the policy is not made. */
function unmade(tried: Tried, changes: Readonly<Record<string, Change>> = {}): void {
  for (const [name, [from, to, code]] of Object.entries(changes)) {
    const { policy, problems } = compileTexts({ policy: edited(SMALL, [from, to]) })
    const found = problems.find((problem) => problem.code === code && problem.severity === 'error')
    tried(!policy && found !== undefined, `${name}: ${problems.map((problem) => problem.code).join() || 'taken'}`)
  }
}

rows.row(53, 'refused unfolded', async (tried) => unreadable(tried, 53))

rows.row(54, 'refused', async (tried) => unreadable(tried, 54))

rows.row(55, 'refused', async (tried) => unreadable(tried, 55))

rows.row(56, 'refused, known or not', async (tried) => unreadable(tried, 56))

rows.row(57, 'refused where another type belongs', async (tried) => {
  unmade(tried, WRONG[57])
  unmade(tried, { 'a version that would lose its nought': ['version: "1.10"', 'version: 1.10', 'shape'] })
  // YAML 1.2 reads both as decimal, so that nothing becomes another number than the author sees.
  tried(JSON.stringify(readYaml('f', 'a: 010').read?.value) === '{"a":10}', '010 is ten')
})

rows.row(58, 'refused before it is parsed', async (tried) => {
  unreadable(tried, 58)
  for (const [name, text] of Object.entries(NESTED))
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
  unreadable(tried, 59)
  refused(tried, { 'two megabytes': TOO_LARGE }, 'file-too-large')
  const value = (text: string) => JSON.stringify(readYaml('f', text).read?.value)
  tried(value('a: 1\r\nb: two\r\n') === '{"a":1,"b":"two"}', 'line ends of two characters are line ends')
  tried(value('\ufeffa: 1\n') === '{"a":1}', 'a mark at the start is no part of the first key')
})

rows.row(60, 'refused, never nought', async (tried) => unmade(tried, WRONG[60]))

rows.row(61, 'refused, and nothing is changed by it', async (tried) => {
  unreadable(tried, 61)
  tried(({} as { b?: unknown }).b === undefined, 'no object has it')
})

rows.row(62, 'refused with their place', async (tried) => unmade(tried, WRONG[62]))

rows.row(63, 'refused', async (tried) => {
  const changes = { ...NOWHERE, 'a trigger of the law that is left out': ['triggers: [disclosure]', 'triggers: []'] }
  for (const [name, [from = '', to = '']] of Object.entries(changes)) {
    const { policy, problems } = compileTexts({ policy: edited(SMALL, [from, to]) })
    tried(!policy, `${name}: ${problems.map(({ code }) => code).join()}`)
  }
  for (const empty of ['', ...EMPTY])
    tried(!compileTexts({ policy: empty }).policy, `${empty || 'nothing'} is no policy`)
})
rows.end()
