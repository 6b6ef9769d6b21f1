/** Every problem that the policy check knows is found where its author would look for it. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { compileTexts, edited, PACK, SMALL, words } from '../support/policies.ts'
import { ELSEWHERE, ROWS, type Row } from './problem-table.ts'

function compiled({ from, to, also, pack }: Row): {
  problems: ReturnType<typeof compileTexts>['problems']
  line: number | undefined
} {
  // Each document is read as written but for the mark.
  const text = edited(pack ? PACK : SMALL, [from, to], ...(also ? [also] : []))
  const mark = text.indexOf('~')
  const line = mark < 0 ? undefined : text.slice(0, mark).split('\n').length
  const { problems } = compileTexts(pack ? { pack: text.replace('~', '') } : { policy: text.replace('~', '') })
  return { problems, line }
}

const RESULTS = ROWS.map((row) => ({ row, ...compiled(row) }))

t.test('the small policy itself has no problem', async (t) => {
  t.same(compileTexts({}).problems, [])
})

t.test('each problem has its code at its line, and is the only kind of problem found', async (t) => {
  for (const { row, problems, line } of RESULTS) {
    const found = problems.filter(({ code }) => code === row.code)
    t.ok(found.length > 0, `${row.code} in ${words(problems) || 'nothing'}`)
    if (line !== undefined)
      t.ok(
        found.some((problem) => problem.line === line),
        `${row.code} at line ${line}: ${words(found)}`,
      )
  }
})

t.test('each problem says what to do in whole sentences, and names its file, column and pointer', async (t) => {
  for (const { row, problems } of RESULTS) {
    for (const problem of problems) {
      t.match(problem.message, /^[\p{Lu}“‘\d_a-z].+[.?]$/u, `${row.code}: ${problem.message}`)
      t.ok(problem.column >= 1 && problem.line >= 1 && (row.pack || problem.file === 'policy.yaml'))
      t.match(problem.pointer, /^(\/[^/]+)*$/, problem.pointer)
    }
  }
})

/** The tables of docs/policies/problems.md. */
const DOCUMENTED = new Map(
  [
    ...readFileSync(new URL('../../docs/policies/problems.md', import.meta.url), 'utf8').matchAll(
      /^\| `([a-z-]+)` \| (error|warning) \| \S.* \| \S.* \|$/gm,
    ),
  ].map(([, code = '', severity = '']) => [code, severity]),
)

t.test('each problem has the severity that is documented, and a warning does not stop a policy', async (t) => {
  for (const { row, problems } of RESULTS) {
    const severities = new Set(problems.filter(({ code }) => code === row.code).map(({ severity }) => severity))
    t.same([...severities], [DOCUMENTED.get(row.code)], row.code)
  }
  const text = edited(SMALL, ['  - { feature: other_professionals, weight: 1, advice: a }\n', ''])
  t.ok(compileTexts({ policy: text }).policy)
})

t.test('every code is documented, and no other', async (t) => {
  const codes = new Set([...ROWS.map(({ code }) => code), ...ELSEWHERE])
  t.same([...DOCUMENTED.keys()].sort(), [...codes].sort())
})

/** Words that stand where a code could, and are none. */
const WORDS: readonly string[] = ['error', 'warning', 'points', 'sign-off']

t.test('every code that the source can report has a fixture', async (t) => {
  const folders = ['engine/policy', 'engine/cases', 'features/policies'].map(
    (name) => new URL(`../../src/${name}/`, import.meta.url),
  )
  const source = folders
    .flatMap((folder) => readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')))
    .join('\n')
  const patterns = [
    /\b(?:error|warn)\(\s*(?:\[[^;]*?\]|[\w.]+),\s*'([a-z]+(?:-[a-z]+)+)'/g,
    /report\(\s*'([a-z-]+)'/g,
    /code: (?:missing \? )?'([a-z-]+)'/g,
    /[?:] '([a-z]+(?:-[a-z]+)+)'/g,
    /^\s+'([a-z]+(?:-[a-z]+)+)',$/gm,
  ]
  const codes = new Set(patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, code]) => code ?? '')))
  const covered = new Set([...ROWS.map(({ code }) => code), ...ELSEWHERE])
  const uncovered = [...codes].filter((code) => !covered.has(code) && !WORDS.includes(code))
  t.same(uncovered, [], 'codes without a fixture')
  t.same(
    [...covered].filter((code) => !source.includes(`'${code}'`)),
    [],
    'fixtures of codes that no longer exist',
  )
  t.comment(`${covered.size} problem codes, ${ROWS.length} fixtures`)
})

t.test('all problems of a policy are found at once', async (t) => {
  const { problems } = compileTexts({
    policy: edited(
      SMALL,
      ['code: R2, kind: risk, level: E', 'code: R2, kind: risk, level: XX'],
      ['informs: [A1]', 'informs: [A9]'],
      ['  default: later', '  default: never'],
    ),
  })
  t.same(
    problems.map(({ code }) => code),
    ['unknown-code', 'unknown-code', 'unknown-code'],
  )
})

t.test('a code that does not exist hides no problem of other items, and does not report itself twice', async (t) => {
  const { problems } = compileTexts({
    policy: edited(
      SMALL,
      ['{ level: N, when: { present: R3 },', '{ level: N, when: { present: R33 },'],
      ['{ id: C3, count: 2, ofLevel: N, atLeast: P,', '{ id: C3, count: 2, ofLevel: NN, atLeast: P,'],
      ['hours: 1, from: referral_received }', 'hours: 99, from: referral_received }'],
      ['then: { review: Read everything again. }', 'then: {}'],
    ),
  })
  t.same(problems.map(({ code }) => code).sort(), [
    'protection-delayed',
    'rule-without-effect',
    'unknown-code',
    'unknown-code',
  ])
})

t.test('a misspelt word is answered with the nearest that exists', async (t) => {
  const message = (from: string, to: string) => compileTexts({ policy: edited(SMALL, [from, to]) }).problems[0]?.message
  t.match(message('setting: outside_family', 'seting: outside_family'), /Did you mean setting/)
  t.match(message('statutoryClock: assessment', 'statutoryClock: assesment'), /Did you mean assessment/)
  t.match(message('informs: [A1]', 'informs: [RR1]'), /Did you mean .*R1/)
})

t.test('a rule that asks for more conditions than it names can never hold, and is refused', async (t) => {
  const when = 'when: { all: [{ fact: not_seen }, { present: R3 }] }'
  const { problems } = compileTexts({
    policy: edited(SMALL, [when, 'when: { atLeast: { n: 3, of: [{ fact: not_seen }, { present: R3 }] } }']),
  })
  t.not(problems.length, 0)
})

t.test('what the pack fixes is looked for in the policy', async (t) => {
  const clock =
    '  - { code: conference, label: Hold it, workingDays: 15, from: strategy_discussion, citation: { section: "9" } }\n'
  const withClock = edited(PACK, ['decisionMakers:\n', `${clock}decisionMakers:\n`])
  const found = compileTexts({ pack: withClock }).problems
  t.match(found, [{ code: 'statutory-clock-missing', severity: 'warning', pointer: '/responses/1/code' }])
  const own = 'clock: { label: One day, workingDays: 1, from: referral_received }'
  const named = edited(SMALL, [own, `${own}\n    statutoryClock: conference`])
  t.same(compileTexts({ pack: withClock, policy: named }).problems, [])
  const misplaced = edited(named, ['statutoryClock: assessment', 'statutoryClock: conference'])
  t.match(
    compileTexts({ pack: withClock, policy: misplaced })
      .problems.map(({ code }) => code)
      .sort(),
    ['clock-wrong-response', 'weakens-statutory-clock'],
  )
})

t.test('a trigger that the pack has for some ages is expressed for each of them', async (t) => {
  const pack = edited(PACK, [
    '    because: What a child says',
    '    age: { fromMonths: 24 }\n    because: What a child says',
  ])
  const codes = (age: string): string[] =>
    compileTexts({
      pack,
      policy: edited(SMALL, ['triggers: [disclosure]', `triggers: [disclosure]\n    age: ${age}`]),
    }).problems.map(({ code }) => code)
  t.same(codes('{ fromMonths: 24 }'), [])
  t.same(codes('{ unborn: true, fromMonths: 0 }'), [])
  for (const age of ['{ fromMonths: 25 }', '{ fromMonths: 24, toMonths: 215 }', '{ unborn: true }'])
    t.same(codes(age), ['trigger-narrowed'], age)
})

t.test('what a property takes is said in words, with the nearest', async (t) => {
  const rows: [string, string, RegExp][] = [
    ['kind: status', 'kind: statuses', /“kind” takes one of risk, status, .*“status” is nearest, not “statuses”/],
    ['weight: 3', 'weight: 21', /“weight” takes a whole number from 1 to 20, not 21/],
    ['value: 80', 'value: eighty', /“value” takes a whole number from 0 to 1000000, not “eighty”/],
    ['levels: [E, N]', 'levels: []', /“levels” takes a list that is not empty, not an empty list/],
    ['text: Unwashed.', 'text: ""', /“text” takes text of 1 to 2000 characters, not an empty text/],
    ['effective: 2026-01-01', 'effective: 2026-02-30', /“effective” takes a date that exists/],
    ['blindFirst: true', 'blindFirst: yes', /“blindFirst” takes true or false, not “yes”/],
    ['    legalBasis: s46\n', '', /“legalBasis” is missing: it takes text of 1 to 300 characters/],
    ['grades: { once: E,', 'grades: { ones: E,', /no property “ones” here. Did you mean once/],
    [
      'when: { history: {',
      'when: { histori: {',
      /begins with one of present, .*atLeast, not with histori. Did you mean history/,
    ],
    ['code: R1, kind', 'txt: x, code: R1, kind', /no property “txt” here. Did you mean text/],
    ['code: R1, kind', 'banana: x, code: R1, kind', /no property “banana” here. It takes code, kind, level/],
    ['code: R1,', 'code: R 1,', /a code is letters, digits, dots, dashes and underscores/],
  ]
  for (const [from, to, message] of rows) {
    const { problems } = compileTexts({ policy: edited(SMALL, [from, to]) })
    t.ok(
      problems.some((problem) => message.test(problem.message)),
      `${to}: ${words(problems)}`,
    )
  }
  t.match(compileTexts({ policy: '[]' }).problems, [{ message: /^The file takes an object with format, document/ }])
})
