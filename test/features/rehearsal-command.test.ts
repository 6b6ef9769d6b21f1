import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { ROOT } from '../support/command.ts'
import { received } from '../support/flow.ts'
import { levelThree } from '../support/referrals.ts'
import { carriedOut, drafted, LOWERED } from '../support/rehearsing.ts'
import type { Call } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

// The service here has no worker: a rehearsal waits until the test carries it out.

const world = await openWorld(t)
await world.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = world.app.server.address() as AddressInfo
const la = await world.authority()
const on: Call = (...args) => la.call('REST', ...args)
for (let i = 0; i < 4; i++) await received(on, levelThree())
const draft = await drafted(on, LOWERED)

/** `threshold policy rehearse …`, with what it says so far. */
function rehearse(...args: readonly string[]): ChildProcess & { said: { out: string; err: string } } {
  const { PATH = '', HOME = '' } = process.env
  const settings = { THRESHOLD_URL: `http://127.0.0.1:${port}`, THRESHOLD_TOKEN: la.accounts.author.token }
  const child = spawn(process.execPath, ['src/cli/main.ts', 'policy', 'rehearse', ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...settings },
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  return Object.assign(child, { said })
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 20))
}

t.test('Ctrl-C cancels, and says how to go on; going on shows the end', async (t) => {
  const first = rehearse('--draft', draft)
  await until(() => first.said.err.includes('0 of 4 referrals'))
  t.equal(first.said.err, '  0 % 0 of 4 referrals\n', 'one line, where nobody watches')
  first.kill('SIGINT')
  t.strictSame(await once(first, 'close'), [130, null])
  const [, id = ''] = /threshold policy rehearse --resume ([0-9a-f-]{36})/.exec(first.said.err) ?? []
  t.match((await on('author', 'rehearsal', { params: { rehearsalId: id } })).data, { state: 'cancelled' })

  const second = rehearse('--resume', id)
  await until(() => second.said.err.includes('0 of 4 referrals'))
  await carriedOut(world, la.id)
  t.strictSame(await once(second, 'close'), [3, null], 'somebody would go down')
  t.match(second.said.err, /^ {2}0 % 0 of 4 referrals\n(.*\n)*100 % 4 of 4 referrals\n$/)
  t.match(second.said.out, /4 referrals: 4 children down \(4 not accepted\), 0 withheld, 0 stated/)
  t.match(second.said.out, id)
})

t.test('a period, a sample and a version are passed on, and the result comes as JSON', async (t) => {
  const against = ['--against', 'northmoor@2026-04', '--from', '2026-01-01T00:00:00Z']
  const command = rehearse('--draft', draft, ...against, '--sample', '3', '--seed', '7', '--json')
  await until(() => command.said.err.includes('0 of 3 referrals'))
  await carriedOut(world, la.id)
  t.strictSame(await once(command, 'close'), [3, null])
  t.match(JSON.parse(command.said.out), {
    rehearsal: { state: 'completed', sampleSize: 3, sampleSeed: 7, receivedFrom: '2026-01-01T00:00:00.000Z', down: 3 },
    result: { referrals: 3, children: null, levels: { whole: [] } },
  })
})

t.test('a refusal is said in words', async (t) => {
  const command = rehearse('--draft', draft, '--against', 'northmoor@1999')
  t.strictSame(await once(command, 'close'), [1, null])
  t.match(command.said.err, /There is no such policy version/)
})
