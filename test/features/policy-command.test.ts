// The command line against a running service: files go in and come out again as they were.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { OAKHAVEN } from '../support/policy-flow.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const url = await world.app.listen({ port: 0, host: '127.0.0.1' })

t.test('a policy with its base and cases is imported, and exported byte for byte', async (t) => {
  const la = await world.authority()
  const settings = { THRESHOLD_URL: url, THRESHOLD_TOKEN: la.accounts.author.token }
  const imported = await threshold(['policy', 'import', 'policies/oakhaven/2026-02.yaml'], settings)
  t.match(imported, { status: 0, stderr: '' }, imported.stdout)
  const [, draft = ''] = /^draft (\S+) revision 1\n$/.exec(imported.stdout) ?? []
  const folder = temporaryFolder(t)
  const exported = await threshold(['policy', 'export', draft, '--to', folder], settings)
  t.match(exported, { status: 0, stderr: '' }, exported.stdout)
  for (const [file, text] of [
    ['oakhaven/2026-02.yaml', OAKHAVEN.policy],
    ['oakhaven/2026-02.cases.yaml', OAKHAVEN.cases],
    ['greatvale/2025-09.yaml', OAKHAVEN.base],
  ] as const)
    t.equal(readFileSync(join(folder, file), 'utf8'), text, file)
  writeFileSync(join(folder, 'oakhaven/2026-02.yaml'), 'mine')
  const again = await threshold(['policy', 'export', draft, '--to', folder], settings)
  t.match(again, { status: 1, stderr: /other content/ })
  t.equal(readFileSync(join(folder, 'oakhaven/2026-02.yaml'), 'utf8'), 'mine', 'what is there is left alone')
})

t.test('a draft is revised from a file, a version is exported, and a refusal is said', async (t) => {
  const la = await world.authority()
  const settings = { THRESHOLD_URL: url, THRESHOLD_TOKEN: la.accounts.author.token }
  const { data } = await la.call('REST', 'author', 'createPolicyDraft', { body: { files: { policy: 'a: 1' } } })
  const file = 'policies/northmoor/2026-04.yaml'
  const revise = ['policy', 'import', file, '--draft', data.draft.id, '--based-on', '1', '--reason', 'Once more.']
  t.match(await threshold(revise, settings), { status: 0, stdout: `draft ${data.draft.id} revision 2\n` })
  t.match(await threshold(revise, settings), { status: 1, stdout: /revision_conflict/ })
  const folder = temporaryFolder(t)
  t.equal((await threshold(['policy', 'export', 'northmoor@2026-04', '--to', folder], settings)).status, 0)
  t.ok(readFileSync(join(folder, 'northmoor/2026-04.yaml')).equals(readFileSync(join(ROOT, file))))
})

t.test('bytes that are not UTF-8 are refused, not mended', async (t) => {
  const folder = join(temporaryFolder(t), 'northmoor')
  mkdirSync(folder)
  const file = join(folder, '2026-04.yaml')
  const text = readFileSync(join(ROOT, 'policies/northmoor/2026-04.yaml'))
  writeFileSync(file, Buffer.concat([text, Buffer.from([0x23, 0xff, 0xfe, 0x0a])]))
  t.match(await threshold(['policy', 'import', file], { THRESHOLD_URL: url, THRESHOLD_TOKEN: 'x' }), {
    status: 1,
    stderr: /not UTF-8/,
  })
})
