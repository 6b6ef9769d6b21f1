import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { policyCompare } from '../../src/cli/commands/policy-compare.ts'
import { policyRehearse } from '../../src/cli/commands/policy-rehearse.ts'
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

/** The command within this process, so that it need not be started for each row. */
async function rehearse(file: string | undefined, options: object): Promise<{ status: number; said: string }> {
  let said = ''
  const given = { seed: '1', as: 'author', authority: 'northmoor', ...options }
  const status = await policyRehearse(file, given, (line) => {
    said += `${line}\n`
  })
  return { status, said }
}

t.test('the cases of a draft are compared with the policy in force', async (t) => {
  const draft = withDraft(t)
  const { status, stdout } = await threshold(['policy', 'rehearse', draft, '--against', IN_FORCE])
  t.equal(status, 3, 'somebody would go down')
  t.match(stdout, /L3 → L2, section-17-assessment → early-help-assessment; less than before: level, response/)
  t.match(stdout, /\d+ children in the cases, \d+ placed otherwise, [1-9]\d* with less than before\n$/)
  const json = JSON.parse((await rehearse(draft, { against: IN_FORCE, json: true })).said)
  t.ok(json.total > json.moved.length && json.moved.length > 0)
  const broken = withDraft(t, { policy: 'format: nothing', cases: '' })
  t.match(await rehearse(broken, { against: IN_FORCE }), { status: 1, said: /2027-04\.yaml:1:\d+ / })
})

t.test('a policy beside itself moves nobody', async (t) => {
  const found = await rehearse(IN_FORCE, { against: IN_FORCE })
  t.match(found, { status: 0, said: /^\d+ children in the cases, 0 placed otherwise, 0 with less/ })
})

t.test('what cannot be rehearsed is said, with what to give', async (t) => {
  await t.rejects(rehearse(undefined, {}), { message: /Give one of a policy file, --draft or --resume/ })
  await t.rejects(rehearse(IN_FORCE, { draft: 'x' }), { message: /Give one of/ })
  await t.rejects(rehearse(IN_FORCE, {}), { message: /--against: give the policy file/ })
})

t.test('one referral under the policies of two authorities', async (t) => {
  const referral = 'examples/referrals/northmoor/05-emergency-bruised-baby.json'
  const other = 'policies/saltmere/2026-01.yaml'
  const compare = (second: string, file: string, options = {}): { status: number; said: string } => {
    let said = ''
    const status = policyCompare([IN_FORCE, second], file, options, (line) => {
      said += `${line}\n`
    })
    return { status, said }
  }
  const { status, stdout } = await threshold(['policy', 'compare', IN_FORCE, other, referral])
  t.equal(status, 0, stdout)
  t.match(stdout, /northmoor@2026-04: .+ — .+\n {2}saltmere@2026-01: .+ — .+/)
  const policies = ['northmoor@2026-04', 'saltmere@2026-01']
  const json = JSON.parse(compare(other, referral, { json: true }).said)
  t.match(json, { policies, children: [{ before: { outcome: 'recommended' } }] })
  t.match(compare(other, IN_FORCE), { status: 1, said: /2026-04\.yaml/ }, 'a policy is no referral')
  const broken = withDraft(t, { policy: 'format: nothing', cases: '' })
  t.equal(compare(broken, referral).status, 2)
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
