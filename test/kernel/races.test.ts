// The same intent many times, at once or much later, and two intents at once: rows 87 to 96, over REST and over GraphQL alike.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { judged, received, recommended } from '../support/flow.ts'
import { wrapped } from '../support/posting.ts'
import { RawConnection, rawRequest } from '../support/raw.ts'
import { acceptance, levelFour, levelTwo, low, withChild } from '../support/referrals.ts'
import { rowsOf, type Tried } from '../support/rows.ts'
import { type Answer, type Call, SURFACES, type Surface } from '../support/surfaces.ts'
import { type Account, type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
await world.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = world.app.server.address() as AddressInfo
const rows = rowsOf(t, 'test/kernel/races.test.ts', 'doubled')

interface Here {
  readonly la: Authority
  readonly on: Call
  readonly surface: Surface
}

async function over(run: (here: Here) => Promise<void>): Promise<void> {
  for (const surface of SURFACES) {
    const la = await world.authority()
    await run({ la, surface, on: (who, operation, request) => la.call(surface, who, operation, request) })
  }
}

const countOf = async (table: string, { id }: Authority): Promise<number> =>
  Number((await world.sql(`select count(*)::int as n from ${table} where authority_id = $1`, [id]))[0]?.['n'])

/** A request to receive a referral, as bytes of HTTP. */
function bytes({ la, surface }: Here, key: string, body: object = low(), who: Account = la.accounts.referrer): string {
  const text = wrapped(surface, JSON.stringify(body))
  const lines = [
    `POST ${surface === 'REST' ? '/v1/referrals' : '/graphql'} HTTP/1.1`,
    'Host: here',
    `Authorization: Bearer ${who.token}`,
    'Content-Type: application/json',
    `Idempotency-Key: ${key}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}

const codes = (answers: readonly Answer[]): string =>
  answers
    .map(({ status, code }) => `${status}${code ? ` ${code}` : ''}`)
    .sort()
    .join(', ')

rows.row(87, 'one row, and all are answered alike', (tried: Tried) =>
  over(async (here) => {
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 50 }, () => rawRequest(port, bytes(here, key))))
    const kinds = new Set(answers.map(({ status }) => status))
    tried(
      [...kinds].every((status) => status === 409 || (status >= 200 && status < 300)),
      `${here.surface}: ${[...kinds]}`,
    )
    const done = answers.filter(({ status }) => status < 300)
    tried(new Set(done.map(({ body }) => body)).size === 1, `${here.surface}: ${done.length} answers are one`)
    tried((await countOf('referrals', here.la)) === 1, `${here.surface}: one referral`)
    tried((await countOf('idempotency_keys', here.la)) === 1, `${here.surface}: one outcome`)
  }),
)

rows.row(88, 'refused, at once and later', (tried: Tried) =>
  over(async ({ la, on, surface }) => {
    const key = randomUUID()
    const both = await Promise.all([low(), levelTwo()].map((body) => on('referrer', 'receiveReferral', { body, key })))
    tried(codes(both) === '201, 422 idempotency_mismatch', `${surface}: ${codes(both)}`)
    const later = await on('referrer', 'receiveReferral', { body: levelFour(), key })
    tried(later.code === 'idempotency_mismatch', `${surface}: a third`)
    tried((await countOf('referrals', la)) === 1, `${surface}: one referral`)
  }),
)

rows.row(89, 'each has its own', (tried: Tried) =>
  over(async ({ la, on, surface }) => {
    const key = randomUUID()
    const other = await world.authority()
    const answers = await Promise.all([
      on('referrer', 'receiveReferral', { body: low(), key }),
      on('otherReferrer', 'receiveReferral', { body: low(), key }),
      other.call(surface, 'referrer', 'receiveReferral', { body: low(), key }),
      other.call(surface, 'referrer', 'receiveReferral', { body: low(), key }),
    ])
    const ids = new Set(answers.map(({ data }) => data?.referral.id))
    tried(ids.size === 3 && codes(answers) === '201, 201, 201, 201', `${surface}: three referrals of four requests`)
    tried((await countOf('referrals', la)) === 2, `${surface}: two of one authority`)
    tried((await countOf('referrals', other)) === 1, `${surface}: and one of the other`)
  }),
)

rows.row(90, 'refused, and nothing is done', (tried: Tried) =>
  over(async ({ la, on, surface }) => {
    const refused = await on('referrer', 'receiveReferral', { body: low(), key: null })
    tried(refused.status === 400 && refused.code === 'idempotency_key_required', surface)
    tried((await countOf('referrals', la)) === 0, `${surface}: no referral`)
  }),
)

rows.row(91, 'one decision, and the other is told', (tried: Tried) =>
  over(async ({ la, on, surface }) => {
    const [recommendation] = await recommended(on, levelFour())
    const params = { recommendationId: recommendation.id }
    const deciders = ['screener', 'secondScreener', 'supervisor', 'secondSupervisor'] as const
    for (const who of deciders) await judged(on, who, recommendation)
    const answers = await Promise.all(
      deciders.map((who) => on(who, 'recordDecision', { params, body: acceptance(recommendation) })),
    )
    tried(codes(answers) === '201, 409 already_decided, 409 already_decided, 409 already_decided', codes(answers))
    tried((await countOf('decisions', la)) === 1, `${surface}: one decision`)
  }),
)

rows.row(92, 'refused, until it is computed again', (tried: Tried) =>
  over(async ({ on, surface }) => {
    const [recommendation] = await recommended(on, low())
    await judged(on, 'screener', recommendation)
    const { referralId } = recommendation
    const body = { basedOn: 1, reason: 'News', content: levelFour() }
    await on('referrer', 'reviseReferral', { params: { referralId }, body })
    const params = { recommendationId: recommendation.id }
    const refused = await on('screener', 'recordDecision', { params, body: acceptance(recommendation) })
    tried(refused.status === 409 && refused.code === 'stale_recommendation', `${surface}: ${refused.code}`)
  }),
)

rows.row(93, 'both are kept, and linked', (tried: Tried) =>
  over(async ({ la, on, surface }) => {
    const child = {
      name: { given: 'Ada', family: 'Quillfeather' },
      identifiers: [{ scheme: 'nhs', value: '9434765919' }],
    }
    const answers = await Promise.all(
      (['referrer', 'otherReferrer', 'system'] as const).map((who) =>
        on(who, 'receiveReferral', { body: withChild(low(), child) }),
      ),
    )
    tried(codes(answers) === '201, 201, 201', `${surface}: ${codes(answers)}`)
    const ids = answers.map(({ data }) => data.referral.id)
    const { data } = await on('screener', 'childMatches', { params: { referralId: ids[0], child: 'a' } })
    const found = data.candidates.map((one: { referralId: string }) => one.referralId).sort()
    tried(found.join() === ids.slice(1).sort().join(), `${surface}: each finds the others`)
    tried((await countOf('referrals', la)) === 3, `${surface}: three referrals`)
  }),
)

rows.row(
  94,
  'the decision names the policy that was in force when it was recommended, and both are kept',
  (tried: Tried) =>
    over(async ({ la, on, surface }) => {
      const [recommendation] = await recommended(on, levelTwo())
      await judged(on, 'supervisor', recommendation)
      await la.publishChanged('northmoor/2026-04', (text) => text.replace('version: "2026-04"', 'version: "2026-05"'))
      const params = { recommendationId: recommendation.id }
      const decided = await on('supervisor', 'recordDecision', { params, body: acceptance(recommendation) })
      const again = await on('supervisor', 'recommendation', { params })
      const isPinned =
        JSON.stringify(again.data?.pins ?? again.data?.content) ===
        JSON.stringify(recommendation.pins ?? recommendation.content)
      tried(
        decided.status === 201 || decided.code === 'stale_recommendation',
        `${surface}: ${decided.code ?? 'decided'}`,
      )
      tried(again.status === 200 && isPinned, `${surface}: what was recommended stands as it was`)
    }),
)

rows.row(95, 'the first answer', (tried: Tried) =>
  over(async ({ la, on, surface }) => {
    const key = randomUUID()
    const { now } = world.clock
    const first = await on('referrer', 'receiveReferral', { body: low(), key })
    world.clock.now = now + 400 * 24 * 3600_000
    const again = await on('referrer', 'receiveReferral', { body: low(), key })
    world.clock.now = now
    tried(again.text === first.text && again.status === 201, `${surface}: to the byte`)
    tried((await countOf('referrals', la)) === 1, `${surface}: one referral`)
  }),
)

rows.row(96, 'twenty repeats, and nothing is doubled', (tried: Tried) =>
  over(async (here) => {
    const { la, surface } = here
    const key = randomUUID()
    const id = await received(here.on, low())
    const before = await countOf('audit_entries', la)
    for (let time = 0; time < 20; time++) {
      const cut = new RawConnection(port)
      await cut.write(bytes(here, key, levelTwo()))
      // Some are cut before they are read, some while they are carried out, some after the commit.
      if (time % 3 === 1) await new Promise((resolve) => setImmediate(resolve))
      if (time % 3 === 2) await cut.untilSaid('HTTP/1.1')
      cut.socket.destroy()
    }
    const { status } = await rawRequest(port, bytes(here, key, levelTwo()))
    tried(status < 300, `${surface}: the last is answered`)
    tried((await countOf('referrals', la)) === 2, `${surface}: one referral besides ${id.slice(0, 4)}…`)
    tried((await countOf('audit_entries', la)) === before + 1, `${surface}: one entry of the log`)
  }),
)
rows.end()
