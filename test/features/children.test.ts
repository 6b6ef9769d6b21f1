// Earlier referrals speak; children are matched by people; two agencies that refer one child are both heard.
import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import { makingTraits } from '../../src/features/referrals/task.ts'
import type { Task } from '../../src/kernel/task.ts'
import { decided, received, recommendedFor } from '../support/flow.ts'
import { child, levelTwo, referral } from '../support/referrals.ts'
import { runnerOf } from '../support/rehearsing.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const DAY = 24 * 3_600_000
const NHS = { identifiers: [{ scheme: 'nhs', value: '9434765919' }] }
const ada = (more: object = {}) =>
  referral([child(['SEN-01', 'FAM-01'], { name: { given: 'Ada', family: 'Fern' }, ...more })], {
    household: { address: '12 Mill Lane, Northmoor, NM1 4QX' },
  })
const history = async (on: Call, referralId: string): Promise<Json> =>
  (await on('screener', 'referralHistory', { params: { referralId } })).data.children[0]
const matches = async (on: Call, referralId: string): Promise<Json[]> =>
  (await on('screener', 'childMatches', { params: { referralId, child: 'a' } })).data.candidates

onBoth(
  t,
  world,
  'a child with the same identifier is known again, and a third contact asks for a second look',
  async (t, la) => {
    const earlier: string[] = []
    for (const days of [0, 90, 45]) {
      world.clock.now += days * DAY
      const id = await received(la.on, ada(NHS))
      await recommendedFor(la.on, id)
      earlier.push(id)
    }
    world.clock.now += 20 * DAY
    const id = await received(la.on, ada(NHS))
    const [recommendation] = await recommendedFor(la.on, id)
    const found = await history(la.on, id)
    t.match(found, {
      pattern: { contacts: 4, contactsIn12Months: 4, gapsInDays: [90, 45, 20], gapsShorten: true },
      reviewRequired: true,
    })
    t.strictSame(
      found.contacts.map((one: Json) => one.referralId),
      [...earlier].reverse(),
    )
    t.ok(found.alerts.some(({ code }: Json) => code === 'same_concern_within_3_months'))
    t.ok(found.alerts.some(({ code }: Json) => code === 'gaps_shorten'))
    const less = { level: 'L2', response: 'early-help-assessment', overrideReason: 'already-helped' }
    const decision = await decided(la.on, recommendation, less)
    t.ok(decision.secondScreeningBecause.includes('history'), 'nobody ends it alone')
  },
)

onBoth(
  t,
  world,
  'what only sounds alike is proposed, and a person says whether it is the same child',
  async (t, la) => {
    const first = await received(la.on, ada())
    await recommendedFor(la.on, first)
    world.clock.now += 10 * DAY
    const second = await received(la.on, ada({ name: { given: 'Ada', family: 'Phern' } }))
    t.match(await matches(la.on, second), [{ referralId: first, standing: 'proposed', verdict: null, isJoined: false }])
    t.equal((await history(la.on, second)).pattern.contacts, 1, 'not joined before somebody says so')
    const judge = (who: Parameters<Call>[0], verdict: string) =>
      la.on(who, 'judgeChildMatch', {
        params: { referralId: second, child: 'a' },
        body: { otherReferral: first, otherChild: 'a', verdict, reason: 'I asked the school.' },
      })
    t.match(await judge('robot', 'same'), { status: 403, code: 'forbidden' })
    t.match(await judge('referrer', 'same'), { status: 403, code: 'forbidden' })
    t.match(await judge('officer', 'same'), { status: 201, data: { match: { verdict: 'same', isStanding: true } } })
    t.match(await matches(la.on, second), [{ verdict: 'same', isJoined: true }])
    t.equal((await history(la.on, second)).pattern.contacts, 2)
    const [again] = await recommendedFor(la.on, second)
    t.ok(
      again.content.alerts.some(({ code }: Json) => code === 'referrals_in_12_months'),
      'the next recommendation knows of it',
    )
    t.equal((await judge('screener', 'different')).status, 201)
    t.equal((await history(la.on, second)).pattern.contacts, 1, 'the latest word counts')
    const params = { referralId: second, child: 'a' }
    const said = (await la.on('screener', 'childMatchVerdicts', { params })).data.edges
    t.strictSame(
      said.map(({ node }: Json) => [node.verdict, node.isStanding]),
      [
        ['different', true],
        ['same', false],
      ],
    )
  },
)

onBoth(t, world, 'twins are two children, and siblings are a household', async (t, la) => {
  const first = await received(la.on, ada())
  const twin = await received(la.on, ada({ name: { given: 'Ben', family: 'Fern' } }))
  t.strictSame(await matches(la.on, twin), [])
  const found = await history(la.on, twin)
  t.equal(found.pattern.contacts, 1)
  t.match(found.householdContacts, [{ referralId: first }])
})

onBoth(t, world, 'two agencies that refer one child in the same minute are both kept, and linked', async (t, la) => {
  const send = (who: 'referrer' | 'otherReferrer') => la.on(who, 'receiveReferral', { body: ada(NHS) })
  const both = await Promise.all([send('referrer'), send('otherReferrer')])
  const ids = both.map(({ data }) => data.referral.id).sort()
  t.equal(new Set(ids).size, 2)
  for (const referralId of ids) {
    const { data } = await la.on('screener', 'referralLinks', { params: { referral: referralId } })
    const duplicate = data.edges.map(({ node }: Json) => node).find(({ kind }: Json) => kind === 'possible_duplicate')
    t.strictSame([...duplicate.referrals].sort(), ids)
    t.equal(duplicate.state, referralId === ids[0] ? 'open' : 'confirmed', 'on both')
    const params = { linkId: duplicate.id }
    if (referralId !== ids[0]) continue
    const body = { verdict: 'confirmed', reason: 'Both saw the same evening.' }
    t.match(await la.on('panel', 'judgeReferralLink', { params, body }), { status: 403 })
    t.match(await la.on('screener', 'judgeReferralLink', { params, body }), {
      status: 201,
      data: { link: { state: 'confirmed' } },
    })
  }
  for (const who of ['referrer', 'otherReferrer'] as const) {
    t.match(await la.on(who, 'referralLinks'), { status: 403 })
    t.match(await la.on(who, 'referralHistory', { params: { referralId: ids[0] } }), { status: 403 })
    t.equal((await la.on(who, 'referrals')).data.edges.length, 1, 'and sees its own alone')
  }
})

t.test('children received before there were traits are found by name all the same, made once', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const first = await received(on, ada())
  const married = referral([child(['SEN-01'], { name: { given: 'Ada', family: 'Oakes' } })], {
    household: { address: '12 Mill Lane, Northmoor, NM1 4QX' },
  })
  const body = { basedOn: 1, reason: 'She has another name now.', content: married }
  const revised = await on('referrer', 'reviseReferral', { params: { referralId: first }, body })
  t.equal(revised.status, 201, revised.text)
  const many = [first]
  for (let i = 0; i < 21; i++) many.push(await received(on, ada({ dateOfBirth: `2015-03-${10 + i}` })))
  const made = () => knownBy(la.id)
  const before = await made()
  t.ok(before.child_traits && before.child_match_keys && before.household_match_keys)
  await world.database.asOwner(async (tx) => {
    await tx.execute(sql`set local session_replication_role = 'replica'`)
    for (const table of Object.keys(before))
      await tx.execute(sql`delete from ${sql.raw(table)} where authority_id = ${la.id}`)
  })
  const second = await received(on, ada({ name: { given: 'Ada', family: 'Phern' } }))
  t.strictSame(await matches(on, second), [], 'nobody is found')
  await world.sql('alter table referral_revisions disable trigger append_only')
  const spoilt = many.at(-1)
  const [{ content }] = (await world.sql('select content from referral_revisions where referral_id = $1', [
    spoilt,
  ])) as [Json]
  const spoil = (text: unknown) =>
    world.sql('update referral_revisions set content = $2 where referral_id = $1', [spoilt, text])
  await spoil(String(content).replace('Ada', 'Eve'))

  const failed: unknown[] = []
  const { database, now, newId } = runnerOf(world)
  const context = { database, now, newId, signal: new AbortController().signal }
  const [one, other] = [makingTraits(), makingTraits()]
  const step = (task: Task) => task.step({ ...context, onFailure: (error) => failed.push(error) }, la.id)
  for (let more = [true]; more.includes(true); ) more = await Promise.all([step(one), step(other)])
  t.match(failed[0], { code: 'integrity_violation' }, 'what was altered is not made use of')
  t.equal(await step(one), false, 'it does not look again at once')
  await spoil(content)
  await world.sql('alter table referral_revisions enable trigger append_only')
  world.clock.now += 3_600_000
  for (let more = true; more; ) more = await step(one)

  const after = await knownBy(la.id, second)
  t.strictSame(after, before, 'as if they came in today, by every name that they had, and each once')
  const found = await matches(on, second)
  t.ok(found.some(({ referralId, standing }) => referralId === first && standing === 'proposed'))
  const { data } = await on('auditor', 'auditVerification')
  const faults = new Set(data.faults.map(({ fault }: Json) => fault))
  t.strictSame([...faults], ['the record is gone'], 'the log vouches for what was made, and misses what was taken')
})

/** Everything by which the children of an authority are found, but for one referral. */
async function knownBy(authorityId: string, without?: string): Promise<Record<string, Json[]>> {
  const tables = {
    child_traits: `referral_id, child_key, revision, given, given_sounds, family, family_sounds, date_of_birth::text, postcode, dwelling`,
    child_match_keys: 'referral_id, child_key, key',
    household_match_keys: 'referral_id, key',
  }
  const read = Object.entries(tables).map(async ([table, columns]) => {
    const text = `select ${columns} from ${table} where authority_id = $1 and referral_id is distinct from $2 order by ${columns}`
    return [table, await world.sql(text, [authorityId, without ?? null])] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

t.test('GraphQL shows the history with each recommendation', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const id = await received(on, levelTwo())
  await recommendedFor(on, id)
  const query = `{ referral(referralId: "${id}") { children { recommendations { history { reviewRequired pattern { contacts } } } } } }`
  const { body } = await la.graphql('screener', query)
  t.match(body.data.referral.children[0].recommendations[0].history, {
    reviewRequired: false,
    pattern: { contacts: 1 },
  })
})
