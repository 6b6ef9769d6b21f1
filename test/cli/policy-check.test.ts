import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type CheckOptions, policyCheck } from '../../src/cli/commands/policy-check.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'

/** A copy of the shipped policies, with one passage of Northmoor's changed. */
function copied(t: Parameters<typeof temporaryFolder>[0], file: string, from: string, to: string) {
  const folder = temporaryFolder(t)
  cpSync(join(ROOT, 'policies'), folder, { recursive: true })
  const path = join(folder, 'northmoor', file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}`)
  const changed = text.replace(from, to)
  writeFileSync(path, changed)
  const before = changed.slice(0, text.indexOf(from))
  return { path: join(folder, 'northmoor/2026-04.yaml'), line: before.split('\n').length }
}

t.test('a good policy is good, and its cases come out as agreed', async (t) => {
  const { status, stdout, stderr } = await threshold(['policy', 'check', 'policies/northmoor/2026-04.yaml'])
  t.match({ status, stderr }, { status: 0, stderr: '' }, stdout)
  t.match(
    stdout,
    /northmoor\/2026-04\.yaml: \d+ indicators, 4 levels, 0 errors, \d+ warnings, cases (\d+) of \1 as agreed/,
  )
})

t.test('every shipped policy and pack is good; their case files are passed over', async (t) => {
  const files = [
    'northmoor/2026-04',
    'northmoor/2026-04.cases',
    'saltmere/2026-01',
    'oakhaven/2026-02',
    'statutory/working-together-2023',
  ]
  const { status, stdout } = await threshold(['policy', 'check', ...files.map((name) => `policies/${name}.yaml`)])
  t.equal(status, 0, stdout)
  t.equal(stdout.match(/ 0 errors/g)?.length, 4)
})

t.test('a mistake is shown with file, line and column, a code and what to write', async (t) => {
  const table = [
    [
      'level: L3\n    domains: [parenting-safety, parenting-boundaries]',
      'level: L9\n    domains: [parenting-safety, parenting-boundaries]',
      /L9/,
    ],
    ['domains: [child-emotional, child-identity]', 'domains: [child-emotionl]', /child-emotionl/],
    ['- { code: L', '- { cod: L', /cod/],
  ] as const
  const { readFileSync } = await import('node:fs')
  const text = readFileSync(join(ROOT, 'policies/northmoor/2026-04.yaml'), 'utf8')
  let tried = 0
  for (const [from, to, says] of table.filter(([from]) => text.includes(from))) {
    tried++
    const { path, line } = copied(t, '2026-04.yaml', from, to)
    const { status, stdout } = await threshold(['policy', 'check', path])
    t.equal(status, 1)
    const found = stdout.split('\n').find((row) => says.test(row)) ?? stdout
    const [, row = '0'] = /2026-04\.yaml:(\d+):\d+ error [a-z-]+: \S/.exec(found) ?? []
    t.equal(Number(row), line, found)
  }
  t.ok(tried > 0)
})

t.test('text that is no YAML is shown with its place too', async (t) => {
  const { path } = copied(t, '2026-04.yaml', 'measures:', 'measures: [\n')
  const { status, stdout } = await threshold(['policy', 'check', path])
  t.equal(status, 1)
  t.match(stdout, /2026-04\.yaml:\d+:\d+ error /)
  t.match(stdout, /not usable/)
})

t.test('a case that does not come out as agreed fails the check, and says how it came out', async (t) => {
  const { path } = copied(
    t,
    '2026-04.cases.yaml',
    'child: toddler\n        level: L3',
    'child: toddler\n        level: L2',
  )
  const { status, stdout } = await threshold(['policy', 'check', path])
  t.equal(status, 1)
  t.match(stdout, /case founding-1/)
  t.match(stdout, /L2/)
  t.match(stdout, /L3/)
})

t.test('--json says the same for machines', async (t) => {
  const good = await threshold(['policy', 'check', '--json', 'policies/northmoor/2026-04.yaml'])
  t.equal(good.status, 0)
  const [result] = JSON.parse(good.stdout)
  t.match(result, { file: /northmoor/, hash: /^[0-9a-f]{64}$/ })
  t.ok(result.cases.every(({ failures }: { failures: unknown[] }) => failures.length === 0))
  const { path } = copied(t, '2026-04.yaml', 'statutory: working-together-2023@1', 'statutory: nosuch@1')
  const bad = await threshold(['policy', 'check', '--json', path])
  t.equal(bad.status, 1)
  t.match(JSON.parse(bad.stdout), [
    { hash: null, problems: [{ severity: 'error', line: Number, column: Number, message: /nosuch/ }] },
  ])
})

t.test('a file that is not there is another thing than a bad one', async (t) => {
  const { status, stdout, stderr } = await threshold(['policy', 'check', 'policies/nosuch.yaml'])
  t.equal(status, 2)
  t.match(stdout + stderr, /nosuch\.yaml: cannot be read/)
})

/** The command in this process: starting another takes longer than what it does. */
function checked(path: string, options: CheckOptions = {}): { status: number; stdout: string } {
  const lines: string[] = []
  const status = policyCheck([path], options, (line) => lines.push(line))
  return { status, stdout: lines.join('\n') }
}

t.test('warnings are told apart from errors: they leave the status as it is, unless asked to count', async (t) => {
  const { path, line } = copied(t, '2026-04.yaml', 'reviewDue: 2027-03-31', 'reviewDue: 2026-03-31')
  const lenient = checked(path)
  t.equal(lenient.status, 0, lenient.stdout)
  t.match(lenient.stdout, new RegExp(`:${line}:\\d+ warning document-dates: `))
  t.match(lenient.stdout, / 0 errors, 1 warnings/)
  t.equal(checked(path, { strict: true }).status, 1)
  const { stdout, status } = checked(path, { sarif: true })
  t.equal(status, 0)
  t.match(JSON.parse(stdout).runs[0].results, [{ ruleId: 'document-dates', level: 'warning' }])
})

t.test('a policy without cases is told to write some', async (t) => {
  const { path } = copied(t, '2026-04.yaml', 'version: "2026-04"', 'version: "2026-05"')
  const moved = path.replace('2026-04', '2026-05')
  writeFileSync(moved, readFileSync(path))
  const { status, stdout } = checked(moved, { json: true })
  t.equal(status, 0)
  t.match(JSON.parse(stdout), [{ problems: [{ code: 'cases-missing', severity: 'warning' }], cases: [] }])
})

t.test('a case that cannot fail, or expects a code that is not there, is an error at its place', async (t) => {
  const whole = readFileSync(join(ROOT, 'policies/northmoor/2026-04.cases.yaml'), 'utf8')
  const { path } = copied(
    t,
    '2026-04.cases.yaml',
    '\ncases:\n',
    `\ncases:\n  - id: empty\n    title: Nothing\n    child: { present: [NEG-01] }\n    expect: {}\n  - id: misspelt\n    title: Never\n    child: { present: [NEG-01] }\n    expect: { notReasons: [R-999], level: L9 }\n`,
  )
  const { status, stdout } = checked(path)
  t.equal(status, 1)
  const lines = whole.split('\n').indexOf('cases:') + 1
  t.match(stdout, new RegExp(`cases\\.yaml:${lines + 4}:\\d+ error case-expects-nothing`))
  t.match(stdout, new RegExp(`cases\\.yaml:${lines + 8}:\\d+ error unknown-code: .*no reason “R-999”`))
  t.match(stdout, new RegExp(`cases\\.yaml:${lines + 8}:\\d+ error unknown-code: .*no level “L9”`))
})

t.test('a statutory pack is checked for what the engine relies on', async (t) => {
  const folder = temporaryFolder(t)
  const text = readFileSync(join(ROOT, 'policies/statutory/working-together-2023.yaml'), 'utf8')
  const file = join(folder, 'pack.yaml')
  writeFileSync(file, text.replace('- code: immediate-danger', '- code: danger'))
  const { status, stdout } = checked(file)
  t.equal(status, 1)
  t.match(stdout, /error pack-incomplete: .*immediate-danger/)
})

t.test('a folder, and a path through a file, cannot be read', async (t) => {
  for (const path of ['policies', 'package.json/x.yaml']) t.equal(checked(path).status, 2, path)
})
