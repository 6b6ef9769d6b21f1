import t from 'tap'
import { decided, received, recommended, recommendedFor } from '../support/flow.ts'
import { levelFour, levelThree, levelTwo, low, siblings } from '../support/referrals.ts'
import { type Answer, type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const ids = ({ data, text }: Answer): string[] => {
  if (!data) throw new Error(text)
  return data.edges.map(({ node }: Json) => node.id)
}

/** Four decisions, a minute apart, newest first: accepted, lowered, raised, and one that supersedes the first. */
async function furnished(on: Call): Promise<[Json, Json, Json, Json]> {
  const made: Json[] = []
  const next = async (decision: Promise<Json>) => {
    made.unshift(await decision)
    world.clock.now += 60_000
  }
  const police = { referrer: { agency: 'Police', role: 'Officer', sourceCode: '6' } }
  const [first] = await recommended(on, levelFour())
  await next(decided(on, first, {}, 'screener'))
  const [second] = await recommended(on, levelThree(police))
  const lower = { level: 'L2', response: 'early-help-assessment', overrideReason: 'already-helped' }
  await next(decided(on, second, lower, 'supervisor'))
  const [third] = await recommended(on, low(police))
  await next(decided(on, third, { level: 'L3', response: 'family-help' }, 'secondScreener'))
  await next(decided(on, first, { supersedes: made[2].id, rationale: 'Seen today.' }, 'supervisor'))
  return made as [Json, Json, Json, Json]
}

onBoth(
  t,
  world,
  'the history is found by level, response, departure, agency, decider, referral and time',
  async (t, la) => {
    const [again, raised, lowered, first] = await furnished(la.on)
    const find = async (params: object) => ids(await la.on('auditor', 'decisions', { params: { ...params } }))
    t.strictSame(await find({}), [again.id, raised.id, lowered.id, first.id], 'newest first, superseded ones too')
    t.strictSame(await find({ level: 'L4' }), [again.id, first.id])
    t.strictSame(await find({ response: 'family-help' }), [raised.id])
    t.strictSame(await find({ overridden: true }), [raised.id, lowered.id])
    t.strictSame(await find({ overridden: false }), [again.id, first.id])
    t.strictSame(await find({ agency: 'Police' }), [raised.id, lowered.id])
    t.strictSame(await find({ decider: la.accounts.supervisor.id }), [again.id, lowered.id])
    t.strictSame(await find({ referral: first.referralId }), [again.id, first.id])
    t.strictSame(await find({ from: raised.decidedAt }), [again.id, raised.id], '“from” includes its instant')
    t.strictSame(await find({ to: raised.decidedAt }), [lowered.id, first.id], '“to” leaves its instant out')
    t.strictSame(await find({ agency: 'Police', overridden: true, level: 'L2' }), [lowered.id], 'all filters together')
    t.strictSame(await find({ level: 'L9' }), [])
    t.match(raised, { departure: 'raised', overrideReason: null })
    t.match(lowered, { departure: 'lowered', overrideReason: 'already-helped' })
  },
)

onBoth(
  t,
  world,
  'pages of the history hold each decision once, in order, filters kept, while new ones come in',
  async (t, la) => {
    const made: string[] = []
    for (let i = 0; i < 5; i++) {
      world.clock.now += 1000
      const [recommendation] = await recommended(la.on, low())
      made.unshift((await decided(la.on, recommendation)).id)
    }
    const seen: string[] = []
    let after: string | undefined
    for (let page = 0; page < 10; page++) {
      const answer = await la.on('panel', 'decisions', { params: { first: 2, after, level: 'L1' } })
      seen.push(...ids(answer))
      if (!answer.data.pageInfo.hasNextPage) break
      after = answer.data.pageInfo.endCursor
      world.clock.now += 1000
      const [recommendation] = await recommended(la.on, low())
      await decided(la.on, recommendation)
    }
    t.strictSame(seen, made)
  },
)

onBoth(t, world, 'the history is for those who work with decisions', async (t, la) => {
  await furnished(la.on)
  for (const who of ['system', 'officer', 'screener', 'supervisor', 'panel', 'auditor'] as const)
    t.equal(ids(await la.on(who, 'decisions')).length, 4, who)
  for (const who of ['referrer', 'author', 'approver', 'administrator'] as const)
    t.match(await la.on(who, 'decisions'), { status: 403, code: 'forbidden' }, who)
})

const FOUNDING = `query($id: ID!) {
  referral(referralId: $id) {
    reference revision
    children {
      key
      recommendations {
        id isCurrent
        content {
          level { code label }
          responses { code legalBasis }
          reasons {
            because decisive citation { document section paragraph page }
            findings { indicator evidence { text source } }
          }
        }
        decisions { id level rationale }
      }
      decisions { id level response departure rationale decidedBy { displayName role } supersedes supersededBy }
    }
    recommendations { id }
    decisions { id }
  }
}`

t.test(
  'the founding use: a referral with children, recommendations, reasons and decisions in one GraphQL query',
  async (t) => {
    const la = await world.authority()
    const on: Call = (...args) => la.call('GraphQL', ...args)
    const id = await received(on, siblings())
    const [older, younger] = await recommendedFor(on, id)
    const first = await decided(on, older)
    world.clock.now += 1000
    const second = await decided(on, older, { supersedes: first.id, rationale: 'Seen and heard at school.' })
    for (let time = 0; time < 3; time++) {
      const { body } = await la.graphql('supervisor', FOUNDING, { id })
      t.notOk(body.errors, JSON.stringify(body.errors))
      const { children, recommendations, decisions } = body.data.referral
      t.strictSame(
        children.map(({ key }: Json) => key),
        ['older', 'younger'],
      )
      const [one, two] = children
      t.match(one.recommendations, [
        { id: older.id, isCurrent: true, content: { level: { code: 'L4', label: /Protection/ } } },
      ])
      const decisive = one.recommendations[0].content.reasons.find((reason: Json) => reason.decisive)
      t.match(decisive, {
        because: /./,
        citation: { section: /./ },
        findings: [{ indicator: 'PHY-06', evidence: [{ text: 'Seen: PHY-06.' }] }],
      })
      t.match(one.decisions, [
        {
          id: second.id,
          supersedes: first.id,
          rationale: 'Seen and heard at school.',
          decidedBy: { displayName: 'The supervisor' },
        },
        { id: first.id, supersededBy: second.id },
      ])
      t.strictSame(
        one.recommendations[0].decisions.map((decision: Json) => decision.id),
        [second.id, first.id],
      )
      t.match(two, { recommendations: [{ id: younger.id, decisions: [] }], decisions: [] })
      t.strictSame(
        recommendations.map((recommendation: Json) => recommendation.id).sort(),
        [older.id, younger.id].sort(),
      )
      t.strictSame(
        decisions.map((decision: Json) => decision.id),
        [second.id, first.id],
      )
    }
  },
)

t.test('what hangs on each of a page of referrals is its own', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const bodies = [low(), levelTwo(), levelThree(), levelFour()]
  const expected: Record<string, string> = {}
  for (const [i, body] of bodies.entries()) {
    const [recommendation] = await recommended(on, body)
    await decided(on, recommendation)
    expected[recommendation.referralId] = `L${i + 1}`
  }
  const query = `{ referrals { edges { node { id children {
      decisions { level } recommendations { content { level { code } } }
    } } } } }`
  const { body } = await la.graphql('panel', query)
  t.equal(body.data.referrals.edges.length, 4)
  for (const { node } of body.data.referrals.edges) {
    const level = expected[node.id]
    t.strictSame(node.children, [
      { decisions: [{ level }], recommendations: [{ content: { level: { code: level } } }] },
    ])
  }
})
