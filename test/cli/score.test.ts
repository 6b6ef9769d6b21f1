import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { levelFour, levelThree, low, type ReferralBody, withheld } from '../support/referrals.ts'

const POLICY = ['--policy', 'policies/northmoor/2026-04.yaml']
const folder = temporaryFolder(t)

/** The referrals here speak of this November, and the command reads the real clock: no date is left in them. */
function undated(body: ReferralBody): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(/,"date":"[^"]*"/g, ''))
}

function file(name: string, ...bodies: unknown[]): string {
  const path = join(folder, name)
  writeFileSync(path, bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body))).join('\n'))
  return path
}

const good = file('good.json', undated(levelFour()))

t.test('a referral is scored for a person to read: level, response, reason with its citation', async (t) => {
  const { status, stdout, stderr } = await threshold(['score', good, ...POLICY])
  t.match({ status, stderr }, { status: 0, stderr: '' })
  t.match(stdout, /a: Child Protection and acute need .* Strategy discussion under section 47/)
  t.match(stdout, /because .*\[northmoor@2026-04, C7 Physical abuse ¶C7\.6\]/)
})

t.test('--json gives one line for each referral', async (t) => {
  const { status, stdout } = await threshold(['score', good, file('low.json', undated(low())), '--json', ...POLICY])
  t.equal(status, 0)
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(lines, [
    { from: good, recommendations: [{ child: 'a', level: { code: 'L4' }, pins: { policy: 'northmoor' } }] },
    { recommendations: [{ level: { code: 'L1' } }] },
  ])
})

t.test('NDJSON is read line by line, and what is wrong with one does not stop the others', async (t) => {
  const path = file('many.ndjson', undated(low()), '', '{"broken', { ...low(), children: [] }, undated(levelThree()))
  const { status, stdout } = await threshold(['score', path, '--json', ...POLICY])
  t.equal(status, 1)
  t.match(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { from: `${path}:1`, recommendations: [{ level: { code: 'L1' } }] },
      { from: `${path}:3`, wrong: [/not well-formed/] },
      { from: `${path}:4`, wrong: [/^\/children /] },
      { from: `${path}:5`, recommendations: [{ level: { code: 'L3' } }] },
    ],
  )
})

t.test('the exit status says what came of it', async (t) => {
  const unusable: [string, unknown, RegExp][] = [
    ['misspelt.json', { ...low(), immediatedanger: true }, /immediatedanger/],
    ['indicator.json', JSON.stringify(undated(low())).replace('EXP-03', 'EXP-99'), /EXP-99/],
    ['duplicate.json', JSON.stringify(low()).replace('{', '{"immediateDanger":true,'), /twice/],
    ['nothing.json', '', /not well-formed/],
  ]
  for (const [name, body, says] of unusable) {
    const { status, stdout } = await threshold(['score', file(name, body), ...POLICY])
    t.equal(status, 1, name)
    t.match(stdout, says, name)
  }
  const withheldFile = file('withheld.json', undated(withheld()))
  const held = await threshold(['score', withheldFile, good, ...POLICY])
  t.equal(held.status, 3, 'a recommendation is withheld')
  t.match(held.stdout, /withheld, for a person to look at/)
  t.match(held.stdout, /Strategy discussion/, 'and the other is scored all the same')
  t.equal((await threshold(['score', withheldFile, file('b.json', '{'), ...POLICY])).status, 1, 'the worse of the two')
})

t.test('a policy that is none is 2, with what is wrong with it', async (t) => {
  const text = readFileSync(join(ROOT, 'policies/northmoor/2026-04.yaml'), 'utf8')
  const policy = file('policy.yaml', text.replace('levels:', 'levles:'))
  const { status, stdout } = await threshold(['score', good, '--policy', policy])
  t.equal(status, 2)
  t.match(stdout, /policy\.yaml:\d+:\d+ .*levles/)
})

t.test('a file that is not there is named, without frames', async (t) => {
  for (const args of [
    ['nosuch.json', ...POLICY],
    ['nosuch.ndjson', ...POLICY],
    [good, '--policy', 'nosuch.yaml'],
  ]) {
    const { status, stdout, stderr } = await threshold(['score', ...args])
    t.ok(status !== 0 && status !== 3, `${args[0]}: ${status}`)
    t.match(stdout + stderr, /nosuch\.(nd)?(json|yaml)/)
    t.notMatch(stdout + stderr, /^\s+at /m)
  }
})

t.test('nothing is stored: no folder of data is made', async (t) => {
  const { existsSync } = await import('node:fs')
  const DATA_DIR = join(folder, 'data')
  t.equal((await threshold(['score', good, ...POLICY], { DATA_DIR })).status, 0)
  t.equal(existsSync(DATA_DIR), false)
})
