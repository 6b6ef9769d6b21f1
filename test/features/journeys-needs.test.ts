// Journeys of children in need, told from the first request to what people see at the end.
import t from 'tap'
import { acknowledgeReferrals } from '../../src/features/letters/task.ts'
import { completed, decided, judged, received, recommended, recommendedFor } from '../support/flow.ts'
import { flat, journeyOf } from '../support/journey.ts'
import { acceptance, child, referral } from '../support/referrals.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
t.beforeEach(() => {
  world.clock.now = START
})

const needs = ['SEN-01', 'FAM-01']
const ash = child(needs, { name: { given: 'Ash', family: 'Fern' } })

onBoth(t, world, 'an early worry is helped below the threshold, and followed up until help is there', async (t, la) => {
  const { shows, does, list, queue, clock, told, goesOn, until, end } = journeyOf(t, world, la)
  const referralId = await received(la.on, referral([ash]))
  shows(await queue('screener', { referral: referralId }), [
    {
      ...{ child: 'a', steps: ['recommend', 'acknowledge'], alarms: [], agency: 'Hillside Primary School' },
      clock: { name: 'acknowledgement', state: 'running', dueAt: '2026-11-25T17:00:00.000Z' },
    },
  ])
  await goesOn(acknowledgeReferrals)
  const thanks = await list('referrer', 'letters')
  shows(thanks, [{ kind: 'acknowledgement', writtenBy: null, text: /by 17:00 on 25 November 2026/ }])
  shows(await clock(referralId, 'acknowledgement'), { state: 'met' })

  const [recommendation] = await recommendedFor(la.on, referralId)
  const params = { recommendationId: recommendation.id }
  shows(await queue('screener', { referral: referralId }), [{ steps: ['judge'], level: null, mine: true }])
  shows(await la.on('screener', 'recommendation', { params }), { status: 409, code: 'own_judgement_first' })
  await judged(la.on, 'screener', recommendation, { level: 'L1', reasons: 'A family that has just moved here.' })
  const shown = await does('screener', 'recommendation', { params })
  shows(shown.content, { level: { code: 'L2' }, responses: [{ code: 'early-help-assessment' }] })
  const hub = {
    ...{ help: 'A place in the family hub', service: 'family-hub', heldBy: 'Hub lead', status: 'offered' },
    ...{ consent: 'given', followUpOn: '2026-12-01' },
  }
  const decision = await decided(la.on, shown, { closing: { help: [hub] } }, 'screener')
  shows(decision, {
    ...{ state: 'awaiting_sign_off', signOffBecause: ['not_a_supervisor'], secondScreeningBecause: [] },
    ...{ ownLevel: 'L1', level: 'L2', movement: 'to_recommendation' },
  })
  t.strictSame(await list('screener', 'lettersDue'), [], 'nothing is told before a supervisor has signed')
  shows(await queue('supervisor', { what: 'sign_off', mine: true }), [{ referralId, clock: { name: 'urgency' } }])
  const decisionId = decision.id
  await does('supervisor', 'signOffDecision', { params: { decisionId }, body: { notes: 'The family agrees.' } })
  t.strictSame(await queue('screener', {}), [], 'the front door has done its part')
  shows(await clock(referralId, 'decision'), { state: 'met' })

  shows(await list('screener', 'lettersDue'), [{ referralId, kind: 'feedback', decisions: [decisionId] }])
  const { letter } = await does('screener', 'sendLetter', { params: { referralId }, body: { kind: 'feedback' } })
  const [read] = await list('referrer', 'letters', { kind: 'feedback' })
  t.equal(read.text, letter.text)
  for (const said of [
    ...['Ash Fern', 'Early help assessment', 'A place in the family hub (Hub lead)', 'Early Help Advice Line'],
    ...['1. Practitioners concerned, by telephone, within 1 working day', '5. Delegated safeguarding partners'],
  ])
    t.ok(flat(read.text).includes(said), said)
  await does('referrer', 'confirmLetter', { params: { letterId: letter.id } })

  until('2026-12-01T09:00:00.000Z')
  const [offer] = await list('screener', 'helpFollowUps')
  shows(offer, { decisionId, number: 1, status: 'offered', followUp: 'due' })
  const update = (help: Json, body: object) => does('screener', 'updateHelp', { params: { helpId: help.id }, body })
  await update(offer, { status: 'secured', notes: 'They have been twice.', followUpOn: '2026-12-15' })
  t.strictSame(await list('screener', 'helpFollowUps'), [])
  until('2026-12-15T16:00:00.000Z')
  shows(await queue('screener', { what: 'carry_out' }), [
    { referralId, clock: { name: 'follow_up', state: 'at_risk' } },
  ])
  t.strictSame(await list('supervisor', 'nothingSecured'), [], 'as far as anybody knows')
  await update(offer, { status: 'offered', notes: 'The hub has closed the group.', followUpOn: '2026-12-22' })
  shows(await list('supervisor', 'nothingSecured'), [{ decisionId, child: 'a', days: 21, offered: 1 }])

  const held = { heldBy: 'Home visiting', service: undefined, followUpOn: '2026-12-18' }
  const visitor = { ...hub, ...held, help: 'A volunteer who visits' }
  const { help } = await does('screener', 'arrangeHelp', { params: { decisionId }, body: visitor })
  t.equal((await list('supervisor', 'nothingSecured')).length, 1, 'an offer is not yet help')
  until('2026-12-18T10:00:00.000Z')
  await update(help, { status: 'secured', notes: 'She comes on Mondays, and they like her.' })
  t.strictSame(await list('supervisor', 'nothingSecured'), [])
  await update(offer, { status: 'declined', notes: 'Not needed any more.' })
  t.strictSame(await list('screener', 'helpFollowUps', { to: '2027-12-31' }), [], 'nobody is left to be asked')
  t.same(await queue('screener', { what: 'carry_out' }), [])
  t.strictSame(await told(referralId), [
    ...['referral.received', 'letter.sent', 'recommendation.made', 'decision.completed', 'letter.sent'],
    'letter.received',
  ])
  await end()
})

onBoth(
  t,
  world,
  'a child referred again under another spelling is known again before the work is ended',
  async (t, la) => {
    const { shows, does, list, queue, clock, told, goesOn, end } = journeyOf(t, world, la)
    const DAY = 86_400_000
    const home = { household: { address: '12 Mill Lane, Northmoor, NM1 4QX' } }
    const known = (given: string, family: string) => referral([child(needs, { name: { given, family } })], home)
    const earlier: string[] = []
    const closing = { noHelpReason: 'The school has a group for her.' }
    for (const [days, given, family] of [
      [0, 'Ada', 'Fern'],
      [80, 'Adah', 'Fern'],
      [50, 'Ada', 'Ferne'],
    ] as const) {
      world.clock.now += days * DAY
      const [recommendation] = await recommended(la.on, known(given, family))
      shows(recommendation.content, { level: { code: 'L2' }, reviews: [] }, 'by itself, each is an early worry')
      await completed(la.on, recommendation, { closing })
      const params = { referralId: recommendation.referralId }
      await does('supervisor', 'sendLetter', { params, body: { kind: 'feedback' } })
      earlier.push(recommendation.referralId)
    }
    world.clock.now += 30 * DAY
    const nurse = { agency: 'Northmoor General Hospital', role: 'Ward sister', sourceCode: '3B' }
    const body = { ...known('Ada', 'Phern'), referrer: nurse }
    const referralId = (await does('otherReferrer', 'receiveReferral', { body })).referral.id
    await goesOn(acknowledgeReferrals)
    const [before] = await recommendedFor(la.on, referralId)
    const history = async () => (await does('screener', 'referralHistory', { params: { referralId } })).children[0]
    shows(before.content, { level: { code: 'L2' }, alerts: [], reviews: [] }, 'what nobody has joined does not score')
    const alone = await history()
    shows(alone, { pattern: { contacts: 1 }, household: { gapsInDays: [80, 50, 30] }, reviewRequired: true })
    t.ok(
      alone.alerts.some(({ code }: Json) => code === 'unconfirmed_match'),
      'somebody is asked to look',
    )

    const { candidates } = await does('officer', 'childMatches', { params: { referralId, child: 'a' } })
    t.strictSame(candidates.map((one: Json) => one.referralId).sort(), [...earlier].sort())
    for (const one of candidates) {
      shows(one, { standing: 'proposed', isJoined: false })
      const sounds = one.parts.find(({ what }: Json) => what === 'family_name')
      t.equal(sounds.text, 'The family names sound alike.')
      const same = { otherReferral: one.referralId, otherChild: 'a', verdict: 'same', reason: 'I asked the school.' }
      await does('officer', 'judgeChildMatch', { params: { referralId, child: 'a' }, body: same })
    }
    const joined = await history()
    shows(joined.pattern, { contacts: 4, gapsInDays: [80, 50, 30], gapsShorten: true, sameConcernWithin3Months: 2 })
    t.strictSame(
      joined.contacts.map((one: Json) => one.referralId),
      [...earlier].reverse(),
    )
    const codes = joined.alerts.map(({ code, requiresReview }: Json) => (requiresReview ? code : null))
    for (const code of ['same_concern_within_3_months', 'contacts_in_12_months', 'gaps_shorten'])
      t.ok(codes.includes(code), code)

    world.clock.now += 60_000
    const [recommendation] = await recommendedFor(la.on, referralId)
    const { content } = recommendation
    shows(content, { level: { code: 'L3' }, responses: [{ code: 'section-17-assessment' }, { code: 'family-help' }] })
    shows(content.reviews, [/turned away at least twice in six months/, /Look for the pattern across all of them/])
    shows(content.alerts, [{ code: 'same_concern_within_3_months' }, { code: 'referrals_in_12_months' }])
    await judged(la.on, 'screener', recommendation, { level: 'L1' })
    const ended = { level: 'L1', response: 'universal-services', overrideReason: 'already-helped' }
    const spoken = { on: '2027-05-03', with: 'The nurse', summary: 'She knows of no earlier referral.' }
    const lighter = { ...ended, closing: { referrerSpokenTo: spoken, noHelpReason: 'School has a group.' } }
    const decision = await decided(la.on, recommendation, lighter, 'screener')
    shows(decision, { state: 'awaiting_second_screening', departure: 'lowered', movement: 'kept' })
    t.strictSame(decision.secondScreeningBecause, ['response', 'review', 'history'], 'nobody ends it alone')

    const params = { decisionId: decision.id }
    shows(await queue('secondScreener', { mine: true }), [{ referralId, steps: ['second_screening'], level: null }])
    await does('secondScreener', 'pickUpSecondScreening', { params })
    const whole = { level: 'L3', response: 'section-17-assessment' }
    const view = { ...whole, indicators: needs, reasons: 'Four people in half a year say the same.' }
    const second = await does('secondScreener', 'judgeSecond', { params, body: view })
    shows(second, { agreement: { level: false, levelsApart: 2 }, decision: { state: 'awaiting_reconciliation' } })
    const settled = { stands: false, reasons: 'The history was not read as one.' }
    const back = await does('supervisor', 'reconcileDecision', { params, body: settled })
    shows(back.decision, { state: 'returned' })
    shows(await queue('screener', { referral: referralId }), [{ steps: ['returned'], mine: true }])
    const better = await decided(la.on, recommendation, { ...whole, supersedes: decision.id }, 'screener')
    shows(better, { departure: 'none', movement: 'to_recommendation', secondScreeningBecause: ['review'], sequence: 2 })
    t.equal(better.state, 'awaiting_sign_off', 'what the second had seen is not screened again')
    const sign = { params: { decisionId: better.id }, body: { notes: 'All four referrals read.' } }
    shows(await does('supervisor', 'signOffDecision', sign), { decision: { state: 'complete' } })
    shows(
      await clock(referralId, 'statutory', 'assessment'),
      { state: 'running', dueAt: '2027-07-07T16:00:00.000Z' },
      'from the day after the bank holiday',
    )

    const { letter } = await does('screener', 'sendLetter', { params: { referralId }, body: { kind: 'feedback' } })
    shows(letter, { decisions: [better.id], to: 'Ward sister, Northmoor General Hospital' })
    shows(flat(letter.text), /Ada Phern -+ Decided: Child in need assessment\./)
    t.notMatch(letter.text, /Hillside|turned away|earlier referral/, 'what others said before is not told')
    shows(await list('otherReferrer', 'referrals'), [{ id: referralId }])
    t.strictSame(await told(referralId), [
      ...['referral.received', 'referral.linked', 'letter.sent', 'recommendation.made', 'recommendation.made'],
      ...['decision.completed', 'letter.sent'],
    ])
    await end()
  },
)

onBoth(t, world, 'two agencies refer brother and sister in one minute, and neither is lost', async (t, la) => {
  const { shows, does, list, queue, told, goesOn, end } = journeyOf(t, world, la)
  const brother = { name: { given: 'Ben', family: 'Fern' }, identifiers: [{ scheme: 'nhs', value: '9434765919' }] }
  const sister = { name: { given: 'Ada', family: 'Fern' }, dateOfBirth: '2021-02-11' }
  const agencies = { referrer: 'Hillside Primary School', otherReferrer: 'Ward 7' } as const
  const send = async (who: keyof typeof agencies) => {
    const named = [child(needs, { id: `${who}-1`, ...brother }), child(needs, { id: `${who}-2`, ...sister })]
    const body = referral(named, { referrer: { agency: agencies[who], role: 'Practitioner', sourceCode: '2A' } })
    return { who, id: (await does(who, 'receiveReferral', { body })).referral.id as string }
  }
  // Of two of one instant the one with the lower id counts as the earlier.
  const sent = (await Promise.all([send('referrer'), send('otherReferrer')])).sort((a, b) => (a.id < b.id ? -1 : 1))
  const ids = sent.map(({ id }) => id)
  t.equal((await queue('screener', {})).length, 4, 'both are there, and each of the children in each')
  await goesOn(acknowledgeReferrals)
  for (const { who, id } of sent) {
    shows(await list(who, 'letters'), [{ referralId: id, kind: 'acknowledgement' }])
    shows(await list(who, 'referrals'), [{ id }], 'and nothing of the other')
    const params = { referralId: ids.find((one) => one !== id) }
    shows(await la.on(who, 'referral', { params }), { status: 404, code: 'not_found' })
    shows(await la.on(who, 'referralLinks'), { status: 403, code: 'forbidden' })
  }

  const links = await list('screener', 'referralLinks', { referral: ids[0] })
  t.same(links.map(({ kind }) => kind).sort(), ['household', 'possible_duplicate'])
  const link = links.find(({ kind }) => kind === 'possible_duplicate')
  shows(link, { referrals: ids, state: 'open' })
  const verdict = { verdict: 'confirmed', reason: 'Both were told of the same evening.' }
  await does('screener', 'judgeReferralLink', { params: { linkId: link.id }, body: verdict })
  for (const referralId of ids) {
    const { children } = await does('screener', 'referralHistory', { params: { referralId } })
    for (const { alerts } of children)
      t.ok(alerts.some(({ code, text }: Json) => code === 'possible_duplicate' && /each of them stands/.test(text)))
  }

  for (const [i, { who, id: referralId }] of sent.entries()) {
    const both = await recommendedFor(la.on, referralId)
    for (const recommendation of both) await judged(la.on, 'supervisor', recommendation)
    const decisions = both.map((one) => ({ recommendation: one.id, ...acceptance(one) }))
    const made = await does('supervisor', 'recordDecisions', { params: { referralId }, body: { decisions } })
    for (const { id: decisionId, state, secondScreeningBecause } of made.decisions) {
      t.same(secondScreeningBecause, i === 0 ? [] : ['history'], 'of the later one the earlier is known')
      if (state === 'complete') continue
      await does('secondScreener', 'pickUpSecondScreening', { params: { decisionId } })
      const body = { level: 'L2', response: 'early-help-assessment', indicators: [], reasons: 'As both of them say.' }
      await does('secondScreener', 'judgeSecond', { params: { decisionId }, body })
    }
    t.equal((await queue('screener', {})).length, i === 0 ? 2 : 0, 'that one is answered does not answer the other')
    const { letter } = await does('supervisor', 'sendLetter', { params: { referralId }, body: { kind: 'feedback' } })
    shows(flat(letter.text), /Ben Fern .* Ada Fern /, 'about both children')
    const other = agencies[who === 'referrer' ? 'otherReferrer' : 'referrer']
    shows([letter.to.includes(agencies[who]), letter.text.includes(other)], [true, false], 'to this agency alone')
    shows(await list(who, 'letters'), [{ kind: 'feedback' }, { kind: 'acknowledgement' }])
    t.equal((await told(referralId)).filter((event) => event === 'decision.completed').length, 2)
  }
  await end()
})
