import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder, threshold } from '../support/command.ts'
import { siblings } from '../support/referrals.ts'

const POLICY = ['--policy', 'policies/northmoor/2026-04.yaml']
const folder = temporaryFolder(t)

/** The command reads the real clock: no date is left in the referral. */
function file(name: string, body: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(body).replaceAll(/,"date":"[^"]*"/g, ''))
  return path
}

const good = file('good.json', siblings())

t.test('a referral is explained as text, for a screener where nothing is said', async (t) => {
  const { status, stdout, stderr } = await threshold(['explain', good, '--child', 'older', ...POLICY])
  t.match({ status, stderr }, { status: 0, stderr: '' })
  t.match(stdout, /^Why the document places the child “older” where it does\n=+\n/)
  t.match(stdout, /C7 Physical abuse, paragraph C7\.6, page 28 \(PHY-06\)/)
  t.notMatch(stdout, /“younger”/)
})

t.test('for other readers, and as data or as a page', async (t) => {
  const page = await threshold(['explain', good, '--audience', 'panel', '--format', 'html', ...POLICY])
  t.equal(page.status, 0)
  t.equal(page.stdout.match(/<article/g)?.length, 2, 'one article for each child')
  const data = await threshold(['explain', good, '--audience', 'referrer', '--format', 'json', ...POLICY])
  t.match(JSON.parse(data.stdout), {
    explanations: [{ child: 'older', audience: 'referrer', explanation: null }, { child: 'younger' }],
  })
})

t.test('what cannot be explained is said, with a status of its own', async (t) => {
  const nobody = await threshold(['explain', good, '--child', 'nobody', ...POLICY])
  t.equal(nobody.status, 1)
  t.match(nobody.stdout, /no child nobody/)
  const wrong = await threshold(['explain', file('wrong.json', { ...siblings(), colour: 'x' }), ...POLICY])
  t.equal(wrong.status, 1)
  t.match(wrong.stdout, /colour/)
  const policy = await threshold(['explain', good, '--policy', file('policy.yaml', {})])
  t.equal(policy.status, 2)
  const reader = await threshold(['explain', good, '--audience', 'press', ...POLICY])
  t.not(reader.status, 0)
  t.match(reader.stderr, /screener, referrer, panel/)
})
