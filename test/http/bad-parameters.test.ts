// Parameters of lists and ids that cannot be, over both surfaces: 400 with the parameter named, never a fault of ours.
import t from 'tap'
import { received } from '../support/flow.ts'
import { low } from '../support/referrals.ts'
import { type Answer, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const cursor = (at: string, id: string): string => Buffer.from(`${at}|${id}`).toString('base64url')
const AT = '2026-11-24T10:00:00.000Z'
const ID = '01a20cff-7d00-7440-aa83-9ad529b9a63a'

const LISTS: readonly [string, AccountName][] = [
  ['referrals', 'screener'],
  ['decisions', 'screener'],
  ['policies', 'screener'],
  ['auditEntries', 'auditor'],
]

const facts = ({ status, code, data }: Answer) => ({ status, code, isDone: data !== null })
const refusal = { status: 400, code: 'invalid_input', isDone: false }

onBoth(t, world, 'a page of none, of too many, or of what is no number is refused', async (t, la) => {
  for (const [operation, who] of LISTS)
    for (const first of [0, -1, 101, 1e9, 1.5, 'abc', 'NaN', '1e1', '0x10', '١', '']) {
      const refused = await la.on(who, operation, { params: { first } })
      t.strictSame(facts(refused), refusal, `${operation} first=${first}`)
      if (la.surface === 'REST') t.match(refused.errors, [{ in: 'query', pointer: '/first' }])
    }
})

onBoth(t, world, 'a cursor that this service did not make is refused', async (t, la) => {
  await received(la.on, low())
  const cursors = {
    garbage: 'garbage',
    empty: '',
    'text that is no cursor': Buffer.from('hello').toString('base64url'),
    'padded base64': Buffer.from(`${AT}|${ID}`).toString('base64').padEnd(100, '='),
    'a third part': cursor(AT, `${ID}|x`),
    'a statement': cursor(AT, `${ID}' or 1=1`),
    'a month that there is not': cursor('2026-99-99T99:99:99.999Z', ID),
    'a time that is none': cursor('2026-01-01T::::Z', ID),
    'year nought': cursor('0000-01-01T00:00:00.000Z', ID),
    'an id that is none': cursor(AT, '-'.repeat(36)),
    NUL: cursor(AT, '\u0000'),
  }
  for (const [operation, who] of LISTS)
    for (const [name, after] of Object.entries(cursors))
      t.strictSame(facts(await la.on(who, operation, { params: { after } })), refusal, `${operation}: ${name}`)
})

onBoth(t, world, 'a cursor of another list is refused', async (t, la) => {
  await received(la.on, low())
  for (const operation of ['referrals', 'decisions', 'policies'])
    t.strictSame(
      facts(await la.on('supervisor', operation, { params: { after: cursor(AT, '5') } })),
      refusal,
      operation,
    )
  const audit = await la.on('supervisor', 'auditEntries', { params: { after: cursor(AT, ID) } })
  t.strictSame(facts(audit), refusal, 'auditEntries')
})

onBoth(t, world, 'an instant or a date that cannot be is refused', async (t, la) => {
  const instants = [
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '2026-11-24',
    '2026-11-24T10:00:60Z',
    '2026-11-24T10:00:00',
    '2026-11-24T10:00:00+24:00',
    'now',
    'infinity',
    '24/11/2026',
    '10000-01-01T00:00:00Z',
    '',
  ]
  for (const operation of ['referrals', 'decisions'])
    for (const from of instants) {
      t.strictSame(
        facts(await la.on('screener', operation, { params: { from } })),
        refusal,
        `${operation} from=${from}`,
      )
      t.strictSame(
        facts(await la.on('screener', operation, { params: { to: from } })),
        refusal,
        `${operation} to=${from}`,
      )
    }
  for (const on of [
    '2026-02-30',
    '2025-02-29',
    '0000-01-01',
    '1899-12-31',
    '2200-01-01',
    '2026-13-01',
    '01/02/2026',
    'today',
    '',
  ])
    t.strictSame(facts(await la.on('screener', 'policyInForce', { params: { on } })), refusal, `on=${on}`)
})

onBoth(t, world, 'NUL in a filter is refused, and so is half a surrogate pair', async (t, la) => {
  const table: [string, Record<string, string>][] = [
    ['referrals', { agency: 'a\u0000' }],
    ['referrals', { sourceCode: '\u0000' }],
    ['decisions', { level: '\u0000' }],
    ['decisions', { response: 'x\u0000' }],
    ['decisions', { agency: '\u0000' }],
    ['policies', { policy: '\u0000' }],
  ]
  for (const [operation, params] of table) {
    const answer = await la.on('screener', operation, { params })
    t.strictSame(facts(answer), refusal, `${operation} ${Object.keys(params)}`)
  }
  const version = await la.on('screener', 'policyVersion', { params: { policy: '\u0000', version: '1' } })
  t.match(facts(version), { status: /^(400|404)$/, isDone: false }, 'in a path')
  const scored = await la.on('screener', 'scoreReferral', {
    params: { policy: '\u0000', version: '\u0000' },
    body: low(),
  })
  t.match(facts(scored), { status: /^(400|404)$/, isDone: false }, 'in a score')
})

onBoth(t, world, 'an unknown parameter, or an id that is none, is refused', async (t, la) => {
  const unknown = await la.on('screener', 'referrals', { params: { agancy: 'Police' } })
  t.strictSame(facts(unknown), refusal)
  for (const decider of ['me', '1', `${ID}x`, '{}'])
    t.strictSame(facts(await la.on('screener', 'decisions', { params: { decider } })), refusal, `decider ${decider}`)
  t.strictSame(facts(await la.on('screener', 'decisions', { params: { overridden: 'yes' } })), refusal)
  t.strictSame(facts(await la.on('auditor', 'auditEntries', { params: { event: 'nothing.happened' } })), refusal)
})

t.test('a parameter given twice is refused', async (t) => {
  const la = await world.authority()
  for (const query of ['first=1&first=2', 'first=1&first=1', 'agency=a&agency=b', 'nosuch=1&nosuch=2']) {
    const { status, body } = await la.rest('screener', 'GET', `/v1/referrals?${query}`)
    t.match(
      { status, ...body },
      { status: 400, code: 'invalid_input', errors: [{ in: 'query', code: 'repeated' }] },
      query,
    )
  }
  const { body } = await la.rest('screener', 'GET', '/v1/referrals?__proto__=x&first=1')
  t.match(body, { code: 'invalid_input', errors: [{ pointer: '/__proto__', code: 'unknown_property' }] })
})
