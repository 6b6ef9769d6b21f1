/** The catalogue of refusals: what can be answered instead of a result. A refusal is part of the contract; a defect just throws. */

/** Code → HTTP status and title. Codes are stable; `docs/API.md` lists them from here. */
export const REFUSALS = {
  invalid_input: [400, 'The request is not what this operation takes'],
  json_malformed: [400, 'The body is not JSON'],
  json_duplicate_key: [400, 'A property is given twice'],
  json_too_deep: [400, 'The body is nested too deeply'],
  json_invalid_utf8: [400, 'The body is not UTF-8'],
  json_forbidden_key: [400, 'A property name is not allowed'],
  number_unsafe: [400, 'A number is too large to be kept exactly'],
  idempotency_key_required: [400, 'A write needs an Idempotency-Key'],
  idempotency_key_invalid: [400, 'The Idempotency-Key is not usable'],
  unauthenticated: [401, 'No valid token'],
  forbidden: [403, 'Not allowed for this caller'],
  qualification_required: [403, 'Only a qualified person may do this'],
  own_decision: [403, 'Nobody screens, settles, signs or upholds what they decided'],
  own_challenge: [403, 'Nobody answers their own challenge'],
  own_policy: [403, 'Nobody approves or publishes what they wrote'],
  restricted: [403, 'The record is restricted'],
  own_break_glass: [403, 'Nobody reviews their own breaking of the glass'],
  own_proposal: [403, 'Nobody carries out what they proposed'],
  own_conflict: [403, 'Nobody withdraws their own conflict'],
  own_account: [403, 'Nobody changes their own account'],
  not_found: [404, 'There is no such thing here'],
  method_not_allowed: [405, 'The method is not allowed here'],
  revision_conflict: [409, 'It has changed meanwhile'],
  stale_recommendation: [409, 'The recommendation was made before newer information'],
  not_replayable: [409, 'The recommendation cannot be computed again'],
  already_decided: [409, 'There is a decision already'],
  own_judgement_first: [409, 'Write down your own judgement first'],
  already_judged: [409, 'Your judgement is written down already'],
  decision_state: [409, 'The decision does not stand so that this can be done'],
  picked_up_by_another: [409, 'Somebody else has this in hand'],
  not_picked_up: [409, 'Pick it up first'],
  not_blind: [409, 'Whoever has seen it cannot screen it a second time'],
  tasks_open: [409, 'Something that was found to be needed is not done'],
  children_not_considered: [409, 'Not every child of the referral has been considered'],
  already_finished: [409, 'The task is finished'],
  escalation_closed: [409, 'The challenge is at its end'],
  stage_conflict: [409, 'The challenge is at another stage'],
  already_answered: [409, 'This stage is answered'],
  not_answered: [409, 'Nobody has answered yet'],
  last_stage: [409, 'There is no stage above'],
  nothing_to_tell: [409, 'There is nothing that has not been told'],
  already_confirmed: [409, 'It is confirmed already'],
  already_submitted: [409, 'A submission of this draft stands'],
  not_submitted: [409, 'This submission stands no longer'],
  bytes_changed: [409, 'These are not the bytes that were submitted'],
  not_approved: [409, 'The policy is not approved'],
  not_rehearsed: [409, 'The policy has not been rehearsed'],
  rehearsal_unfinished: [409, 'The rehearsal has not finished'],
  downgrades_not_accepted: [409, 'Children would go down, and that is not accepted'],
  rehearsal_state: [409, 'The rehearsal does not stand so that this can be done'],
  already_accepted: [409, 'It is accepted already'],
  already_published: [409, 'The policy is published'],
  publication_conflict: [409, 'Another version stands in the way'],
  already_retired: [409, 'The version is retired'],
  leaves_none_in_force: [409, 'No policy would be in force'],
  already_restricted: [409, 'A restriction stands'],
  not_restricted: [409, 'No restriction stands'],
  glass_not_needed: [409, 'The record is open to this caller'],
  already_reviewed: [409, 'It is reviewed already'],
  already_withdrawn: [409, 'It is withdrawn already'],
  not_signed_yet: [409, 'The entry is not signed yet'],
  not_due: [409, 'The record is not past the time for which it is kept'],
  on_hold: [409, 'A legal hold stands'],
  letter_reveals: [409, 'The letter says what must not be shared'],
  webhook_state: [409, 'The webhook does not stand so that this can be done'],
  account_state: [409, 'The account does not stand so that this can be done'],
  subject_taken: [409, 'An account has this subject'],
  http_malformed: [400, 'This is not HTTP'],
  request_timeout: [408, 'The request did not arrive in time'],
  headers_too_large: [431, 'The headers are too large'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body must be application/json'],
  idempotency_mismatch: [422, 'The Idempotency-Key was used for another request'],
  unknown_indicator: [422, 'The policy has no such indicator'],
  unprocessable: [422, 'What the request says cannot be so'],
  override_reason_required: [422, 'Departing from the recommendation needs a reason'],
  statutory_reason_required: [422, 'Going below a floor needs a statutory reason'],
  forbidden_combination: [422, 'The threshold document does not allow this'],
  closing_checks_required: [422, 'Closing needs more'],
  age_is_no_reason: [422, 'Age is no reason to close'],
  not_superseding: [422, 'The new decision does not supersede the contested one'],
  monitoring_is_no_plan: [422, 'Monitoring is no plan'],
  role_not_for_kind: [422, 'The role or qualification is not for this kind of account'],
  no_policy_in_force: [422, 'No policy is in force'],
  policy_has_errors: [422, 'The policy has errors'],
  cases_fail: [422, 'A case does not come out as agreed'],
  effective_date_past: [422, 'The policy cannot take effect on that date'],
  not_raising: [422, 'The change does more than raise'],
  webhook_target_refused: [422, 'The address may not be sent to'],
  too_many_requests: [429, 'Too many requests in a short time'],
  graphql_request: [400, 'The GraphQL request is not valid'],
  graphql_limit: [400, 'The GraphQL document asks for too much'],
  operation_not_allowed: [400, 'The GraphQL document is not on the list'],
  internal: [500, 'Something went wrong here'],
  integrity_violation: [500, 'A stored record is not what was recorded'],
  log_contradicted: [503, 'The log is not the one that was signed'],
  unavailable: [503, 'The service cannot answer at the moment'],
} as const satisfies Record<string, readonly [number, string]>

export type RefusalCode = keyof typeof REFUSALS

/** One thing that is wrong, and where. */
export interface Wrong {
  readonly in: 'body' | 'query' | 'path' | 'header'
  /** RFC 6901 pointer into that part; cut where it is very long. */
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly errors: readonly Wrong[]
  /** For unavailability: whether the write was recorded. */
  readonly recorded: boolean | 'unknown' | undefined

  constructor(
    code: RefusalCode,
    detail: string,
    more: { errors?: readonly Wrong[]; recorded?: boolean | 'unknown' } = {},
  ) {
    super(detail)
    this.code = code
    this.errors = (more.errors ?? []).map(shortened)
    this.recorded = more.recorded
  }

  get status(): number {
    return REFUSALS[this.code][0]
  }
}

/** A property name may be as long as a body. */
const POINTER_MAX = 500

function shortened(wrong: Wrong): Wrong {
  const { pointer } = wrong
  return pointer.length <= POINTER_MAX ? wrong : { ...wrong, pointer: `${pointer.slice(0, POINTER_MAX)}…` }
}

/** The same answer for what is another authority's and for what does not exist at all. */
export function notFound(what: string): Refusal {
  return new Refusal('not_found', `There is no such ${what}.`)
}
