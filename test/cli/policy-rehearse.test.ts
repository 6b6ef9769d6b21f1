import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { progressOn } from '../../src/cli/progress.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { draftFiles, LOWERED } from '../support/rehearsing.ts'

const IN_FORCE = 'policies/northmoor/2026-04.yaml'

/** The shipped policies with a next version of Northmoor's, and its cases. */
function withDraft(t: Parameters<typeof temporaryFolder>[0], files = draftFiles(LOWERED)): string {
  const folder = temporaryFolder(t)
  cpSync(join(ROOT, 'policies'), folder, { recursive: true })
  const draft = join(folder, 'northmoor/2027-04.yaml')
  writeFileSync(draft, files.policy)
  writeFileSync(draft.replace('.yaml', '.cases.yaml'), files.cases)
  return draft
}

t.test('the cases of a draft are compared with the policy in force', async (t) => {
  const draft = withDraft(t)
  const { status, stdout } = await threshold(['policy', 'rehearse', draft, '--against', IN_FORCE])
  t.equal(status, 3, 'somebody would go down')
  t.match(stdout, /L3 → L2, section-17-assessment → early-help-assessment; less than before: level, response/)
  t.match(stdout, /\d+ children in the cases, \d+ placed otherwise, [1-9]\d* with less than before\n$/)
  const json = JSON.parse((await threshold(['policy', 'rehearse', draft, '--against', IN_FORCE, '--json'])).stdout)
  t.ok(json.total > json.moved.length && json.moved.length > 0)
})

t.test('a policy beside itself moves nobody', async (t) => {
  const { status, stdout } = await threshold(['policy', 'rehearse', IN_FORCE, '--against', IN_FORCE])
  t.match({ status, stdout }, { status: 0, stdout: /^\d+ children in the cases, 0 placed otherwise, 0 with less/ })
})

t.test('what cannot be rehearsed is said, with what to give', async (t) => {
  const broken = withDraft(t, { policy: 'format: nothing', cases: '' })
  const rows: [string[], number, RegExp][] = [
    [[], 1, /Give one of a policy file, --draft or --resume/],
    [[IN_FORCE, '--draft', 'x'], 1, /Give one of/],
    [[IN_FORCE], 1, /--against: give the policy file/],
    [[broken, '--against', IN_FORCE], 1, /2027-04\.yaml:1:\d+ /],
  ]
  for (const [args, expected, words] of rows) {
    const { status, stdout, stderr } = await threshold(['policy', 'rehearse', ...args])
    t.match({ status, said: stdout + stderr }, { status: expected, said: words }, args.join(' '))
  }
})

t.test('one referral under the policies of two authorities', async (t) => {
  const referral = 'examples/referrals/northmoor/05-emergency-bruised-baby.json'
  const command = ['policy', 'compare', IN_FORCE, 'policies/saltmere/2026-01.yaml', referral]
  const { status, stdout } = await threshold(command)
  t.equal(status, 0, stdout)
  t.match(stdout, /northmoor@2026-04: .+ — .+\n {2}saltmere@2026-01: .+ — .+/)
  const json = JSON.parse((await threshold([...command, '--json'])).stdout)
  t.match(json, {
    policies: ['northmoor@2026-04', 'saltmere@2026-01'],
    children: [{ before: { outcome: 'recommended' } }],
  })
  t.equal((await threshold(['policy', 'compare', IN_FORCE, IN_FORCE, IN_FORCE])).status, 1, 'a policy is no referral')
  const broken = withDraft(t, { policy: 'format: nothing', cases: '' })
  t.equal((await threshold(['policy', 'compare', IN_FORCE, broken, referral])).status, 2)
})

t.test('progress is a bar on a terminal, and a line for each tenth elsewhere', async (t) => {
  const shown = (isTTY: boolean, steps: readonly number[], total: number): string => {
    let text = ''
    const progress = progressOn({ isTTY, write: (part) => (text += part) }, 'referrals')
    for (const done of steps) progress.show(done, total)
    progress.end()
    return text
  }
  t.equal(
    shown(true, [0, 15], 30),
    `\r[${'.'.repeat(30)}]   0 % 0 of 30 referrals\r[${'#'.repeat(15)}${'.'.repeat(15)}]  50 % 15 of 30 referrals\n`,
  )
  t.equal(
    shown(false, [0, 1, 2, 10, 11, 20], 20),
    '  0 % 0 of 20 referrals\n 10 % 2 of 20 referrals\n 50 % 10 of 20 referrals\n100 % 20 of 20 referrals\n',
  )
  t.equal(shown(false, [0], 0), '100 % 0 of 0 referrals\n', 'nothing to do is all done')
  t.equal(shown(true, [], 5), '')
})
