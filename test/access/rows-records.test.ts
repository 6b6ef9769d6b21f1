// Whose record it is not, and what is looked for or sent too much of, over REST and over GraphQL alike: rows 81 to 86. More of each
// is in test/features/restrictions, accounts, webhooks-delivery, in test/http/limits and in test/webhook-targets.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { operations } from '../../src/features/index.ts'
import { mayConnect } from '../../src/features/webhooks/targets.ts'
import { STRICT_SETTINGS } from '../../src/kernel/settings.ts'
import { judged, received, recommended } from '../support/flow.ts'
import { misshapen } from '../support/posting.ts'
import { acceptance, child, levelTwo, low, referral } from '../support/referrals.ts'
import { grantRole, revokeRole } from '../support/roles.ts'
import { rowsOf } from '../support/rows.ts'
import { bytesOf, is, type Json, overEach, SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const rows = rowsOf(t, 'test/access/rows-records.test.ts')

const KNOWN = { identifiers: [{ scheme: 'nhs', value: '943 476 5919' }] }

rows.row(81, 'is not there, nothing opens it, and the look is entered', (tried) =>
  overEach(world, async (on, la, surface) => {
    const referralId = await received(on, referral([child(['PHY-04'], KNOWN)]))
    const asked = (id: string) => on('screener', 'referral', { params: { referralId: id } })
    tried((await asked(referralId)).status === 200, `${surface}: before`)
    const kin = { relationship: 'family', child: { scheme: 'nhs', value: '9434765919' } }
    await on('screener', 'declareConflict', { body: kin })
    const shut = await asked(referralId)
    tried.otherwise(
      is(shut, 404, 'not_found') && bytesOf(shut) === bytesOf(await asked(randomUUID())),
      `${surface}: 404`,
    )
    const glass = { params: { referralId }, body: { reason: 'I have to know.' } }
    tried((await on('screener', 'breakGlass', glass)).status === 404, `${surface}: nor by breaking the glass`)
    const params = { referral: referralId, actor: la.accounts.screener.id, event: 'access.denied' }
    const { data } = await on('auditor', 'accessEntries', { params })
    const told = data.edges
      .map(({ node }: Json) => node.operation)
      .sort()
      .join()
    tried.otherwise(told === 'breakGlass,referral', `${surface}: and the auditor reads of it (${told})`)
  }),
)

rows.row(82, 'opened with a reason, for a while, and looked at by somebody else', (tried) =>
  overEach(world, async (on, la, surface) => {
    const { now } = world.clock
    const referralId = await received(on, levelTwo())
    const body = {
      category: 'staff_or_family',
      reason: 'An aunt.',
      reviewOn: '2027-01-10',
      accounts: [la.accounts.supervisor.id],
    }
    await on('supervisor', 'restrictReferral', { params: { referralId }, body })
    const asked = () => on('screener', 'referral', { params: { referralId } })
    const broken = (given: object) => on('screener', 'breakGlass', { params: { referralId }, body: given })
    const reason = 'The child is missing tonight.'
    tried(is(await asked(), 403, 'restricted'), `${surface}: without`)
    for (const none of [{}, { reason: '' }, { reason: ' . ' }, { reason, minutes: 61 }, { reason, minutes: 0 }])
      tried(is(await broken(none), 400, 'invalid_input'), `${surface}: ${JSON.stringify(none)}`)
    const { grant } = (await broken({ reason })).data
    tried(Date.parse(grant.expiresAt) - Date.parse(grant.grantedAt) === 3_600_000, `${surface}: for an hour`)
    tried((await asked()).status === 200, `${surface}: opened`)
    const { data } = await on('supervisor', 'breakGlassGrants', { params: { referral: referralId, reviewed: false } })
    tried(data.edges[0].node.id === grant.id && grant.reviewDueAt !== null, `${surface}: somebody is to look at it`)
    world.clock.now = now + 3_600_001
    tried(is(await asked(), 403, 'restricted'), `${surface}: and shut again`)
    const again = (await broken({ reason })).data.grant
    tried(Date.parse(again.expiresAt) === world.clock.now + 3_600_000, `${surface}: and opened again, for as long`)
    world.clock.now = now
  }),
)

rows.row(83, 'is gone at the next request, with the same token', (tried) =>
  overEach(world, async (on, la, surface) => {
    const { id } = la.accounts.screener
    tried((await on('screener', 'referrals')).status === 200, `${surface}: before`)
    await revokeRole(world, id, 'screener')
    tried(is(await on('screener', 'referrals'), 403, 'forbidden'), `${surface}: after`)
    await grantRole(world, id, 'screener')
    tried((await on('screener', 'referrals')).status === 200, `${surface}: and there again`)
  }),
)

const OWN = ['tenant_id', 'authorityId', 'actor_id', 'accountId', 'decided_at', 'receivedAt', 'level', 'id', 'revision']

rows.row(84, 'refused by their names', async (tried) => {
  const la = await world.authority()
  await misshapen(
    la,
    tried,
    Object.fromEntries(OWN.map((name) => [name, [low({ [name]: 'x' }), `/${name}`, 'unknown_property']])),
  )
  await overEach(world, async (on, _la, surface) => {
    const [recommendation] = await recommended(on, levelTwo())
    await judged(on, 'supervisor', recommendation)
    for (const name of ['tenant_id', 'actor_id', 'decided_at', 'decidedBy', 'authorityId', 'state', 'completedAt']) {
      const body = acceptance(recommendation, { [name]: 'x' })
      const params = { recommendationId: recommendation.id }
      const { status, code, errors } = await on('supervisor', 'recordDecision', { params, body })
      const isNamed = surface === 'GraphQL' || errors.some(({ pointer }) => pointer === `/${name}`)
      tried(status === 400 && code === 'invalid_input' && isNamed, `${surface}: a decision with ${name}`)
    }
  })
})

rows.row(85, 'there is no search, many looks are told, and too many requests are refused', async (tried) => {
  const limits = { human: 12, humanUrgent: 12, system: 12, systemUrgent: 12, unauthenticated: 5, viewsAnHour: 4 }
  const strict = await openWorld(t, { limits })
  const la = await strict.authority()
  const names = operations.flatMap(({ kind, params }) => (kind === 'query' ? Object.keys(params) : []))
  tried(!names.some((name) => /name|given|family|search|query|text/i.test(name)), 'no parameter takes a name')
  for (const surface of SURFACES) {
    const asked = await la.call(surface, 'supervisor', 'referrals', { params: { name: 'A' } })
    tried.otherwise(is(asked, 400, 'invalid_input'), `${surface}: a search for one letter`)
    const referralId = await received((...args) => la.call(surface, ...args), low())
    const looks: Json[] = []
    for (let i = 0; i < 13; i++)
      looks.push(
        await la.call(surface, surface === 'REST' ? 'screener' : 'secondScreener', 'referral', {
          params: { referralId },
        }),
      )
    tried.otherwise(
      looks.slice(0, 12).every(({ status }) => status === 200),
      `${surface}: twelve looks`,
    )
    tried(is(looks[12], 429, 'too_many_requests'), `${surface}: and one more`)
  }
  const told = strict
    .log()
    .split('\n')
    .filter((line) => line.includes('"views.many"'))
  tried(told.length === 2, 'the log of the service says of each, once')
})

const STRICT = { settings: STRICT_SETTINGS }

rows.row(86, 'refused when it is named, and again when it is connected to', async (tried) => {
  const la = await (await openWorld(t, STRICT)).authority()
  const targets = ['https://169.254.169.254/latest', 'https://[::ffff:169.254.169.254]/', 'https://[::ffff:a9fe:a9fe]/']
  targets.push(
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
    'https://2130706433/',
    'https://0x7f.1/',
    'http://a.example/',
  )
  for (const surface of SURFACES)
    for (const url of targets) {
      const body = { description: 'A receiver', url, events: ['referral.received'] }
      const answer = await la.call(surface, 'administrator', 'addWebhook', { body })
      tried(is(answer, 422, 'webhook_target_refused'), `${surface}: ${url} (${answer.status} ${answer.code})`)
    }
  for (const address of ['169.254.169.254', '::ffff:169.254.169.254', '10.0.0.1', '127.0.0.1'])
    tried(!mayConnect(address, 'rebound.example', STRICT_SETTINGS.outbound), `a name that comes to lead to ${address}`)
})
rows.end()
