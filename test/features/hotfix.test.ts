import t from 'tap'
import { received } from '../support/flow.ts'
import { approved, bytesOf, inForce, LOWER, published, RAISE, small, submitted } from '../support/policy-flow.ts'
import { withheld } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import type { AccountName } from '../support/world.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const HOUR = 3_600_000

const RAISED = small('fix', '2026-11-24', RAISE)
const LOWERED = small('low', '2026-11-24', LOWER)

/** The id of a version that the hotfixes change, in force today. */
const base = async (on: Call): Promise<string> => {
  const version = await published(on, small('base', '2026-11-24'), await inForce(on))
  world.clock.now += 1000
  return version.id
}

const hotfix = (on: Call, who: AccountName, submission: Json, supersedes: string) =>
  on(who, 'publishPolicyHotfix', {
    params: { submissionId: submission.id },
    body: { ...bytesOf(submission), supersedes, reason: 'A child was missed last night.' },
  })
const review = (on: Call, who: AccountName, submission: Json) =>
  on(who, 'approvePolicySubmission', { params: { submissionId: submission.id }, body: bytesOf(submission) })
const waiting = async (on: Call, approval: string) =>
  (await on('auditor', 'policies', { params: { approval } })).data.edges.map(({ node }: Json) => node.version)

onBoth(
  t,
  world,
  'a change that only raises takes effect at once, and is approved by another within a day',
  async (t, la) => {
    const before = await base(la.on)
    await received(la.on, withheld())
    const submission = await submitted(la.on, RAISED)
    const { status, data } = await hotfix(la.on, 'author', submission, before)
    t.equal(status, 201)
    t.match(data.version, {
      version: 'fix',
      state: 'in_force',
      effectiveFrom: '2026-11-24',
      isHotfix: true,
      approval: 'awaited',
      approvalDueAt: new Date(world.clock.now + 24 * HOUR).toISOString(),
      supersedes: before,
    })
    t.equal(await inForce(la.on), data.version.id)
    t.strictSame(await waiting(la.on, 'awaited'), ['fix'])
    t.match(await review(la.on, 'author', submission), { status: 403, code: 'forbidden' })
    const approval = await review(la.on, 'approver', submission)
    t.match(approval, { status: 201, data: { review: { outcome: 'approved' }, submission: { state: 'published' } } })
    t.strictSame(await waiting(la.on, 'approved'), ['fix', 'base'])
    t.match(await review(la.on, 'approver', submission), { status: 409, code: 'already_published' }, 'once is enough')
    t.match((await la.on('auditor', 'auditVerification')).data, { isIntact: true, faults: [] })
  },
)

onBoth(t, world, 'whoever published a hotfix does not approve it', async (t, la) => {
  const submission = await submitted(la.on, RAISED)
  t.equal((await hotfix(la.on, 'approver', submission, await base(la.on))).status, 201)
  t.match(await review(la.on, 'approver', submission), { status: 403, code: 'own_policy' })
})

onBoth(t, world, 'a hotfix that nobody approves within a day is overdue, and stays in force', async (t, la) => {
  const submission = await submitted(la.on, RAISED)
  const { version } = (await hotfix(la.on, 'supervisor', submission, await base(la.on))).data
  const back = world.clock.now
  world.clock.now = back + 24 * HOUR
  t.strictSame(await waiting(la.on, 'awaited'), ['fix'], 'in the last millisecond')
  world.clock.now += 1
  t.strictSame(await waiting(la.on, 'overdue'), ['fix'])
  t.equal(await inForce(la.on), version.id)
  t.equal((await review(la.on, 'approver', submission)).status, 201, 'late is better than never')
  world.clock.now = back
})

onBoth(t, world, 'a hotfix refused afterwards stays until something else is published in its place', async (t, la) => {
  const submission = await submitted(la.on, RAISED)
  const { version } = (await hotfix(la.on, 'supervisor', submission, await base(la.on))).data
  const request = { params: { submissionId: submission.id }, body: { reason: 'It raises far too many.' } }
  t.match(await la.on('approver', 'rejectPolicySubmission', request), {
    status: 201,
    data: { review: { outcome: 'rejected' } },
  })
  t.strictSame(await waiting(la.on, 'refused'), ['fix'])
  t.equal(await inForce(la.on), version.id, 'nothing is reverted unseen')
  t.match(await review(la.on, 'approver', submission), { status: 409, code: 'already_published' })
  const next = await published(la.on, small('2026-12', '2026-11-25'), version.id)
  t.match(next, { state: 'scheduled', supersedes: version.id })
})

onBoth(t, world, 'what could lower anything is no hotfix, and what stands against it is named', async (t, la) => {
  const supersedes = await base(la.on)
  const submission = await submitted(la.on, LOWERED)
  t.match(await hotfix(la.on, 'supervisor', submission, supersedes), {
    status: 422,
    code: 'not_raising',
    errors: [{ detail: /no longer absolute/ }],
  })
  t.equal(await inForce(la.on), supersedes)
  const { data } = await la.on('author', 'policyDiff', { params: { draft: submission.draftId } })
  t.match(data, { onlyRaises: false, notRaising: [/no longer absolute/] }, 'and the comparison says so beforehand')
})

onBoth(t, world, 'a hotfix goes in the place of what is in force today, and of nothing else', async (t, la) => {
  const before = await base(la.on)
  const later = await submitted(la.on, small('later', '2026-12-01', RAISE))
  t.match(
    await hotfix(la.on, 'author', later, before),
    { status: 422, code: 'effective_date_past' },
    'its document says later',
  )
  const submission = await submitted(la.on, RAISED)
  t.match(await hotfix(la.on, 'author', submission, submission.id), { status: 409, code: 'publication_conflict' })
  await published(la.on, small('2026-12', '2026-12-01'), before)
  t.match(
    await hotfix(la.on, 'author', submission, before),
    { status: 409, code: 'publication_conflict' },
    'what is scheduled would take the raise away',
  )
  const params = { policy: 'small', version: '2026-12' }
  await la.on('approver', 'retirePolicy', { params, body: { from: '2026-12-01', reason: 'The raise comes first.' } })
  t.equal((await hotfix(la.on, 'author', submission, before)).status, 201)
})

onBoth(t, world, 'without a policy in force there is nothing to raise', async (t, la) => {
  const before = await base(la.on)
  const submission = await approved(la.on, RAISED)
  const params = { policy: 'small', version: 'base' }
  const body = { from: '2026-11-24', reason: 'Wrong.', leaveNoneInForce: true }
  t.equal((await la.on('approver', 'retirePolicy', { params, body })).status, 201)
  t.match(await hotfix(la.on, 'author', submission, before), { status: 422, code: 'no_policy_in_force' })
})
