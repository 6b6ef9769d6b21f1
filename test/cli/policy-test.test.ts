import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'

const SMALL = readFileSync(join(ROOT, 'test/engine/fixtures/policy.yaml'), 'utf8')
const PACK = readFileSync(join(ROOT, 'test/engine/fixtures/pack.yaml'), 'utf8')
const CASES = `format: threshold.cases/1
policy: test-policy@1.10
cases:
  - id: two
    title: Two signs in two domains
    child: { ageMonths: 84, present: [R1, R2] }
    expect: { level: N, reasons: [C2] }
`

/** A folder with the small policy, its pack and these cases; the path of the policy. */
function written(t: Parameters<typeof temporaryFolder>[0], cases: string | null = CASES): string {
  const folder = temporaryFolder(t)
  for (const name of ['test-policy', 'statutory']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'statutory/test-pack.yaml'), PACK)
  const path = join(folder, 'test-policy/1.10.yaml')
  writeFileSync(path, SMALL)
  if (cases !== null) writeFileSync(path.replace('.yaml', '.cases.yaml'), cases)
  return path
}

t.test('coverage alone is quick, and complete for what is shipped', async (t) => {
  const { status, stdout } = await threshold(['policy', 'test', '--no-mutants', 'policies/saltmere/2026-01.yaml'])
  t.equal(status, 0, stdout)
  t.match(stdout, /100 % rules that hold: 24 of 24/)
  t.notMatch(stdout, /mutants:/)
})

t.test('what is not covered and what survives is named, with a case to paste', async (t) => {
  const path = written(t)
  const { status, stdout } = await threshold(['policy', 'test', '--write', path])
  t.equal(status, 1, stdout)
  t.match(stdout, /\d+ % rules that hold: 0 of 4\n\s+not yet: K1, K2, K3, K4/)
  t.match(
    stdout,
    /mutants: \d+ noticed by a case, \d+ refused by the check, \d+ mean the same, 0 explained, \d+ survive/,
  )
  t.match(
    stdout,
    /survives: rules\/K4 dropped\n {2}- id: suggested\n {4}title: .*\n {4}child: \{ ageMonths: \d+, present: \[ ?R4, S1 ?\] \}/,
  )
  const stored = JSON.parse(readFileSync(path.replace('.yaml', '.mutation.json'), 'utf8'))
  t.match(stored, { format: 'threshold.mutation/1', policy: 'test-policy@1.10', policyHash: /^[0-9a-f]{64}$/ })
  t.match(stdout, `${stored.survived} survive`)

  const suggested = [...stdout.matchAll(/^ {2}- id: suggested\n(?: {4}.*\n)+/gm)].map(([text], i) =>
    text.replace('suggested', `suggested-${i}`),
  )
  writeFileSync(path.replace('.yaml', '.cases.yaml'), CASES + suggested.join(''))
  const again = JSON.parse((await threshold(['policy', 'test', '--json', path])).stdout)
  t.ok(suggested.length > 20)
  t.same(again[0].problems, [])
  t.equal(again[0].survivors.filter(({ suggestion }: { suggestion: string | null }) => suggestion).length, 0)
})

t.test('a policy without cases, with a failing case or with a mistake is not measured', async (t) => {
  const table: [cases: string | null, says: RegExp][] = [
    [null, /there are no cases/],
    [CASES.replace('level: N', 'level: P'), /the case two fails/],
    [CASES.replace('R2]', 'R99]'), /unknown-code/],
  ]
  for (const [cases, says] of table) {
    const { status, stdout } = await threshold(['policy', 'test', written(t, cases)])
    t.equal(status, 1, stdout)
    t.match(stdout, says)
  }
})

t.test('a file that is not there is another thing than a gap', async (t) => {
  const { status, stdout } = await threshold(['policy', 'test', 'policies/nosuch.yaml'])
  t.equal(status, 2)
  t.match(stdout, /nosuch\.yaml: cannot be read/)
})
