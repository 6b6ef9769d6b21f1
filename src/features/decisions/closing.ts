/**
 * What has to be so before a decision may end the work on a referral. A quarter of closed referrals are closed wrongly
 * (Ofsted, 'Early help: whose responsibility?'): nobody had spoken to the referrer, tasks were unfinished, a child was not
 * considered, or “school will monitor” was the plan.
 */

import { z } from 'zod'
import { and, eq, isNull, or } from '../../db/drizzle.ts'
import {
  HELP_CONSENTS,
  HELP_STATUSES,
  judgements,
  screeningTaskResults,
  screeningTasks,
} from '../../db/tables/front-door.ts'
import type { Policy, Recommendation } from '../../engine/index.ts'
import { isMonitoring } from '../../engine/referral/quality.ts'
import { CivilDate, line, words } from '../../engine/text.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import type { RecommendationRow } from '../recommendations/index.ts'
import { getReferralRow, shown as shownReferral } from '../referrals/index.ts'
import { decidedChildren } from './standing.ts'

export const HelpInput = z
  .strictObject({
    help: words(1000).describe('What it is, in words.'),
    service: line(60).optional().describe('Code of a service of the policy’s directory.'),
    heldBy: line(200).describe('Who holds it: a named person or team.'),
    status: z.enum(HELP_STATUSES),
    consent: z.enum(HELP_CONSENTS).describe('What the family says.'),
    followUpOn: CivilDate.optional().describe('When somebody looks whether it has come about; needed unless declined.'),
  })
  .meta({ id: 'NewHelp' })
export type HelpInput = z.output<typeof HelpInput>

export const Closing = z
  .strictObject({
    referrerSpokenTo: z
      .strictObject({ on: CivilDate, with: line(200), summary: words(4000) })
      .meta({ id: 'ReferrerSpokenTo' })
      .optional(),
    referrerNotReached: words(2000).optional().describe('What was tried, where the referrer could not be reached.'),
    help: z.array(HelpInput).max(20).optional().describe('Help offered, declined or secured.'),
    noHelpReason: words(4000).optional().describe('Why none is offered or secured.'),
  })
  .meta({ id: 'NewClosing' })
export type Closing = z.output<typeof Closing>

/** Responses after which nobody of the authority does anything more. */
const CLOSING_TYPES: readonly string[] = ['universal_services', 'information_advice', 'no_further_action_signposting']

export function isClosing(policy: Policy, response: string): boolean {
  return CLOSING_TYPES.includes(policy.responses.get(response)?.type ?? '')
}

/** What social workers do, and what specialists assess. Everything else is decided below the threshold. */
export const ABOVE_THRESHOLD: readonly string[] = [
  'immediate_protection',
  'strategy_discussion',
  'section_17_assessment',
  'family_help',
  'specialist_referral',
]

/** Whether a response leaves the child below the threshold of statutory services. */
export function isBelowThreshold(policy: Policy, response: string): boolean {
  return !ABOVE_THRESHOLD.includes(policy.responses.get(response)?.type ?? '')
}

/** A referral that shows less than half of what a good one does. */
export function isPoor({ quality }: Recommendation): boolean {
  return quality.score * 2 < quality.outOf
}

/** Age put forward as the reason. A child is a child until eighteen; an improper rule of age is how adolescents are lost. */
const AGE_AS_REASON =
  /\b(too old|old enough to (look after|care for|protect|fend)|(nearly|almost|soon( be)?|about to (be|turn)) (18|eighteen|an adult)|(because|in view|on account) of (his|her|their|the (child|young person)['’]?s?) age|due to (his|her|their|the (child|young person)['’]?s?)? ?age|given (his|her|their) age|over (16|sixteen)|post[- ]?16)\b/i

interface Decided {
  readonly response: string
  readonly rationale: string
  readonly closing?: Closing | undefined
}

/**
 * Everything that is missing, at once.
 * @param at pointer of the decision within the body
 * @throws Refusal closing_checks_required, age_is_no_reason, monitoring_is_no_plan, unprocessable
 */
export function requireClosing(policy: Policy, recommended: Recommendation, decided: Decided, at: string): void {
  const { closing = {} } = decided
  requireHelpThatIs(policy, closing.help ?? [], (i) => `${at}/closing/help/${i}`)
  if (!isClosing(policy, decided.response)) return
  for (const [pointer, text] of Object.entries({
    rationale: decided.rationale,
    'closing/noHelpReason': closing.noHelpReason ?? '',
  })) {
    const found = AGE_AS_REASON.exec(text)
    if (found)
      throw refusal(
        'age_is_no_reason',
        `${at}/${pointer}`,
        `“${found[0]}”: age is no reason to close. Say what the child needs, and who meets it.`,
      )
  }
  const errors: Wrong[] = []
  const missing = (pointer: string, detail: string) =>
    errors.push({ in: 'body', pointer: `${at}/closing${pointer}`, code: 'closing_checks_required', detail })
  const isSpokenTo = closing.referrerSpokenTo !== undefined || closing.referrerNotReached !== undefined
  if (isPoor(recommended) && !isSpokenTo)
    missing(
      '/referrerSpokenTo',
      'The referral says little. Speak to the referrer before you close it, or say what you tried in “referrerNotReached”; a supervisor then signs.',
    )
  const isHelped = closing.help?.some(({ status }) => status !== 'declined') ?? false
  if (!isHelped && closing.noHelpReason === undefined)
    missing(
      '/help',
      'Say what help was offered or secured, who holds it, and when it is looked at; or give “noHelpReason”.',
    )
  if (errors.length > 0)
    throw new Refusal(
      'closing_checks_required',
      'The referral cannot be closed yet; everything that is missing is listed.',
      { errors },
    )
}

/**
 * @param placeOf pointer of each within the body
 * @throws Refusal monitoring_is_no_plan, unprocessable
 */
export function requireHelpThatIs(
  policy: Policy,
  help: readonly HelpInput[],
  placeOf: (index: number) => string,
): void {
  const errors: Wrong[] = []
  for (const [i, { help: what, service, status, followUpOn }] of help.entries()) {
    const here = placeOf(i)
    if (isMonitoring(what))
      throw refusal(
        'monitoring_is_no_plan',
        `${here}/help`,
        'That somebody will monitor is no help. Say what changes for the child, and who does it.',
      )
    if (service !== undefined && !policy.document.services.some(({ code }) => code === service))
      errors.push({
        in: 'body',
        pointer: `${here}/service`,
        code: 'unknown_service',
        detail: 'The directory of the policy has no such service.',
      })
    if (status !== 'declined' && followUpOn === undefined)
      errors.push({
        in: 'body',
        pointer: `${here}/followUpOn`,
        code: 'missing_property',
        detail: 'Say when somebody looks whether it has come about.',
      })
  }
  if (errors.length > 0) throw new Refusal('unprocessable', 'The help does not stand as it is written.', { errors })
}

function refusal(code: 'age_is_no_reason' | 'monitoring_is_no_plan', pointer: string, detail: string): Refusal {
  return new Refusal(code, detail, { errors: [{ in: 'body', pointer, code, detail }] })
}

/**
 * What only the records can tell before a referral is closed for a child.
 * @throws Refusal tasks_open, children_not_considered
 */
export async function requireNothingOpen(
  context: Context,
  row: RecommendationRow,
  together: ReadonlySet<string>,
): Promise<void> {
  const { tx, actor } = context
  const open = await openTasks(context, row)
  if (open.length > 0)
    throw new Refusal(
      'tasks_open',
      `Finish what was found to be needed first: ${open.map(({ task }) => `“${task}”`).join(', ')}.`,
    )
  const found = await getReferralRow(tx, actor, row.referralId)
  const considered = new Set([
    ...together,
    ...(await judgedChildren(context, row)),
    ...(await decidedChildren(tx, actor, row.referralId)),
  ])
  const left = shownReferral(found)
    .content.children.map(({ id }) => id)
    .filter((key) => !considered.has(key))
  if (left.length > 0)
    throw new Refusal(
      'children_not_considered',
      `Nobody has judged or decided on ${left.join(', ')}. Consider each child before you close for one.`,
    )
}

async function openTasks({ tx, actor }: Context, { referralId, childKey }: RecommendationRow) {
  return await tx
    .select({ task: screeningTasks.task })
    .from(screeningTasks)
    .leftJoin(
      screeningTaskResults,
      and(
        eq(screeningTaskResults.authorityId, screeningTasks.authorityId),
        eq(screeningTaskResults.taskId, screeningTasks.id),
      ),
    )
    .where(
      and(
        eq(screeningTasks.authorityId, actor.authorityId),
        eq(screeningTasks.referralId, referralId),
        or(isNull(screeningTasks.childKey), eq(screeningTasks.childKey, childKey)),
        isNull(screeningTaskResults.id),
      ),
    )
}

async function judgedChildren({ tx, actor }: Context, { referralId, revision }: RecommendationRow): Promise<string[]> {
  const rows = await tx
    .select({ childKey: judgements.childKey })
    .from(judgements)
    .where(
      and(
        eq(judgements.authorityId, actor.authorityId),
        eq(judgements.referralId, referralId),
        eq(judgements.revision, revision),
      ),
    )
  return rows.map(({ childKey }) => childKey)
}
