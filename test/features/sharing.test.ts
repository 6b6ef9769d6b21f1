// Consent to a response, what was shared and what was not, and what a letter must not say.
import t from 'tap'
import { completed, decided, received, recommended } from '../support/flow.ts'
import { child, levelFour, levelThree, levelTwo, referral } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const nodes = async (on: Call, operation: string, params: object = {}): Promise<Json[]> =>
  (await on('supervisor', operation, { params: { ...params } })).data.edges.map(({ node }: Json) => node)

const HELP = {
  help: 'A place in the hub',
  heldBy: 'Hub',
  status: 'offered',
  consent: 'given',
  followUpOn: '2026-12-01',
}

onBoth(
  t,
  world,
  'what was said of consent to a response is kept, the latest counts, and nothing waits',
  async (t, la) => {
    const { on } = la
    const unasked = { consent: { sought: true } }
    const [recommendation] = await recommended(on, levelTwo(unasked))
    const { referralId } = recommendation
    const decision = await completed(on, recommendation, { closing: { help: [HELP] } })
    t.equal(decision.state, 'complete', 'a decision is complete without it')
    const standing = async (of: Json = decision) =>
      (await on('auditor', 'decisionConsent', { params: { decisionId: of.id } })).data
    t.match(await standing(), {
      ...{ response: 'early-help-assessment', stands: false, effect: 'return_to_referrer' },
      ...{ state: null, saidIn: null, consentId: null, missing: /Whether anybody agreed/ },
    })
    const say = async (more: object, who: 'screener' | 'system' | 'panel' = 'screener') =>
      on(who, 'recordConsent', {
        params: { referralId },
        body: { child: 'a', response: 'early-help-assessment', statedOn: '2026-11-24', ...more },
      })
    for (const [more, pointer, code] of [
      [{ state: 'given' }, '/by', 'missing_property'],
      [{ state: 'not_sought' }, '/reason', 'missing_property'],
      [{ state: 'not_sought', reason: 'Later.', by: 'mother' }, '/by', 'not_asked'],
      [{ state: 'refused', by: 'mother', manner: 'telephone', statedOn: '2026-11-25' }, '/statedOn', 'in_the_future'],
      [{ state: 'given', by: 'mother', manner: 'telephone', child: 'b' }, '/child', 'unknown_child'],
      [{ state: 'given', by: 'mother', manner: 'telephone', response: 'tea' }, '/response', 'unknown_response'],
    ] as const)
      t.match(await say(more), { status: 422, errors: [{ pointer, code }] }, `${pointer} ${code}`)
    for (const who of ['system', 'panel'] as const)
      t.match(await say({ state: 'given', by: 'mother', manner: 'telephone' }, who), { status: 403 }, who)

    const refused = await say({ state: 'refused', by: 'mother', manner: 'telephone', reason: 'She has no time.' })
    t.match(refused.data, { stands: false, missing: /refused/, consent: { isLatest: true, override: null } })
    t.match(await standing(), { stands: false, state: 'refused', saidIn: 'register', effect: 'return_to_referrer' })
    const given = (await say({ state: 'given', by: 'mother', manner: 'in_person' })).data
    t.match(given, { stands: true, missing: null })
    t.match(await standing(), { stands: true, effect: 'proceed', missing: null, consentId: given.consent.id })
    t.match(await nodes(on, 'consents', { referral: referralId }), [
      { state: 'given', isLatest: true, recordedBy: { displayName: 'The screener' } },
      { state: 'refused', isLatest: false },
    ])
    t.equal((await nodes(on, 'consents', { latest: true })).length, 1)
    t.match((await on('auditor', 'auditVerification')).data, { isIntact: true })
  },
)

onBoth(t, world, 'protection does not wait for consent, and going ahead without it has a ground', async (t, { on }) => {
  const [protection] = await recommended(on, levelFour({ consent: { sought: false, reason: 'Not safe.' } }))
  const strategy = await decided(on, protection)
  const standing = async (of: Json) => (await on('auditor', 'decisionConsent', { params: { decisionId: of.id } })).data
  t.match(await standing(strategy), { stands: false, effect: 'proceed', state: 'not_sought', saidIn: 'referral' })
  const because = { state: 'not_sought', statedOn: '2026-11-24', reason: 'They would press the child.' }
  const say = async (of: Json, more: object) =>
    on('supervisor', 'recordConsent', { params: { referralId: of.referralId }, body: { child: 'a', ...more } })
  const override = { ground: 'risk_to_child', reason: 'He has threatened her before.' }
  const said = await say(strategy, { ...because, response: 'strategy-discussion', override })
  t.match(said.data, { stands: true, consent: { override } })
  t.match(await standing(strategy), { stands: true, missing: null })

  const [need] = await recommended(on, levelThree())
  const assessment = await decided(on, need)
  t.match(await standing(assessment), { stands: true, state: 'given', saidIn: 'referral' }, 'the referral says so')
  const back = { state: 'withdrawn', by: 'father', manner: 'in_writing', statedOn: '2026-11-24' }
  await say(assessment, { ...back, response: 'section-17-assessment' })
  t.match(await standing(assessment), { stands: false, effect: 'proceed', missing: /taken back/, state: 'withdrawn' })
  t.match(
    (await nodes(on, 'consents', { overridden: true })).map(({ response }) => response),
    ['strategy-discussion'],
  )
})

onBoth(t, world, 'what was shared and what was not is in a register, and is looked at again', async (t, { on }) => {
  const referralId = await received(on, levelThree())
  const record = async (body: object, who: 'supervisor' | 'officer' | 'panel' | 'robot' = 'supervisor') =>
    on(who, 'recordSharing', { params: { referralId }, body })
  const about = { information: 'That an assessment has begun.', reason: 'She can keep an eye on him.' }
  const shared = { ...about, outcome: 'shared', recipient: 'The GP', recipientKind: 'health', basis: 'section_16la' }
  const withheld = {
    ...{ ...about, outcome: 'not_shared', recipient: 'The father', recipientKind: 'family' },
    ...{ withheldBecause: 'more_detrimental_to_child', reviewOn: '2026-12-08' },
  }
  for (const [body, pointer, code] of [
    [{ ...shared, basis: undefined }, '/basis', 'missing_property'],
    [{ ...shared, withheldBecause: 'risk_to_another' }, '/withheldBecause', 'other_outcome'],
    [{ ...withheld, reviewOn: undefined }, '/reviewOn', 'missing_property'],
    [{ ...withheld, reviewOn: '2026-11-24' }, '/reviewOn', 'review_day'],
    [{ ...shared, child: 'b' }, '/child', 'unknown_child'],
  ] as const)
    t.match(await record(body), { status: 422, errors: [{ pointer, code }] }, `${pointer} ${code}`)
  t.equal((await record(shared, 'officer')).status, 201, 'sharing what safeguards a child needs no qualification')
  t.match(await record(withheld, 'officer'), { status: 403, code: 'qualification_required' }, 'not sharing does')
  for (const who of ['panel', 'robot'] as const) t.match(await record(shared, who), { status: 403 }, who)
  const first = (await record(withheld)).data.sharing
  t.match(first, { outcome: 'not_shared', decidedBy: { qualification: 'social_work' }, isReviewOverdue: false })
  t.same(await nodes(on, 'sharingDecisions', { reviewOverdue: true }), [])
  world.clock.now += 15 * 24 * 3_600_000
  t.match(await nodes(on, 'sharingDecisions', { reviewOverdue: true }), [{ id: first.id, isReviewOverdue: true }])
  const again = await record({ ...withheld, reviewOn: '2027-01-08', supersedes: first.id })
  t.match(again.data.sharing, { supersedes: first.id, supersededBy: null })
  t.match(await record({ ...shared, supersedes: first.id }), { status: 409, code: 'already_decided' })
  t.same(await nodes(on, 'sharingDecisions', { reviewOverdue: true }), [], 'what was looked at is not overdue')
  world.clock.now -= 15 * 24 * 3_600_000
  t.match(
    (await nodes(on, 'sharingDecisions', { outcome: 'not_shared' })).map(({ supersededBy }) => supersededBy),
    [null, again.data.sharing.id],
  )
  t.match(await nodes(on, 'sharingDecisions', { recipientKind: 'health', basis: 'section_16la' }), [
    { outcome: 'shared' },
  ])
  t.match(await on('referrer', 'sharingDecisions'), { status: 403 })
})

onBoth(t, world, 'a letter does not say what was marked as not to be shared with its reader', async (t, { on }) => {
  const named = child(['SEN-01', 'FAM-01'], { name: { given: 'Ash', family: 'Fern' } })
  const [recommendation] = await recommended(on, referral([named]))
  const { referralId } = recommendation
  const help = { ...HELP, heldBy: 'The refuge in  Elm Street' }
  await completed(on, recommendation, { closing: { help: [help] } })
  const mark = async (body: object) => on('screener', 'markWithheld', { params: { referralId }, body })
  const refuge = { audience: 'family', words: 'elm street', reason: 'He does not know where she lives.' }
  t.match(await mark({ ...refuge, words: undefined }), { status: 422, errors: [{ code: 'missing_property' }] })
  t.match(await mark({ ...refuge, pointer: '/children/0/name' }), { status: 422, errors: [{ code: 'one_of_two' }] })
  t.match(await mark({ ...refuge, revision: 1, pointer: '/children/7' }), {
    status: 422,
    errors: [{ code: 'nothing_there' }],
  })
  const { id } = (await mark(refuge)).data.mark
  const family = { kind: 'family_feedback', child: 'a' }
  const preview = async (asked: object) =>
    (await on('screener', 'letterPreview', { params: { referralId, ...asked } })).data
  const send = async (body: object) => on('screener', 'sendLetter', { params: { referralId }, body })
  t.same((await preview(family)).reveals, [id], 'whatever its case and spacing')
  const before = await world.counts()
  t.match(await send(family), { status: 409, code: 'letter_reveals', errors: [{ detail: new RegExp(id) }] })
  t.same(await world.counts(), before, 'nothing was stored')
  t.same((await preview({ kind: 'feedback' })).reveals, [], 'the referrer may know')
  t.equal((await send({ kind: 'feedback' })).status, 201)

  const name = (await mark({ audience: 'family', revision: 1, pointer: '/children/0/name', reason: 'A test.' })).data
    .mark
  t.same((await preview(family)).reveals.sort(), [id, name.id].sort(), 'a place stands for what is there')
  const lift = (markId: string, who: 'screener' | 'supervisor') =>
    on(who, 'liftSharingMark', { params: { markId }, body: { reason: 'They moved.' } })
  t.match(await lift(id, 'screener'), { status: 403 })
  for (const one of [id, name.id]) t.equal((await lift(one, 'supervisor')).status, 201)
  t.match(await lift(id, 'supervisor'), { status: 409, code: 'already_withdrawn' })
  t.same(await nodes(on, 'sharingMarks', { referral: referralId, standing: true }), [])
  t.equal((await nodes(on, 'sharingMarks', { audience: 'family', standing: false })).length, 2)
  t.equal((await send(family)).status, 201, 'lifted, it may be said')
})
