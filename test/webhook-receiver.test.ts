// The receiver of the guide, carried out: it takes what we send, and nothing that anybody else could send.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import t from 'tap'
import { type Message, type Sending, send } from '../src/features/webhooks/send.ts'
import { ROOT } from './support/command.ts'

const FILE = 'examples/webhook-receiver.mjs'
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

t.test('the guide shows the receiver as it is', async (t) => {
  const guide = readFileSync(`${ROOT}docs/guides/webhooks.md`, 'utf8')
  t.ok(guide.includes(`\`\`\`js\n${readFileSync(`${ROOT}${FILE}`, 'utf8')}\`\`\``))
})

t.test('the receiver takes what is signed with its secret, once, and refuses the rest', async (t) => {
  const receiver = spawn(process.execPath, [FILE], {
    cwd: ROOT,
    env: { WEBHOOK_SECRET: SECRET, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => receiver.kill())
  const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]()
  const said = async (): Promise<string> => (await lines.next()).value ?? ''
  const port = /^listening (\d+)$/.exec(await said())?.[1]
  const post = (given: Partial<Message>, at = Date.now()) => {
    const event = { id: 'a-1', type: 'threshold.referral.received.v1', subject: 'referrals/1', data: { referral: '1' } }
    const message = { id: 'a-1', url: `http://127.0.0.1:${port}/`, body: JSON.stringify(event), secrets: [SECRET] }
    const sending: Sending = {
      rules: { allow: ['127.0.0.1'], allowsHttp: true, timeoutMs: 5000 },
      now: new Date(at).toISOString(),
      signal: new AbortController().signal,
    }
    return send({ ...message, ...given }, sending)
  }
  const taken = { status: 204, error: null }
  const refused = { status: 401, error: 'status' }
  t.strictSame(await post({ secrets: [OTHER] }), refused, 'signed with another secret')
  t.strictSame(await post({}, Date.now() - 3_600_000), refused, 'signed an hour ago')
  t.strictSame(await post({ secrets: [OTHER, SECRET] }), taken, 'signed with both, as in the day after a rotation')
  t.strictSame(await post({}), taken, 'and again')
  t.strictSame(await post({ id: 'a-2', body: '{"id":"a-2","type":"next","subject":"s","data":{}}' }), taken)
  t.equal(await said(), 'threshold.referral.received.v1 referrals/1 {"referral":"1"}')
  t.equal(await said(), 'next s {}', 'what came twice was said once')
})
