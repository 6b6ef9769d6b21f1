import t from 'tap'
import type { Role } from '../../src/db/tables/accounts.ts'
import { received, recommended } from '../support/flow.ts'
import { approved, bytesOf, drafted, inForce, OAKHAVEN, published, small, submitted } from '../support/policy-flow.ts'
import { child, levelThree, referral } from '../support/referrals.ts'
import { carriedOut, draftFiles, LOWERED, started } from '../support/rehearsing.ts'
import { grantRole } from '../support/roles.ts'
import { type Call, type Json, onBoth, SURFACES } from '../support/surfaces.ts'
import { type Account, type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const NEXT = small('2026-11', '2026-12-01')

const of = ({ id }: Json): Json => ({ submissionId: id })
const publish = (on: Call, who: AccountName | Account, submission: Json, more: object) =>
  on(who, 'publishPolicy', { params: of(submission), body: { ...bytesOf(submission), ...more } })

onBoth(t, world, 'a draft becomes the version in force by the hands of two, from its day on', async (t, la) => {
  const before = await inForce(la.on)
  const submission = await submitted(la.on, NEXT)
  const approval = await la.on('approver', 'approvePolicySubmission', {
    params: of(submission),
    body: bytesOf(submission),
  })
  t.match(approval, { status: 201, data: { submission: { state: 'approved' }, review: { outcome: 'approved' } } })
  const { status, data } = await publish(la.on, 'supervisor', submission, { supersedes: before })
  t.equal(status, 201)
  t.match(data.version, {
    policy: 'small',
    version: '2026-11',
    contentHash: submission.contentHash,
    effectiveFrom: '2026-12-01',
    state: 'scheduled',
    approval: 'approved',
    approvalDueAt: null,
    isHotfix: false,
    supersedes: before,
    legacyUntil: null,
    retiredFrom: null,
  })
  const on = async (date: string) => (await la.on('screener', 'policyInForce', { params: { on: date } })).data
  t.match(await on('2026-11-30'), { version: '2026-04', state: 'in_force' })
  t.match(await on('2026-12-01'), { version: '2026-11', state: 'in_force' })
  t.equal((await la.on('author', 'policyDraft', { params: { draftId: submission.draftId } })).data.state, 'published')
  const files = await la.on('screener', 'policyVersionFiles', { params: { policy: 'small', version: '2026-11' } })
  t.strictSame({ ...files.data.files }, { base: null, ...NEXT }, 'and it comes out byte for byte')
  const { data: log } = await la.on('auditor', 'auditEntries')
  t.match(JSON.parse(log.edges[0].node.body).facts, {
    submission: submission.id,
    contentHash: submission.contentHash,
    effectiveFrom: '2026-12-01',
    kind: 'approved',
  })
  t.match((await la.on('auditor', 'auditVerification')).data, { isIntact: true, faults: [] })
})

onBoth(t, world, 'what set-up provided, and what extends a base, comes out byte for byte', async (t, la) => {
  await la.publish('oakhaven/2026-02')
  const { data } = await la.on('referrer', 'policyVersionFiles', { params: { policy: 'oakhaven', version: '2026-02' } })
  t.strictSame({ ...data.files }, OAKHAVEN)
  const missing = { params: { policy: 'oakhaven', version: '2026-03' } }
  t.match(await la.on('referrer', 'policyVersionFiles', missing), { status: 404, code: 'not_found' })
})

/** Somebody who holds these roles in the authority; roles are read at each request. */
async function granted(
  la: { id: string; accounts: Readonly<Record<string, Account>> },
  name: string,
  ...roles: Role[]
) {
  const account = la.accounts[name]
  if (!account) throw new Error(`no account ${name}`)
  for (const role of roles) await grantRole(world, account.id, role)
  return account
}

onBoth(t, world, 'nobody approves or publishes what they wrote, submitted or revised', async (t, la) => {
  await granted(la, 'author', 'policy_approver')
  await granted(la, 'administrator', 'policy_author', 'policy_approver')
  const supersedes = await inForce(la.on)
  const refusal = { status: 403, code: 'own_policy', data: null }
  const { id: draftId } = await drafted(la.on, { policy: 'a: 1' })
  await la.on('administrator', 'revisePolicyDraft', {
    params: { draftId },
    body: { basedOn: 1, reason: 'All of it.', files: NEXT },
  })
  const submit = await la.on('author', 'submitPolicyDraft', { params: { draftId }, body: { revision: 2 } })
  const { submission } = submit.data
  const approve = (who: AccountName) =>
    la.on(who, 'approvePolicySubmission', { params: of(submission), body: bytesOf(submission) })
  t.match(await approve('author'), refusal, 'who wrote the first revision')
  t.match(await approve('administrator'), refusal, 'who wrote the second')
  t.equal((await approve('approver')).status, 201)
  t.match(await approve('approver'), { status: 409, code: 'already_decided' }, 'once is enough')
  for (const who of ['author', 'administrator'] satisfies AccountName[])
    t.match(await publish(la.on, who, submission, { supersedes }), refusal, who)
  t.equal((await publish(la.on, 'approver', submission, { supersedes })).status, 201, 'the approver may')
})

onBoth(
  t,
  world,
  'only approvers approve, only approvers and supervisors publish and retire, and only people',
  async (t, la) => {
    const submission = await submitted(la.on, NEXT)
    const requests: [string, object, readonly AccountName[]][] = [
      ['approvePolicySubmission', { params: of(submission), body: bytesOf(submission) }, ['approver']],
      ['rejectPolicySubmission', { params: of(submission), body: { reason: 'No.' } }, ['approver']],
      ['publishPolicy', { params: of(submission), body: bytesOf(submission) }, ['approver', 'supervisor']],
      [
        'publishPolicyHotfix',
        { params: of(submission), body: { ...bytesOf(submission), supersedes: submission.id, reason: 'Now.' } },
        ['approver', 'supervisor', 'author'],
      ],
      [
        'retirePolicy',
        { params: { policy: 'northmoor', version: '2026-04' }, body: { from: '2027-01-01', reason: 'Old.' } },
        ['approver', 'supervisor'],
      ],
    ]
    const everybody = [
      'referrer',
      'system',
      'officer',
      'screener',
      'panel',
      'author',
      'auditor',
      'administrator',
    ] as const
    for (const [operation, request, may] of requests)
      for (const who of everybody.filter((name) => !may.includes(name)))
        t.match(await la.on(who, operation, request), { status: 403, code: 'forbidden' }, `${who} ${operation}`)
    await granted(la, 'robot', 'policy_approver')
    for (const [operation, request] of requests)
      t.match(await la.on('robot', operation, request), { status: 403, code: 'forbidden' }, `a system: ${operation}`)
  },
)

onBoth(t, world, 'an approval is of exactly those bytes', async (t, la) => {
  const supersedes = await inForce(la.on)
  const submission = await submitted(la.on, NEXT)
  const other = 'f'.repeat(64)
  const approve = (more: object) =>
    la.on('approver', 'approvePolicySubmission', { params: of(submission), body: { ...bytesOf(submission), ...more } })
  for (const more of [{ contentHash: other }, { casesHash: other }])
    t.match(await approve(more), { status: 409, code: 'bytes_changed' })
  t.match(await publish(la.on, 'approver', submission, { supersedes }), { status: 409, code: 'not_approved' })
  await approve({})
  for (const more of [{ contentHash: other }, { casesHash: other }])
    t.match(await publish(la.on, 'approver', submission, { supersedes, ...more }), {
      status: 409,
      code: 'bytes_changed',
    })
  await la.on('author', 'revisePolicyDraft', {
    params: { draftId: submission.draftId },
    body: { basedOn: 1, reason: 'One word.', files: { ...NEXT, policy: `${NEXT.policy}# One word\n` } },
  })
  t.match(await publish(la.on, 'approver', submission, { supersedes }), { status: 409, code: 'bytes_changed' })
  t.match(await approve({}), { status: 409, code: 'bytes_changed' })
  t.equal(await inForce(la.on), supersedes)
})

onBoth(t, world, 'what is rejected or withdrawn is not published, and the reason is kept', async (t, la) => {
  const supersedes = await inForce(la.on)
  for (const [who, operation, state] of [
    ['approver', 'rejectPolicySubmission', 'rejected'],
    ['author', 'withdrawPolicySubmission', 'withdrawn'],
  ] as const) {
    const submission = await approved(la.on, NEXT)
    t.match(await la.on(who, operation, { params: of(submission), body: {} }), { status: 400, code: 'invalid_input' })
    const reason = 'Paragraph 7 says something else.'
    t.match((await la.on(who, operation, { params: of(submission), body: { reason } })).data.submission, { state })
    t.match(await publish(la.on, 'approver', submission, { supersedes }), { status: 409, code: 'not_submitted' })
    t.match(await la.on(who, operation, { params: of(submission), body: { reason } }), {
      status: 409,
      code: 'not_submitted',
    })
    const { data } = await la.on('auditor', 'policySubmissionReviews', { params: of(submission) })
    t.ok(data.reviews.some((review: Json) => review.outcome === state && review.reason === reason))
    t.ok(
      data.reviews.some((review: Json) => review.outcome === 'approved'),
      'that it was approved stays known',
    )
  }
})

onBoth(t, world, 'a version takes effect today or later, and not before its document says', async (t, la) => {
  const supersedes = await inForce(la.on)
  const early = await approved(la.on, small('a', '2026-11-23'))
  t.match(await publish(la.on, 'approver', early, { supersedes }), { status: 422, code: 'effective_date_past' })
  for (const effectiveFrom of ['2026-11-23', '2026-02-01'])
    t.match(await publish(la.on, 'approver', early, { supersedes, effectiveFrom }), { code: 'effective_date_past' })
  const late = await approved(la.on, small('b', '2026-12-01'))
  const before = await publish(la.on, 'approver', late, { supersedes, effectiveFrom: '2026-11-30' })
  t.match(before, { status: 422, code: 'effective_date_past' }, 'the document says 1 December')
  const today = await publish(la.on, 'approver', early, { supersedes, effectiveFrom: '2026-11-24' })
  t.match(today.data.version, { effectiveFrom: '2026-11-24', state: 'in_force' })
})

onBoth(t, world, '“today” at publication is the day in London', async (t, la) => {
  const back = world.clock.now
  const supersedes = await inForce(la.on)
  const submission = await approved(la.on, small('s', '2027-06-30'))
  world.clock.now = Date.parse('2027-06-30T23:00:00.000Z')
  t.match(await publish(la.on, 'approver', submission, { supersedes }), { code: 'effective_date_past' }, 'it is 1 July')
  world.clock.now = Date.parse('2027-06-30T22:59:59.000Z')
  t.equal((await publish(la.on, 'approver', submission, { supersedes })).status, 201)
  world.clock.now = back
})

onBoth(t, world, 'a publication names the version that goes before, and nothing is published twice', async (t, la) => {
  const first = await inForce(la.on)
  const submission = await approved(la.on, NEXT)
  const conflict = { status: 409, code: 'publication_conflict', data: null }
  t.match(await publish(la.on, 'approver', submission, {}), conflict)
  t.match(await publish(la.on, 'approver', submission, { supersedes: submission.id }), conflict)
  const { version } = (await publish(la.on, 'approver', submission, { supersedes: first })).data
  t.match(await publish(la.on, 'approver', submission, { supersedes: version.id }), {
    status: 409,
    code: 'already_published',
  })
  const again = await approved(la.on, NEXT)
  t.match(await publish(la.on, 'approver', again, { supersedes: version.id }), {
    status: 409,
    code: 'already_published',
  })
  const other = await approved(la.on, small('2026-11', '2027-01-01'))
  t.match(
    await publish(la.on, 'approver', other, { supersedes: version.id }),
    { code: 'already_published' },
    'that version',
  )
  const sameDay = await approved(la.on, small('2026-12', '2026-12-01'))
  t.match(await publish(la.on, 'approver', sameDay, { supersedes: first }), conflict, 'another goes before by now')
  t.match(await publish(la.on, 'approver', sameDay, { supersedes: version.id }), conflict, 'two for one day')
  const draft = await la.on('author', 'revisePolicyDraft', {
    params: { draftId: submission.draftId },
    body: { basedOn: 1, reason: 'More.', files: NEXT },
  })
  t.match(draft, { status: 409, code: 'already_published' }, 'a published draft is closed')
})

onBoth(t, world, 'of two that publish at once exactly one wins', async (t, la) => {
  const supersedes = await inForce(la.on)
  const one = await approved(la.on, small('one', '2026-12-01'))
  const two = await approved(la.on, small('two', '2027-01-01'))
  const answers = await Promise.all([
    publish(la.on, 'approver', one, { supersedes }),
    publish(la.on, 'supervisor', two, { supersedes }),
    publish(la.on, 'supervisor', one, { supersedes }),
  ])
  const won = answers.filter(({ status }) => status === 201)
  t.equal(won.length, 1)
  for (const lost of answers.filter(({ status }) => status !== 201))
    t.match(lost, { status: 409, code: /^(publication_conflict|already_published)$/ })
  const scheduled = await la.on('auditor', 'policies', { params: { state: 'scheduled' } })
  t.strictSame(
    scheduled.data.edges.map(({ node }: Json) => node.id),
    [won[0]?.data.version.id],
  )
})

for (const surface of SURFACES) {
  t.test(`the very first version supersedes none (${surface})`, async (t) => {
    const la = await world.authority(null)
    const on: Call = (who, operation, request) => la.call(surface, who, operation, request)
    t.match(await published(on, small('first', '2026-11-24')), { state: 'in_force', supersedes: null })
  })
}

onBoth(t, world, 'where referrals are stored, nothing is published that was not rehearsed', async (t, la) => {
  const supersedes = await inForce(la.on)
  const submission = await approved(la.on, NEXT)
  await received(la.on, levelThree())
  t.match(await publish(la.on, 'approver', submission, { supersedes }), { status: 409, code: 'not_rehearsed' })
  t.equal((await la.on('approver', 'policySubmission', { params: of(submission) })).data.state, 'approved')
})

onBoth(
  t,
  world,
  'what would place a child lower is published once somebody else has accepted each of them',
  async (t, la) => {
    const supersedes = await inForce(la.on)
    await recommended(la.on, referral([child(['PHY-04'])]))
    const { policy } = draftFiles(LOWERED, ['effective: 2026-04-01', 'effective: 2027-04-01'])
    const cases = `format: threshold.cases/1
policy: northmoor@2027-04
cases:
  - { id: one, title: A fear of losing control is one of several things, child: { ageMonths: 80, present: [PHY-04] },
      expect: { level: L2 } }
`
    const submission = await approved(la.on, { policy, cases })
    const attempt = () => publish(la.on, 'approver', submission, { supersedes })
    t.match(await attempt(), { status: 409, code: 'not_rehearsed' })

    const rehearsal = await started(la.on, { draft: submission.draftId })
    t.match(await attempt(), { status: 409, code: 'rehearsal_unfinished' })
    await carriedOut(world, la.id)
    t.match(await attempt(), { status: 409, code: 'downgrades_not_accepted' })

    const down = await la.on('approver', 'rehearsalChildren', { params: { rehearsalId: rehearsal.id } })
    for (const { node } of down.data.edges) {
      const params = { rehearsalId: rehearsal.id, rehearsalChildId: node.id }
      const accept = (who: AccountName) =>
        la.on(who, 'acceptDowngrade', { params, body: { reason: 'Early help is what the document means.' } })
      t.match((await accept('author')).status, 403, 'not by the author')
      t.equal((await accept('approver')).status, 201)
    }
    const { status, data } = await attempt()
    t.equal(status, 201)
    t.match(data.version, { version: '2027-04', state: 'scheduled', effectiveFrom: '2027-04-01' })
  },
)

t.test('GraphQL shows who approved a version, and what it was', async (t) => {
  const la = await world.authority()
  const on: Call = (who, operation, request) => la.call('REST', who, operation, request)
  const version = await published(on, NEXT, await inForce(on))
  const query = `{ policies(first: 2) { edges { node { id reviews { outcome reviewedBy { accountId } }
    source { contentHash reviews { outcome } } } } } }`
  const { body } = await la.graphql('auditor', query)
  const shown: Json[] = body.data.policies.edges.map(({ node }: Json) => node)
  const now = shown.find(({ id }) => id === version.id)
  const before = shown.find(({ id }) => id !== version.id)
  t.match(now, {
    id: version.id,
    reviews: [{ outcome: 'approved', reviewedBy: { accountId: la.accounts.approver.id } }],
    source: [{ contentHash: version.contentHash, reviews: [{ outcome: 'approved' }] }],
  })
  t.match(before, { reviews: [], source: [] }, 'set-up is nobody’s')
})
