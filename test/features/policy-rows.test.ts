// What may not be approved or published: rows 64 and 65, over REST and over GraphQL alike.
import t from 'tap'
import { approved, bytesOf, inForce, small, submitted } from '../support/policy-flow.ts'
import { grantRole, revokeRole } from '../support/roles.ts'
import { rowsOf, type Tried } from '../support/rows.ts'
import { type Call, type Json, SURFACES } from '../support/surfaces.ts'
import { type AccountName, type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const rows = rowsOf(t, 'test/features/policy-rows.test.ts')

async function over(run: (on: Call, la: Authority, surface: string) => Promise<void>): Promise<void> {
  for (const surface of SURFACES) {
    const la = await world.authority()
    await run((who, operation, request) => la.call(surface, who, operation, request), la, surface)
  }
}

const at = ({ id }: Json) => ({ submissionId: id })

rows.row(64, 'refused, and of two at once one wins', async (tried: Tried) => {
  await over(async (on, la, surface) => {
    const submission = await submitted(on, small('1', '2026-11-24'))
    const approve = (who: AccountName, body: Json = bytesOf(submission)) =>
      on(who, 'approvePolicySubmission', { params: at(submission), body })
    const other = { ...bytesOf(submission), contentHash: '0'.repeat(64) }
    tried((await approve('approver', other)).code === 'bytes_changed', `${surface}: other bytes`)
    await grantRole(world, la.accounts.author.id, 'policy_approver')
    tried((await approve('author')).code === 'own_policy', `${surface}: one’s own`)
    await revokeRole(world, la.accounts.approver.id, 'policy_approver')
    tried((await approve('approver')).code === 'forbidden', `${surface}: by one who is no approver any more`)
  })
  await over(async (on, _la, surface) => {
    const supersedes = await inForce(on)
    const submission = await approved(on, small('1', '2026-11-24'))
    const revision = { basedOn: 1, reason: 'One word.', files: small('1', '2026-11-25') }
    await on('author', 'revisePolicyDraft', { params: { draftId: submission.draftId }, body: revision })
    const body = { ...bytesOf(submission), supersedes }
    const { code } = await on('approver', 'publishPolicy', { params: at(submission), body })
    tried(code === 'bytes_changed', `${surface}: changed after the approval (${code})`)
  })
  await over(async (on, _la, surface) => {
    const supersedes = await inForce(on)
    const submission = await approved(on, small('2', '2026-11-24'))
    const publish = () =>
      on('approver', 'publishPolicy', { params: at(submission), body: { ...bytesOf(submission), supersedes } })
    const both = await Promise.all([publish(), publish()])
    tried(
      both
        .map(({ status }) => status)
        .sort()
        .join() === '201,409',
      `${surface}: two publications at once`,
    )
  })
})

rows.row(65, 'refused', (tried: Tried) =>
  over(async (on, _la, surface) => {
    const supersedes = await inForce(on)
    const submission = await approved(on, small('3', '2026-12-01'))
    for (const effective of ['2026-11-23', '2026-11-30', '2020-01-01']) {
      const body = { ...bytesOf(submission), supersedes, effectiveFrom: effective }
      const { status, code } = await on('approver', 'publishPolicy', { params: at(submission), body })
      tried(status === 422 && code === 'effective_date_past', `${surface}: in effect from ${effective} (${code})`)
    }
    for (const effective of ['2026-02-30', 'tomorrow', '2026-12-01T00:00:00Z']) {
      const body = { ...bytesOf(submission), supersedes, effectiveFrom: effective }
      const { status, code } = await on('approver', 'publishPolicy', { params: at(submission), body })
      tried.otherwise(status === 400 && code === 'invalid_input', `${surface}: in effect from ${effective} (${code})`)
    }
    const publish = (what: Json, before: string, effectiveFrom: string) =>
      on('approver', 'publishPolicy', {
        params: at(what),
        body: { ...bytesOf(what), supersedes: before, effectiveFrom },
      })
    const { status, data } = await publish(submission, supersedes, '2026-12-02')
    tried(status === 201, `${surface}: a day later than it says`)
    const next = await approved(on, small('4', '2026-12-01'))
    for (const [before, from] of [
      [supersedes, '2026-12-03'],
      [data.version.id, '2026-12-01'],
      [data.version.id, '2026-12-02'],
    ]) {
      const answer = await publish(next, before, from)
      const isRefused = answer.status === 409 && answer.code === 'publication_conflict'
      tried.otherwise(isRefused, `${surface}: one that begins then, from ${from} (${answer.code})`)
    }
    tried((await publish(next, data.version.id, '2026-12-03')).status === 201, `${surface}: the day after`)
  }),
)
rows.end()
