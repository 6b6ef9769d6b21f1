import t from 'tap'
import { judged, received, recommendedFor } from '../support/flow.ts'
import { child, levelFour, levelTwo, low, referral } from '../support/referrals.ts'
import { onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const rationale = 'In my own words.'

onBoth(
  t,
  world,
  'a revision that drops danger is shown as such, and deciding on less needs its grounds',
  async (t, la) => {
    for (const [title, before, isScored] of [
      ['a floor that was recommended on', levelFour(), true],
      ['immediate danger that nobody had scored yet', low({ immediateDanger: true }), false],
    ] as const) {
      const referralId = await received(la.on, before)
      if (isScored) await recommendedFor(la.on, referralId)
      const body = { basedOn: 1, reason: 'typo', content: levelTwo() }
      t.equal((await la.on('referrer', 'reviseReferral', { params: { referralId }, body })).status, 201, title)
      const [recommendation] = await recommendedFor(la.on, referralId)
      const { content } = recommendation
      t.match({ level: content.level.code, earlier: content.earlierFloor.code }, { level: 'L2', earlier: 'L4' }, title)
      t.ok(
        content.alerts.some(({ code }: { code: string }) => code === 'danger_withdrawn'),
        title,
      )

      const params = { recommendationId: recommendation.id }
      const less = { level: 'L2', response: content.responses[0].code, rationale }
      for (const who of ['screener', 'supervisor'] as const) await judged(la.on, who, recommendation)
      const refused = await la.on('screener', 'recordDecision', { params, body: less })
      t.match(refused, { status: 422, code: 'override_reason_required' }, title)
      const reasoned = { ...less, overrideReason: 'finding-misread' }
      t.match(await la.on('screener', 'recordDecision', { params, body: reasoned }), { status: 403 }, title)
      t.match(
        await la.on('supervisor', 'recordDecision', { params, body: reasoned }),
        { code: 'statutory_reason_required' },
        title,
      )
      const grounds = {
        ...reasoned,
        statutoryReason: 'The referrer had mistaken the child for another; both were seen today.',
      }
      t.equal((await la.on('supervisor', 'recordDecision', { params, body: grounds })).status, 201, title)
    }
  },
)

onBoth(t, world, 'an answer to a gate that names a child redirects that child alone', async (t, la) => {
  const facts = [{ code: 'on-protection-plan', answer: 'yes', children: ['b'] }]
  const two = referral([child(['PHY-04'], { id: 'a' }), child(['EXP-03'], { id: 'b' })], { facts })
  const [a, b] = await recommendedFor(la.on, await received(la.on, two))
  t.same([a.content.outcome, b.content.outcome], ['recommended', 'redirected'])
  const nobody = referral([child(['PHY-04'])], { facts: [{ ...facts[0], children: ['zz'] }] })
  t.match(await la.on('referrer', 'receiveReferral', { body: nobody }), {
    status: 422,
    errors: [{ code: 'unknown_child' }],
  })
})
