// Who may not ask, over REST and over GraphQL alike: rows 75 to 80. Tokens and ids are told wholly in test/http/token-attacks and
// test/access/surfaces; here each has its short case, and what the referrer may not read has all of it.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { issueDevelopmentToken } from '../../src/features/identity/tokens.ts'
import { operations } from '../../src/features/index.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import { completed, decided, judged, recommended } from '../support/flow.ts'
import { acceptance, levelThree, levelTwo, low } from '../support/referrals.ts'
import { rowsOf } from '../support/rows.ts'
import { bytesOf, type Call, is, overEach, type Surface } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const rows = rowsOf(t, 'test/access/rows.test.ts')

rows.row(75, 'answered 401, whatever is asked', (tried) =>
  overEach(world, async (_on, la, surface) => {
    const { subject, token } = la.accounts.administrator
    const [head = '', claims = '', signature = ''] = token.split('.')
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString())
    const made = (of: object, minutes = 5) =>
      issueDevelopmentToken(
        world.key,
        { subject, authority: la.code, ...of },
        { now: Date.now() - 3_600_000 * 2, minutes },
      )
    const tokens: Readonly<Record<string, string>> = {
      none: '',
      'one without a signature': `${head}.${claims}.`,
      'algorithm none': `${encoded({ alg: 'none', typ: 'at+jwt' })}.${claims}.`,
      'another’s claims': `${head}.${encoded({ ...said, sub: la.accounts.supervisor.subject })}.${signature}`,
      expired: await made({}),
      'of nobody': await la.token('nobody@nowhere.example'),
      'no token at all': 'x',
    }
    for (const [name, wrong] of Object.entries(tokens))
      for (const operation of ['me', 'referrals', 'auditEntries'])
        tried(
          is(await la.call(surface, { id: '', subject, token: wrong }, operation), 401, 'unauthenticated'),
          `${surface}: ${name}, ${operation}`,
        )
  }),
)

rows.row(76, 'answered as what does not exist, byte for byte', (tried) =>
  overEach(world, async (on, la, surface) => {
    const [recommendation] = await recommended(on, levelThree())
    const decision = await decided(on, recommendation)
    const other = await world.authority()
    const ids = { referral: decision.referralId, recommendation: recommendation.id, decision: decision.id }
    for (const [operation, id] of Object.entries(ids)) {
      const asked = (value: string) =>
        other.call(surface, 'supervisor', operation, { params: { [`${operation}Id`]: value } })
      const foreign = await asked(id)
      tried(is(foreign, 404, 'not_found'), `${surface}: ${operation}`)
      tried(bytesOf(foreign) === bytesOf(await asked(randomUUID())), `${surface}: ${operation}, to the byte`)
    }
    tried(
      (await la.call(surface, 'supervisor', 'referral', { params: { referralId: ids.referral } })).status === 200,
      'own',
    )
  }),
)

/** The parameters of an operation that lead to what `ids` names; what is not among them is an id of nothing. */
function pathOf({ route }: Operation, ids: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries([...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, ids[name] ?? randomUUID()]))
}

const SECRETS = ['Canary of the rationale', 'Canary of the judgement', 'Canary of the proposal', 'Canary of the reason']

rows.row(77, 'nothing that it may ask holds what was judged, proposed or given as a reason', (tried) =>
  overEach(world, async (on, la, surface) => {
    const [recommendation] = await recommended(on, levelThree())
    const { id: recommendationId, referralId } = recommendation
    const { level, response } = acceptance(recommendation)
    const proposal = { level, response, rationale: SECRETS[2] }
    await on('officer', 'prepareDecision', { params: { recommendationId }, body: proposal })
    await judged(on, 'supervisor', recommendation, { reasons: SECRETS[1] })
    const { id: decisionId } = await completed(on, recommendation, { rationale: SECRETS[0] })
    const sent = await on('screener', 'sendLetter', { params: { referralId }, body: { kind: 'feedback' } })
    const restriction = {
      category: 'staff_or_family',
      reason: SECRETS[3],
      reviewOn: '2027-01-10',
      accounts: [la.accounts.supervisor.id],
    }
    await on('supervisor', 'restrictReferral', { params: { referralId }, body: restriction })
    const held = JSON.stringify((await on('supervisor', 'decision', { params: { decisionId } })).data)
    tried(held.includes(SECRETS[0] ?? ''), `${surface}: those who decide read it`)
    const ids = { referralId, recommendationId, decisionId, letterId: String(sent.data?.letter.id), child: 'a' }
    const asked = operations.filter(({ kind, allow, body }) => kind === 'query' && allow.includes('referrer') && !body)
    tried(asked.length >= 4, `${surface}: it may ask ${asked.length}`)
    for (const operation of asked) {
      const { text } = await on('referrer', operation.name, { params: pathOf(operation, ids) })
      tried(!SECRETS.some((secret) => text.includes(secret)), `${surface}: ${operation.name}`)
    }
    for (const operation of ['decision', 'recommendation', 'judgements'] as const) {
      const params = pathOf(operations.find(({ name }) => name === operation) as Operation, ids)
      tried(is(await on('referrer', operation, { params }), 403, 'forbidden'), `${surface}: ${operation} is not for it`)
    }
    for (const relation of ['decisions { rationale }', 'recommendations { content }']) {
      const document = `query($id: ID!) { referral(referralId: $id) { id ${relation} } }`
      const { text, body } = await la.graphql('referrer', document, { id: referralId })
      const isAbsent = body.errors?.length > 0 && !SECRETS.some((secret) => text.includes(secret))
      tried(isAbsent, `${surface}: and no way round by ${relation}`)
    }
  }),
)

rows.row(78, 'refused, whoever prepared it', (tried) =>
  overEach(world, async (on, _la, surface) => {
    const [recommendation] = await recommended(on, levelTwo())
    const request = { params: { recommendationId: recommendation.id }, body: acceptance(recommendation) }
    for (const who of ['officer', 'robot'] as const)
      tried(is(await on(who, 'recordDecision', request), 403, 'qualification_required'), `${surface}: ${who}`)
  }),
)

/** What a role may not do or ask, over REST, where nothing needs to fit before the role is looked at; over GraphQL what has no input. */
async function refusedAll(on: Call, who: AccountName, surface: Surface, refused: readonly Operation[]) {
  const isAsked = (operation: Operation): boolean => {
    const path = pathOf(operation, {})
    const others = Object.entries(operation.params).filter(([name]) => !(name in path))
    return !operation.body && others.every(([, schema]) => schema.safeParse(undefined).success)
  }
  const asked = refused.filter((operation) => surface === 'REST' || isAsked(operation))
  const answers = await Promise.all(
    asked.map(async (operation) => {
      const params = pathOf(operation, {})
      return { name: operation.name, answer: await on(who, operation.name, { params }) }
    }),
  )
  return {
    count: asked.length,
    taken: answers.filter(({ answer }) => !is(answer, 403, 'forbidden')).map(({ name }) => name),
  }
}

rows.row(79, 'refused, whatever it is', (tried) =>
  overEach(world, async (on, _la, surface) => {
    const before = JSON.stringify(await world.counts())
    const refused = operations.filter(({ kind, allow }) => kind === 'command' && !allow.includes('auditor'))
    const { count, taken } = await refusedAll(on, 'auditor', surface, refused)
    tried(count > 4 && taken.length === 0, `${surface}: ${count} commands ${taken.join()}`)
    tried(is(await on('auditor', 'receiveReferral', { body: low() }), 403, 'forbidden'), `${surface}: a referral`)
    tried(JSON.stringify(await world.counts()) === before, `${surface}: nothing was stored`)
  }),
)

const OF_A_REFERRAL =
  /\{(referral|recommendation|decision|letter|escalation|help)Id\}|^GET \/v1\/(referrals|decisions|queue)$/

rows.row(80, 'refused', (tried) =>
  overEach(world, async (on, _la, surface) => {
    const content = operations.filter(({ route }) => OF_A_REFERRAL.test(route))
    const allowed = content.filter(({ allow }) => allow.includes('administrator')).map(({ name }) => name)
    const ofContent = allowed.filter((name) => !/hold|retention|disposal/i.test(name))
    tried(ofContent.length === 0, `${surface}: only what is kept how long is for it, ${allowed.join()}`)
    const refused = content.filter(({ allow }) => !allow.includes('administrator'))
    const { count, taken } = await refusedAll(on, 'administrator', surface, refused)
    tried(count > 20 && taken.length === 0, `${surface}: ${count} operations ${taken.join()}`)
  }),
)

rows.end()
