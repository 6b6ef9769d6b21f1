// Nothing of a referral stands in the log: neither names, dates of birth, identifiers nor narrative, whatever happens.
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { judged, received, recommended } from '../support/flow.ts'
import { acceptance, child, referral } from '../support/referrals.ts'
import { SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()

/** Words that occur nowhere else. */
const CANARIES = {
  given: 'Zebedee',
  family: 'Quillfeather',
  dateOfBirth: '2017-07-19',
  identifier: '999 777 5553',
  reason: 'Heliotrope narrative',
  voice: 'Marmalade voice',
  evidence: 'Tangerine evidence',
  agency: 'Periwinkle Agency',
  email: 'ochre@canary.example',
  address: 'Vermilion Crescent',
  concern: 'Cerulean concern',
  rationale: 'Saffron rationale',
  change: 'Magenta change',
} as const

const content = (more: Record<string, unknown> = {}) =>
  referral(
    [
      child([], {
        name: { given: CANARIES.given, family: CANARIES.family },
        dateOfBirth: CANARIES.dateOfBirth,
        identifiers: [{ scheme: 'nhs', value: CANARIES.identifier }],
        voice: CANARIES.voice,
        otherConcerns: [CANARIES.concern],
        findings: [
          {
            indicator: 'PHY-06',
            state: 'present',
            evidence: [{ kind: 'disclosure', source: 'Teacher', text: CANARIES.evidence }],
          },
        ],
      }),
    ],
    {
      referrer: { agency: CANARIES.agency, role: 'Teacher', sourceCode: '2A', email: CANARIES.email },
      reason: CANARIES.reason,
      household: { address: CANARIES.address },
      ...more,
    },
  )

async function nothingIn(t: Pick<Test, 'strictSame'>, from: number, about: string): Promise<void> {
  const log = await loggedSince(from)
  const told = Object.values(CANARIES).flatMap((words) => [words, encodeURIComponent(words), words.replaceAll(' ', '')])
  t.strictSame(
    told.filter((words) => log.includes(words)),
    [],
    about,
  )
}

/** The line of a request is written after its answer has gone out. */
async function loggedSince(from: number): Promise<string> {
  // A line is written after the answer was sent.
  for (let i = 0; i < 100 && !world.log().slice(from).endsWith('\n'); i++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, 50))
  return world.log().slice(from)
}

t.test('the log is being watched: it tells of each request, by route and status', async (t) => {
  const from = world.log().length
  await la.rest('screener', 'GET', `/v1/referrals?agency=${encodeURIComponent(CANARIES.agency)}`)
  const lines = (await loggedSince(from)).trim().split('\n')
  t.match(
    lines.map((line) => JSON.parse(line)),
    [{ method: 'GET', route: '/v1/referrals', status: 200, msg: 'request', accountId: la.accounts.screener.id }],
  )
  await nothingIn(t, from, 'not the query either')
})

for (const surface of SURFACES) {
  t.test(`each request and each refusal is logged with the account, by its id alone (${surface})`, async (t) => {
    const from = world.log().length
    const { id, subject } = la.accounts.auditor
    await la.call(surface, 'auditor', 'me')
    await la.call(surface, 'auditor', 'receiveReferral', { body: content() })
    await la.call(surface, 'auditor', 'referral', { params: { referralId: CANARIES.given } })
    await la.call(surface, null, 'me')
    const log = await loggedSince(from)
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const told = lines.filter(({ msg }) => msg === 'request refused' || msg === 'request')
    t.same(
      told.map(({ msg, code, accountId }) => [msg, code, accountId]),
      [
        ['request', undefined, id],
        ...['forbidden', 'forbidden'].flatMap((code) => [
          ['request refused', code, id],
          ['request', undefined, id],
        ]),
        ['request refused', 'unauthenticated', undefined],
        ['request', undefined, undefined],
      ],
    )
    t.notMatch(log, subject, 'no subject')
    t.notMatch(log, /The auditor/, 'and no name')
  })

  t.test(`the way of a referral through every operation leaves nothing in the log (${surface})`, async (t) => {
    const from = world.log().length
    const on = (...args: Parameters<typeof la.call> extends [unknown, ...infer R] ? R : never) =>
      la.call(surface, ...args)
    await on('referrer', 'scoreReferral', { body: content() })
    const [recommendation] = await recommended(on, content())
    const params = { referralId: recommendation.referralId }
    const body = acceptance(recommendation, { rationale: CANARIES.rationale })
    await judged(on, 'supervisor', recommendation)
    const made = await on('supervisor', 'recordDecision', { params: { recommendationId: recommendation.id }, body })
    t.equal(made.status, 201)
    await on('referrer', 'reviseReferral', {
      params,
      body: { basedOn: 1, reason: CANARIES.change, content: content() },
    })
    for (const operation of ['referral', 'referralRevisions', 'referralRecommendations'])
      await on('screener', operation, { params })
    for (const operation of ['referrals', 'decisions'])
      await on('screener', operation, { params: { agency: CANARIES.agency } })
    await on('auditor', 'decision', { params: { decisionId: made.data.decision.id } })
    for (const operation of ['auditEntries', 'auditVerification']) await on('auditor', operation)
    await nothingIn(t, from, surface)
  })

  t.test(`refusals of every kind leave nothing in the log (${surface})`, async (t) => {
    const from = world.log().length
    const on = (...args: Parameters<typeof la.call> extends [unknown, ...infer R] ? R : never) =>
      la.call(surface, ...args)
    const key = randomUUID()
    const referralId = await received(on, content())
    await on('referrer', 'receiveReferral', { body: content(), key })
    await on('referrer', 'receiveReferral', { body: content({ reason: `${CANARIES.reason}!` }), key })
    const wrong = [
      { [CANARIES.given]: CANARIES.family },
      { reason: `${CANARIES.reason}\u0000` },
      { reason: `${CANARIES.reason}\ud800` },
      { immediateDanger: CANARIES.reason },
      { suggestedLevel: CANARIES.given },
      { noticedOn: CANARIES.reason },
      { facts: [{ code: CANARIES.given, answer: 'yes' }] },
      { consent: CANARIES.reason },
      { reason: CANARIES.reason.repeat(60_000) },
    ]
    for (const more of wrong) {
      for (let time = 0; time < 3; time++) await on('referrer', 'receiveReferral', { body: content(more) })
      await on('screener', 'reviseReferral', {
        params: { referralId },
        body: { basedOn: 9, reason: CANARIES.change, content: content(more) },
      })
    }
    await on('administrator', 'receiveReferral', { body: content() })
    await on(null, 'receiveReferral', { body: content() })
    await on('screener', 'referrals', { params: { after: CANARIES.given } })
    await on('screener', 'referral', { params: { referralId: CANARIES.given } })
    await nothingIn(t, from, surface)
  })

  t.test(`what was tried and refused stands in the log by its code, with its request (${surface})`, async (t) => {
    const from = world.log().length
    const on = (...args: Parameters<typeof la.call> extends [unknown, ...infer R] ? R : never) =>
      la.call(surface, ...args)
    const [{ id: recommendationId, referralId }] = await recommended(on, content())
    const key = randomUUID()
    await on('referrer', 'receiveReferral', { body: content(), key })
    const elsewhere = await world.authority()
    const tried = [
      await on('administrator', 'receiveReferral', { body: content() }),
      await on('otherReferrer', 'referral', { params: { referralId } }),
      await elsewhere.call(surface, 'screener', 'referral', { params: { referralId } }),
      await on('screener', 'recommendation', { params: { recommendationId } }),
      await on('referrer', 'receiveReferral', { body: content({ reason: 'Another.' }), key }),
    ]
    const codes = tried.map(({ code }) => code)
    t.strictSame(codes, ['forbidden', 'not_found', 'not_found', 'own_judgement_first', 'idempotency_mismatch'])
    const lines = (await loggedSince(from)).trim().split('\n')
    const refused = lines.map((line) => JSON.parse(line)).filter(({ msg }) => /refused$/.test(msg))
    t.strictSame(
      refused.map(({ code }) => code),
      codes,
    )
    t.equal(new Set(refused.map(({ reqId }) => reqId)).size, codes.length)
    await nothingIn(t, from, surface)
  })

  t.test(`when the database refuses, neither the log nor the answer says what was sent (${surface})`, async (t) => {
    const from = world.log().length
    const refusing = `create function refuse_all() returns trigger language plpgsql as $$
      begin raise exception 'refused: %', new.content using detail = new.content, errcode = $c$23514$c$; end $$;
      create trigger refuse_all before insert on referral_revisions for each row execute function refuse_all()`
    for (const statement of refusing.split(/;\s+(?=create trigger)/)) await world.sql(statement)
    const answer = await la.call(surface, 'referrer', 'receiveReferral', { body: content() })
    await world.sql('drop function refuse_all cascade')
    t.match(answer, { status: 500, code: 'internal', data: null })
    t.notMatch(answer.text, /Heliotrope|Zebedee|refuse_all|insert|node_modules|\.ts/)
    t.match(await loggedSince(from), /23514/, 'the log says that it did')
    await nothingIn(t, from, surface)
  })
}

t.test('what is no request leaves nothing in the log either', async (t) => {
  const from = world.log().length
  const headers = { authorization: `Bearer ${la.accounts.referrer.token}`, 'content-type': 'application/json' }
  const { given, reason } = CANARIES
  const payloads = [`{"${given}":1,"${given}":2}`, `{"${given}":`, `{"a":"${reason}"`, `${given}`, `"${reason}`]
  for (const url of ['/v1/referrals', '/graphql'])
    for (const payload of payloads) await world.app.inject({ method: 'POST', url, headers, payload })
  for (const url of [
    `/v1/referrals/${given}`,
    `/v1/${given}`,
    `/v1/me?name=${given}`,
    `/${given}/%zz`,
    `/v1/decisions/${given.repeat(50)}`,
  ])
    for (const method of ['GET', 'DELETE', 'POST'] as const) await world.app.inject({ method, url, headers })
  const document = `mutation {
    receiveReferral(input: { reason: "${reason}", nickname: "${given}" }) { referral { id } }
  }`
  for (let time = 0; time < 3; time++) await la.graphql('referrer', document)
  await la.graphql('referrer', `{ ${given} }`)
  await world.app.inject({
    url: '/v1/me',
    headers: { 'x-request-id': given, 'user-agent': given, referer: `http://${given}/` },
  })
  await nothingIn(t, from, 'neither addresses, headers, bodies nor documents')
})
