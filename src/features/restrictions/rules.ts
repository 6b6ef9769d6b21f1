/** What a restriction has to say, and whom it may not leave alone with a child. Pure. */
import type { Role } from '../../db/tables/accounts.ts'
import { civilDate, dayNumber } from '../../engine/calendar/civil.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { notFound, Refusal, type Wrong } from '../../kernel/errors.ts'
import { REVIEW_DAYS_MAX } from './model.ts'

/** An account that is to be let in. */
export interface LetIn {
  readonly id: string
  readonly kind: 'human' | 'system'
  readonly roles: readonly Role[]
  /** Subject of the referral or kin: let in or not, it never sees it. */
  readonly isKin: boolean
}

/** @throws Refusal unprocessable for a day that has passed, or one too far away */
export function requireReviewDay(reviewOn: string, today: string): void {
  const last = civilDate(dayNumber(today) + REVIEW_DAYS_MAX)
  if (reviewOn > today && reviewOn <= last) return
  throw unprocessable('/reviewOn', 'review_day', `A restriction is looked at again after today and by ${last}.`)
}

/**
 * Somebody who can work on it has to be left, or the child would be hidden from everybody.
 * @throws Refusal unprocessable for accounts that do not exist, and where no supervisor is let in who is not kin
 */
export function requireSomebodyLeft(wanted: readonly string[], found: readonly LetIn[]): void {
  const known = new Set(found.map(({ id }) => id))
  const unknown = wanted.findIndex((id) => !known.has(id))
  if (unknown >= 0) throw unprocessable(`/accounts/${unknown}`, 'unknown_account', 'There is no such account.')
  const isLeft = found.some(({ kind, roles, isKin }) => kind === 'human' && !isKin && roles.includes('supervisor'))
  if (isLeft) return
  throw unprocessable(
    '/accounts',
    'nobody_left',
    'Let in a supervisor who is neither a subject of the referral nor kin, or nobody could work on it.',
  )
}

/** @throws Refusal unprocessable where a decision of the referral is below a floor and nobody of the panel is to be let in */
export function requirePanelTold(isBelowFloor: boolean): void {
  if (!isBelowFloor) return
  const detail = 'Let in somebody of the panel: it was told of a decision below a floor, and goes on looking at it.'
  throw unprocessable('/accounts', 'panel_left_out', detail)
}

/** @throws Refusal already_restricted unless what stands is what the caller names, or nothing stands and nothing is named */
export function requireReplaces(standing: string | undefined, replaces: string | undefined): void {
  if (standing === replaces) return
  throw new Refusal(
    'already_restricted',
    standing === undefined
      ? 'No restriction stands that could be replaced.'
      : 'A restriction stands. Read it, and name it in `replaces`.',
  )
}

/** @throws Refusal forbidden for whoever broke the glass, until somebody else has found that justified */
export function requireSay(isGiven: boolean): void {
  if (isGiven) return
  throw new Refusal(
    'forbidden',
    'You see this by breaking the glass. Who is let in changes when somebody else has found that justified, or by somebody who is let in by name.',
  )
}

/**
 * @param isHidden of some referral in question, that every supervisor is a subject of it or kin
 * @throws Refusal unprocessable: a child would be hidden from everybody who could decide
 */
export function requireSupervisorLeft(isHidden: boolean): void {
  if (!isHidden) return
  throw unprocessable(
    '/account',
    'nobody_left',
    'No supervisor would be left who may see the child. A conflict of the last one is for that person to declare.',
  )
}

/** @throws Refusal forbidden where somebody declares for another without being a supervisor or administrator */
export function requireMayDeclareFor(actor: Actor, account: string): void {
  if (account === actor.accountId || hasRole(actor, 'supervisor', 'administrator')) return
  throw new Refusal('forbidden', 'A conflict of somebody else is declared by a supervisor or an administrator.')
}

/** @throws Refusal unprocessable unless exactly one of the two is said */
export function requireOneSubject(referral: unknown, child: unknown): void {
  if ((referral === undefined) !== (child === undefined)) return
  throw unprocessable('/referral', 'one_of_two', 'Name the referral or an identifier of the child, and not both.')
}

/** @throws Refusal own_break_glass where the reviewer broke the glass */
export function requireOtherThanBreaker(actor: Actor, brokenBy: string): void {
  if (actor.accountId === brokenBy)
    throw new Refusal('own_break_glass', 'Whether the glass was rightly broken is found by somebody else.')
}

/** @throws Refusal own_conflict; not_found where there is none */
export function requireOtherThanKin(actor: Actor, conflict: { accountId: string } | undefined): void {
  if (!conflict) throw notFound('conflict')
  if (conflict.accountId === actor.accountId)
    throw new Refusal('own_conflict', 'A conflict of yours is withdrawn by somebody else.')
}

function unprocessable(pointer: string, code: string, detail: string): Refusal {
  const errors: Wrong[] = [{ in: 'body', pointer, code, detail }]
  return new Refusal('unprocessable', detail, { errors })
}
