import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { skipKills } from '../support/database.ts'
import { openService, type Service } from './service.ts'

const REFERRAL = readFileSync(new URL('../../examples/first-request.json', import.meta.url), 'utf8')
const VIEWS = (JSON.parse(REFERRAL) as { children: { id: string }[] }).children.map(({ id: child }) => ({
  child,
  level: 'L3',
  indicators: [],
  reasons: 'Read.',
}))
const KILLS = 3
const WRITERS = 8
const WRITING_MS = 1500
/** On a machine that has much else to do it is written for longer, until so many more were acknowledged. */
const WRITES_MIN = 16

/** What a client knows of a request that it sent: answered, or not known. Its key is the same at each attempt. */
interface Sent {
  readonly path: string
  readonly key: string
  readonly body: string | undefined
  answer: Record<string, unknown> | undefined
}

const durable = { skip: skipKills() }
t.test(
  'a service killed while it writes loses nothing that it acknowledged and doubles nothing',
  durable,
  async (t) => {
    const service = await openService(t)
    const token = await service.token('supervisor')
    const history: Sent[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      await service.start()
      const writers = Array.from({ length: WRITERS }, () => write(service, token, history))
      await underWay(history)
      await service.kill()
      await Promise.all(writers)
    }
    await service.start()
    const acknowledged = history.filter(({ answer }) => answer !== undefined)
    const unknown = history.filter(({ answer }) => answer === undefined)
    t.comment(`${KILLS} kills, ${acknowledged.length} writes acknowledged, ${unknown.length} not known`)
    t.ok(acknowledged.length >= KILLS * WRITES_MIN, 'something was written before each kill')

    const before = new Map(acknowledged.map((sent) => [sent.key, JSON.stringify(sent.answer)]))
    for (const sent of history) await send(service, token, sent)
    t.ok(
      history.every(({ answer }) => answer !== undefined),
      'every request can be repeated to its end',
    )
    for (const { key, answer } of acknowledged)
      t.equal(JSON.stringify(answer), before.get(key), 'and answers as it did')

    const count = (ending: string) =>
      new Set(history.filter(({ path }) => path.endsWith(ending)).map(({ key }) => key)).size
    t.equal(await countAll(service, token, 'referrals'), count('/v1/referrals'), 'one referral for each intent')
    t.equal(await countAll(service, token, 'decisions'), count('/decision'), 'one decision for each intent')
    t.equal(await service.stop(), 0, 'SIGTERM ends it in good order')
    const { status, output } = service.run('audit', 'verify')
    t.equal(status, 0, `the log verifies: ${output}`)
  },
)

/** Until the writers have written for a while, and something. */
async function underWay(history: readonly Sent[]): Promise<void> {
  const written = () => history.filter(({ answer }) => answer !== undefined).length
  const before = written()
  do await new Promise((resolve) => setTimeout(resolve, WRITING_MS))
  while (written() < before + WRITES_MIN)
}

/** Receives, recommends and decides, one after the other, until the service no longer answers. */
async function write(service: Service, token: string, history: Sent[]): Promise<void> {
  const step = async (path: string, body?: string): Promise<Record<string, unknown>> => {
    const sent: Sent = { path, key: randomUUID(), body, answer: undefined }
    history.push(sent)
    await send(service, token, sent)
    if (!sent.answer) throw new Error('not known')
    return sent.answer
  }
  try {
    for (;;) {
      const { referral } = (await step('/v1/referrals', REFERRAL)) as { referral: { id: string } }
      await step(`/v1/referrals/${referral.id}/judgements`, JSON.stringify({ revision: 1, children: VIEWS }))
      const { recommendations } = (await step(`/v1/referrals/${referral.id}/recommendations`)) as {
        recommendations: {
          id: string
          child: string
          content: { level: { code: string }; responses: { code: string }[] }
        }[]
      }
      for (const { id, content } of recommendations) {
        const decision = { level: content.level.code, response: content.responses[0]?.code, rationale: 'I agree.' }
        await step(`/v1/recommendations/${id}/decision`, JSON.stringify(decision))
      }
    }
  } catch {
    // The service was killed: what is not known is tried again after the restart, with the same key.
  }
}

async function send(service: Service, token: string, sent: Sent): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': sent.key, 'content-type': 'application/json' }
  const response = await fetch(`${service.url}${sent.path}`, {
    method: 'POST',
    headers,
    ...(sent.body ? { body: sent.body } : {}),
  })
  if (!response.ok) throw new Error(`${sent.path}: ${response.status} ${await response.text()}`)
  sent.answer = (await response.json()) as Record<string, unknown>
}

async function countAll(service: Service, token: string, list: string): Promise<number> {
  let count = 0
  let after = ''
  for (;;) {
    const response = await fetch(`${service.url}/v1/${list}?first=100${after}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await response.json()) as { edges: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
    count += page.edges.length
    if (!page.pageInfo.hasNextPage) return count
    after = `&after=${page.pageInfo.endCursor}`
  }
}
