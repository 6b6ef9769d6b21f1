/** When a referral is past the time for which it is kept, and who may destroy it. Pure. */
import type { CountedFrom, RetentionClass } from '../../db/tables/retention.ts'
import type { COMMON_SCALE } from '../../engine/vocabulary.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'

export interface Rule {
  readonly id: string
  readonly code: string
  readonly class: RetentionClass
  readonly years: number
  readonly countedFrom: CountedFrom
  readonly legalBasis: string
}

export interface KeptChild {
  /** Of birth, or expected; null where neither is known. */
  readonly birth: string | null
  /** What came of it: as decided last, and what was said later. */
  readonly classes: readonly RetentionClass[]
}

/** Civil dates of London. */
export interface Kept {
  readonly children: readonly KeptChild[]
  readonly lastDecisionOn: string
  readonly lastContactOn: string
}

export interface Due {
  readonly dueOn: string
  readonly countedOn: string
  readonly rule: Rule
}

/**
 * The latest day that a rule gives for any child. Null, and so never, while some child has an outcome for which there is no
 * rule, or a rule that counts from a birth which is not known.
 */
export function dueOf({ children, lastDecisionOn, lastContactOn }: Kept, rules: readonly Rule[]): Due | null {
  let latest: Due | null = null
  for (const { birth, classes } of children) {
    if (classes.length === 0) return null
    for (const one of classes) {
      const applicable = rules.filter((rule) => rule.class === one)
      if (applicable.length === 0) return null
      for (const rule of applicable) {
        const starts = { last_decision: lastDecisionOn, last_contact: lastContactOn, birth }
        const countedOn = starts[rule.countedFrom]
        if (countedOn === null) return null
        const dueOn = yearsAfter(countedOn, rule.years)
        if (latest === null || dueOn > latest.dueOn) latest = { dueOn, countedOn, rule }
      }
    }
  }
  return latest
}

/** The same day so many years later; the day after 28 February where that year has no 29th, so that nothing is due too early. */
export function yearsAfter(date: string, years: number): string {
  const year = Number(date.slice(0, 4)) + years
  const day = date.slice(5)
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return `${String(year).padStart(4, '0')}-${day === '02-29' && !isLeap ? '03-01' : day}`
}

const BY_TYPE: Readonly<Record<string, RetentionClass>> = {
  immediate_protection: 'child_protection',
  strategy_discussion: 'child_protection',
  section_17_assessment: 'child_in_need',
  family_help: 'child_in_need',
  early_help_assessment: 'early_help',
  specialist_referral: 'early_help',
}
const BY_BAND: Readonly<Record<(typeof COMMON_SCALE)[number], RetentionClass>> = {
  universal: 'no_further_action',
  early_help: 'early_help',
  child_in_need: 'child_in_need',
  child_protection: 'child_protection',
}
const ORDER: readonly RetentionClass[] = ['no_further_action', 'early_help', 'child_in_need', 'child_protection']

/**
 * What a decision makes of a child: by the band of the level or by the kind of response, whichever is more.
 * A level or response that the policy does not know counts as the most.
 */
export function classOf(
  band: (typeof COMMON_SCALE)[number] | undefined,
  responseType: string | undefined,
): RetentionClass {
  if (band === undefined || responseType === undefined) return 'child_protection'
  const byType = BY_TYPE[responseType] ?? 'no_further_action'
  const byBand = BY_BAND[band]
  return ORDER.indexOf(byType) > ORDER.indexOf(byBand) ? byType : byBand
}

/** @throws Refusal not_due */
export function requireDue(due: Due | null, today: string): Due {
  if (due && due.dueOn <= today) return due
  throw new Refusal(
    'not_due',
    due
      ? `By the rule ${due.rule.code} it is kept until ${due.dueOn}.`
      : 'It is open, challenged or joined to one that is; or not every outcome in it has a rule.',
  )
}

/** @throws Refusal on_hold */
export function requireNotHeld(isHeld: boolean): void {
  if (isHeld) throw new Refusal('on_hold', 'A legal hold stands. Whoever placed it knows which inquiry it is for.')
}

/** @throws Refusal own_proposal */
export function requireOtherThanProposer(actor: Pick<Actor, 'accountId'>, proposedBy: string): void {
  if (actor.accountId === proposedBy)
    throw new Refusal('own_proposal', 'Whoever proposed it does not carry it out. Ask another person.')
}

/** @throws Refusal unprocessable for a reference that is not the one of the referral */
export function requireTyped(typed: string, reference: string): void {
  if (typed === reference) return
  const detail = 'This is not the reference of the referral that would be destroyed.'
  const errors = [{ in: 'body', pointer: '/reference', code: 'other_reference', detail }] as const
  throw new Refusal('unprocessable', detail, { errors })
}
