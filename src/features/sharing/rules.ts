/** What consent comes to under the policy, and what a decision to share or not to share has to say. Pure. */
import type { CONSENT_ANSWERS, OVERRIDE_GROUNDS } from '../../db/tables/sharing.ts'
import type { Policy } from '../../engine/index.ts'
import type { ResponseSpec as PolicyResponse } from '../../engine/policy/shape.ts'
import { PROTECTIVE_TYPES } from '../../engine/vocabulary.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import type { NewMark, NewSharing } from './model.ts'

/** What is recorded of consent to one response for one child; nothing where nothing was. */
export interface ConsentFacts {
  readonly state: (typeof CONSENT_ANSWERS)[number]
  readonly overrideGround: (typeof OVERRIDE_GROUNDS)[number] | null
}

export interface ConsentStanding {
  /** Whether what is known is what the policy asks for. */
  readonly stands: boolean
  /** What the policy has done where it is not; always to proceed with what protects a child. */
  readonly effect: 'proceed' | 'hold_and_ask' | 'return_to_referrer'
  /** What is missing, in a sentence; null where nothing is. */
  readonly missing: string | null
}

/**
 * How consent stands for a response. What is missing is said, and protection goes ahead whatever is said.
 * @param facts the latest that is recorded; undefined where nothing is
 */
export function consentStands(response: PolicyResponse, facts: ConsentFacts | undefined): ConsentStanding {
  const missing = missingConsent(response, facts)
  if (missing === null) return { stands: true, effect: 'proceed', missing }
  return { stands: false, effect: effectOf(response, facts), missing }
}

function missingConsent({ code, consent }: PolicyResponse, facts: ConsentFacts | undefined): string | null {
  if (consent.rule === 'not_required' || facts?.state === 'given') return null
  if (consent.rule === 'inform_unless_risk') {
    if (!facts) return `Whether the family was told of ${code} is not recorded.`
    // Somebody who refused or took it back was told.
    if (facts.state !== 'not_sought' || facts.overrideGround !== null) return null
    return `Why the family was not told of ${code} is not recorded.`
  }
  if (!facts) return `Whether anybody agreed to ${code} is not recorded.`
  const isGroundKnown = facts.overrideGround !== null
  if (isGroundKnown && (consent.rule === 'sought_unless_risk' || consent.overrideGrounds !== undefined)) return null
  if (isGroundKnown && facts.overrideGround === 'legal_duty') return null
  if (isGroundKnown) return `The policy names no ground on which ${code} goes ahead without agreement.`
  return `${WORDS[facts.state]} ${code}, and no ground for going ahead is recorded.`
}

const WORDS = {
  given: 'Somebody agreed to',
  refused: 'Agreement was refused to',
  not_sought: 'Nobody was asked about',
  withdrawn: 'Agreement was taken back to',
} as const

function effectOf({ type, consent }: PolicyResponse, facts: ConsentFacts | undefined): ConsentStanding['effect'] {
  if (PROTECTIVE_TYPES.includes(type) || consent.rule === 'inform_unless_risk') return 'proceed'
  const known = facts?.state === 'not_sought' ? 'not_sought' : facts ? 'refused' : 'unknown'
  return consent.effects?.[known] ?? consent.ifMissing ?? 'proceed'
}

/** @throws Refusal unprocessable where who was asked, how, or why not, is left out */
export function requireWholeConsent(consent: {
  readonly state: ConsentFacts['state']
  readonly by?: unknown
  readonly manner?: unknown
  readonly reason?: string | undefined
  readonly override?: unknown
}): void {
  const wrongs: Wrong[] = []
  const isAsked = consent.state !== 'not_sought'
  for (const name of ['by', 'manner'] as const) {
    if (isAsked && consent[name] === undefined)
      wrongs.push(wrong(`/${name}`, 'missing_property', 'Say who was asked, and how.'))
    if (!isAsked && consent[name] !== undefined) wrongs.push(wrong(`/${name}`, 'not_asked', 'Nobody was asked.'))
  }
  if (!isAsked && consent.reason === undefined)
    wrongs.push(wrong('/reason', 'missing_property', 'Say why nobody was asked.'))
  if (consent.state === 'given' && consent.override !== undefined)
    wrongs.push(wrong('/override', 'nothing_to_override', 'Consent that was given is not overridden.'))
  refuseAny(wrongs, 'What is said of consent does not fit together.')
}

/**
 * @throws Refusal qualification_required for not sharing by somebody unqualified; unprocessable where basis, ground or review
 * are missing or do not belong
 */
export function requireWholeSharing(actor: Actor, sharing: NewSharing, today: string): void {
  const isShared = sharing.outcome === 'shared'
  if (!isShared && actor.qualification !== 'social_work')
    throw new Refusal(
      'qualification_required',
      'Not to share what could safeguard a child is decided by a social-work-qualified person.',
    )
  const wrongs: Wrong[] = []
  const [needed, other] = isShared ? (['basis', 'withheldBecause'] as const) : (['withheldBecause', 'basis'] as const)
  if (sharing[needed] === undefined) wrongs.push(wrong(`/${needed}`, 'missing_property', 'It goes with this outcome.'))
  if (sharing[other] !== undefined) wrongs.push(wrong(`/${other}`, 'other_outcome', 'It goes with the other outcome.'))
  if (!isShared && sharing.reviewOn === undefined)
    wrongs.push(wrong('/reviewOn', 'missing_property', 'Say when it is looked at again whether it can be shared.'))
  if (sharing.reviewOn !== undefined && sharing.reviewOn <= today)
    wrongs.push(wrong('/reviewOn', 'review_day', 'It is looked at again after today.'))
  refuseAny(wrongs, 'The decision does not fit together.')
}

/** @throws Refusal unprocessable unless a place with its revision, or words, or both are marked */
export function requireMarked({ revision, pointer, words }: NewMark): void {
  if ((revision === undefined) !== (pointer === undefined))
    refuseAny(
      [wrong('/pointer', 'one_of_two', 'A place is named with the revision in which it is.')],
      'The mark is half.',
    )
  if (pointer === undefined && words === undefined)
    refuseAny([wrong('/words', 'missing_property', 'Name a place, or the words.')], 'The mark marks nothing.')
}

/** @throws Refusal unprocessable */
export function requireResponse(policy: Policy, code: string): PolicyResponse {
  const found = policy.responses.get(code)
  if (found) return found
  throw refusal(
    [wrong('/response', 'unknown_response', `The policy has no response ${code}.`)],
    'There is no such response.',
  )
}

/** @throws Refusal unprocessable for a child whom the referral does not name */
export function requireChild(children: readonly { key: string }[], child: string | undefined): void {
  if (child === undefined || children.some(({ key }) => key === child)) return
  refuseAny([wrong('/child', 'unknown_child', 'The referral names no such child.')], 'There is no such child.')
}

export function wrong(pointer: string, code: string, detail: string): Wrong {
  return { in: 'body', pointer, code, detail }
}

export function refusal(errors: readonly Wrong[], detail: string): Refusal {
  return new Refusal('unprocessable', detail, { errors })
}

function refuseAny(wrongs: readonly Wrong[], detail: string): void {
  if (wrongs.length > 0) throw refusal(wrongs, detail)
}
