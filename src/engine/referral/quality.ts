/** What a referral shows of the features of a good one (Ofsted). It is told to the referrer and never touches a level. */
import { dayNumber } from '../calendar/civil.ts'
import type { QualityFeature } from '../vocabulary.ts'
import type { Referral } from './shape.ts'

/** Whether a plan is that somebody looks on: monitoring is no help (Ofsted, 'Early help: whose responsibility?'). */
export function isMonitoring(plan: string): boolean {
  return /\bmonitor(ing|ed|s)?\b/i.test(plan)
}

/** Whether the only help named is that somebody will monitor. */
export function monitoringOnly({ earlierHelp }: Referral): boolean {
  return earlierHelp !== undefined && earlierHelp.length > 0 && earlierHelp.every(({ help }) => isMonitoring(help))
}

/** Noticed within a week of telling somebody counts as timely. */
const TIMELY_DAYS = 7

/** The features that the referral shows, at the London date on which it is read. */
export function qualityFeatures(referral: Referral, today: string): QualityFeature[] {
  const { children } = referral
  const evidenced = children.some(({ findings }) =>
    findings?.some(({ evidence }) => evidence !== undefined && evidence.length > 0),
  )
  const shown: Record<QualityFeature, boolean> = {
    timely: referral.noticedOn !== undefined && daysBetween(referral.noticedOn, today) <= TIMELY_DAYS,
    concern_and_rationale:
      evidenced || (referral.household?.findings ?? []).some(({ evidence }) => (evidence?.length ?? 0) > 0),
    threshold_reference: referral.suggestedLevel !== undefined,
    impact_on_each_child: children.every(({ narrative, voice }) => narrative !== undefined || voice !== undefined),
    discussed_and_consent:
      referral.parentsViews !== undefined || referral.consent.sought || referral.consent.reason !== undefined,
    history_and_earlier_help: [referral.earlierHelp, referral.earlierReferrals, referral.chronology].some(
      (list) => (list?.length ?? 0) > 0,
    ),
    strengths_and_risks: children.some(({ strengths }) => strengths !== undefined),
    other_professionals: (referral.otherViews?.length ?? 0) > 0,
    language_and_interpreter: children.every(
      ({ language, expectedDate }) => language !== undefined || expectedDate !== undefined,
    ),
  }
  return (Object.keys(shown) as QualityFeature[]).filter((feature) => shown[feature])
}

function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}
