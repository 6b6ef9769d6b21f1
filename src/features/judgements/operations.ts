import { judgements } from '../../db/tables/front-door.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Policy } from '../../engine/index.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { compiledPolicy, type PolicyRow, versionInForce } from '../policies/index.ts'
import { getReferralRow, lockReferral, type ReferralRow, shown as shownReferral } from '../referrals/index.ts'
import { JudgementInput, JudgementReceipt, Judgements } from './model.ts'
import { judgementsById, judgementsOf, ownJudgement } from './queries.ts'
import { sightOf } from './sight.ts'

export const judge = defineOperation({
  name: 'judge',
  kind: 'command',
  priority: 'urgent',
  summary: 'Write down your own judgement, before you are shown the recommendation',
  description:
    'Once for each child in each revision of the referral, for one child or for brothers and sisters together. It is never changed; what you decide afterwards shows how it moved.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/referrals/{referralId}/judgements',
  status: 201,
  params: { referralId: Id },
  body: JudgementInput,
  output: JudgementReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(context.actor)
    await lockReferral(tx, actor, referralId)
    const found = await getReferralRow(tx, actor, referralId)
    requireLatest(found, body.revision)
    const policyRow = await policyFor(context, found)
    const policy = compiledPolicy(policyRow)
    requireChildren(found, body)
    requireKnownIn(
      policy,
      body.children.map((view, i) => ({ at: `/children/${i}`, ...view })),
    )
    const records: StoredRecord[] = []
    for (const { child, level, response, indicators, reasons } of body.children) {
      await requireUnjudged(context, { referralId, childKey: child, revision: body.revision })
      const { record } = await insertRecorded(tx, judgements, {
        ...{
          authorityId: actor.authorityId,
          id: context.newId(),
          referralId,
          childKey: child,
          revision: body.revision,
        },
        ...{ purpose: 'own', policyVersionId: policyRow.id, level, response: response ?? null, reasons },
        indicators: [...new Set(indicators)].sort(),
        ...{ judgedBy: actor.accountId, judgedByName: actor.displayName },
        ...{ judgedByQualification: actor.qualification, judgedAt: now },
      })
      records.push(record)
    }
    const audit = await context.record({
      event: 'judgement.recorded',
      facts: { referral: referralId, revision: body.revision, children: body.children.length },
      records,
    })
    const ids = records.map(({ id }) => id)
    return { judgements: await judgementsById(tx, actor, ids), audit }
  },
})

/** @throws Refusal revision_conflict */
function requireLatest({ revision }: ReferralRow, read: number): void {
  if (revision.revision === read) return
  throw new Refusal(
    'revision_conflict',
    `The latest revision of the referral is ${revision.revision}. Read it, and judge on that.`,
  )
}

/** The policy that the referral would be scored by now. @throws Refusal no_policy_in_force */
async function policyFor({ tx, actor, now }: Context, { referral }: ReferralRow): Promise<PolicyRow> {
  const row = await versionInForce(tx, actor.authorityId, londonDate(now), londonDate(referral.receivedAt))
  if (row) return row
  throw new Refusal(
    'no_policy_in_force',
    'No policy of this authority is in force today, so there are no levels to judge by.',
  )
}

/** @throws Refusal unprocessable for a child that the referral does not have, or that is named twice. */
function requireChildren(found: ReferralRow, { children }: JudgementInput): void {
  const keys = new Set(shownReferral(found).content.children.map(({ id }) => id))
  const errors: Wrong[] = children.flatMap(({ child }, i) => {
    const isTwice = children.findIndex((other) => other.child === child) < i
    if (keys.has(child) && !isTwice) return []
    const detail = isTwice ? 'The child is named twice.' : `The referral has the children ${[...keys].join(', ')}.`
    return [{ in: 'body' as const, pointer: `/children/${i}/child`, code: 'unknown_child', detail }]
  })
  if (errors.length > 0) throw new Refusal('unprocessable', 'The children do not fit the referral.', { errors })
}

interface Codes {
  /** Pointer of the view within the body. */
  readonly at: string
  readonly level: string
  readonly response?: string | undefined
  readonly indicators: readonly string[]
}

/** @throws Refusal unprocessable or unknown_indicator for codes that the policy does not have. */
export function requireKnownIn(policy: Policy, views: readonly Codes[]): void {
  const errors: Wrong[] = []
  const wrong = (pointer: string, code: string, detail: string) => errors.push({ in: 'body', pointer, code, detail })
  for (const { at, level, response, indicators } of views) {
    if (!policy.rankOf.has(level))
      wrong(`${at}/level`, 'unknown_level', `The levels of the policy are ${[...policy.rankOf.keys()].join(', ')}.`)
    if (response !== undefined && !policy.responses.has(response))
      wrong(`${at}/response`, 'unknown_response', `Its responses are ${[...policy.responses.keys()].join(', ')}.`)
    for (const [i, code] of indicators.entries()) {
      if (!policy.indexOf.has(code))
        wrong(`${at}/indicators/${i}`, 'unknown_indicator', 'The policy has no such indicator.')
    }
  }
  if (errors.length === 0) return
  const isIndicator = errors.every(({ code }) => code === 'unknown_indicator')
  throw new Refusal(isIndicator ? 'unknown_indicator' : 'unprocessable', 'The judgement names what the policy lacks.', {
    errors,
  })
}

/** @throws Refusal already_judged */
export async function requireUnjudged(
  { tx, actor }: Context,
  subject: { referralId: string; childKey: string; revision: number },
): Promise<void> {
  if (!(await ownJudgement(tx, actor, subject))) return
  throw new Refusal(
    'already_judged',
    `You have written down your view of child ${subject.childKey} in this revision. It stays as it was; what you decide shows how it moved.`,
  )
}

export const listJudgements = defineOperation({
  name: 'judgements',
  kind: 'query',
  summary: 'What people thought of the children of a referral before they were shown anything',
  description: 'Your own always. What others wrote down, as soon as you may see the recommendation.',
  allow: ['system', 'screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/referrals/{referralId}/judgements',
  params: { referralId: Id },
  output: Judgements,
  async run({ tx, actor }, { referralId }) {
    await getReferralRow(tx, actor, referralId)
    const sees = await sightOf(tx, actor, [referralId])
    const all = await judgementsOf(tx, actor, [referralId])
    return {
      judgements: all.filter(
        ({ child: childKey, revision, judgedBy }) =>
          judgedBy.accountId === actor.accountId || sees({ referralId, childKey, revision }),
      ),
    }
  },
})
