/** The retention rules of an authority: kept by its administrator, with their legal basis. Nothing is built in. */
import { z } from 'zod'
import { retentionClasses, retentionRules } from '../../db/tables/retention.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { getReferralRow, lockReferral, shown as shownReferral } from '../referrals/index.ts'
import {
  NewRetentionClass,
  NewRetentionRule,
  Reasoned,
  RetentionClassReceipt,
  RetentionRulePage,
  RetentionRuleReceipt,
} from './model.ts'
import { lockRetention } from './queries.ts'
import { getRule, listRuleRows, nextSequence } from './rule-queries.ts'

const READERS = ['administrator', 'supervisor', 'auditor'] as const

export const setRetentionRule = defineOperation({
  name: 'setRetentionRule',
  kind: 'command',
  summary: 'Say how long referrals of a class are kept, from when it counts, and on which legal basis',
  description:
    'A rule of the same code is replaced. Where several rules apply to a referral, the latest day of all its children counts. Without a rule for every outcome in it a referral is never due.',
  allow: ['administrator'],
  route: 'POST /v1/retention/rules',
  status: 201,
  params: {},
  body: NewRetentionRule,
  output: RetentionRuleReceipt,
  async run(context, { body }) {
    requirePerson(context.actor)
    await lockRetention(context.tx, context.actor)
    return await recordRule(context, 'retention.rule_set', { ...body, withdrawn: false })
  },
})

export const withdrawRetentionRule = defineOperation({
  name: 'withdrawRetentionRule',
  kind: 'command',
  summary: 'Say that a retention rule applies no longer',
  allow: ['administrator'],
  route: 'POST /v1/retention/rules/{ruleId}/withdrawal',
  status: 201,
  params: { ruleId: Id },
  body: Reasoned,
  output: RetentionRuleReceipt,
  async run(context, { ruleId, body }) {
    requirePerson(context.actor)
    await lockRetention(context.tx, context.actor)
    const rule = await getRule(context.tx, context.actor, ruleId)
    if (!rule.isCurrent) throw new Refusal('already_withdrawn', 'This rule was replaced or withdrawn already.')
    return await recordRule(context, 'retention.rule_withdrawn', { ...rule, note: body.reason, withdrawn: true })
  },
})

type RuleContent = Pick<
  typeof retentionRules.$inferInsert,
  'code' | 'class' | 'years' | 'countedFrom' | 'legalBasis' | 'source' | 'note' | 'withdrawn'
>

async function recordRule(
  context: Context,
  event: 'retention.rule_set' | 'retention.rule_withdrawn',
  content: RuleContent,
): Promise<z.output<typeof RetentionRuleReceipt>> {
  const { tx, actor, now } = context
  const { code, years, countedFrom, legalBasis, source, note, withdrawn } = content
  const { row, record } = await insertRecorded(tx, retentionRules, {
    ...{ authorityId: actor.authorityId, id: context.newId(), code, sequence: await nextSequence(tx, actor, code) },
    ...{ class: content.class, years, countedFrom, legalBasis, source, note, withdrawn },
    ...{ recordedAt: now, recordedBy: actor.accountId },
  })
  const audit = await context.record({
    event,
    facts: { rule: row.id, code, sequence: row.sequence },
    records: [record],
  })
  return { rule: await getRule(tx, actor, row.id), audit }
}

export const listRetentionRules = defineOperation({
  name: 'retentionRules',
  kind: 'query',
  summary: 'Retention rules, newest first, with those that were replaced or withdrawn',
  allow: READERS,
  route: 'GET /v1/retention/rules',
  params: { ...pageParams, current: z.boolean().optional().describe('Only those that stand, or only the others.') },
  output: RetentionRulePage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, current }) {
    const rows = await listRuleRows(tx, actor, { current }, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ recordedAt, id }) => ({ at: recordedAt, id }),
      (rule) => rule,
    )
  },
})

export const classifyForRetention = defineOperation({
  name: 'classifyForRetention',
  kind: 'command',
  summary:
    'Record what became of a child later, as that the child was looked after, where it decides how long the referral is kept',
  description: 'It adds to what follows from the decision, and takes nothing away: the longest period counts.',
  allow: ['supervisor'],
  route: 'POST /v1/referrals/{referralId}/retention-classes',
  status: 201,
  params: { referralId: Id },
  body: NewRetentionClass,
  output: RetentionClassReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, referralId)
    const { children } = shownReferral(await getReferralRow(tx, actor, referralId))
    if (!children.some(({ key }) => key === body.child)) throw notFound('child')
    const { row, record } = await insertRecorded(tx, retentionClasses, {
      ...{ authorityId: actor.authorityId, id: context.newId(), referralId, childKey: body.child },
      ...{ class: body.class, reason: body.reason, recordedAt: now, recordedBy: actor.accountId },
    })
    const facts = { referral: referralId, child: body.child, class: body.class }
    const audit = await context.record({ event: 'retention.classified', facts, records: [record] })
    return { referralId, child: row.childKey, class: row.class, audit }
  },
})
