/** Challenges as they are shown, with what happened to them and with the ladder. */
import type { TenantTx } from '../../db/tenant.ts'
import { ladderOf } from '../../engine/policy/ladder.ts'
import type { Actor } from '../../kernel/actor.ts'
import { type DecisionState, decisionsOf } from '../decisions/index.ts'
import { compiledPolicy } from '../policies/index.ts'
import { type Escalation, IMMEDIATE_RISK, type Step } from './model.ts'
import { type EscalationRow, type StepRow, stepsOf } from './queries.ts'

type RefOf = (id: string | null) => { id: string; state: DecisionState } | null

/** In their order. Of decisions only where they stand is shown, not what they say. */
export async function shownEscalations(
  tx: TenantTx,
  actor: Actor,
  rows: readonly EscalationRow[],
): Promise<Escalation[]> {
  const steps = await stepsOf(
    tx,
    actor,
    rows.map(({ row }) => row.id),
  )
  const found = await decisionsOf(tx, actor, [...new Set(rows.map(({ row }) => row.referralId))])
  const states = new Map(found.map(({ id, state }) => [id, state]))
  const refOf: RefOf = (id) => {
    const state = id === null ? undefined : states.get(id)
    return id === null || state === undefined ? null : { id, state }
  }
  return rows.map((row) => {
    const own = steps.filter(({ escalationId }) => escalationId === row.row.id)
    return shown(row, own, refOf)
  })
}

function shown({ row, policy, standing, ending, state }: EscalationRow, steps: StepRow[], refOf: RefOf): Escalation {
  if (standing.office === null || standing.dueAt === null) throw new Error('A stage was entered without being due')
  return {
    id: row.id,
    referralId: row.referralId,
    child: row.childKey,
    decision: refOf(row.decisionId),
    about: row.about,
    ground: row.ground,
    concern: row.concern,
    wanted: row.wanted,
    urgent: isUrgent(row.urgent, steps),
    challenger: { name: row.challengerName, role: row.challengerRole, agency: row.agency },
    raisedBy: { accountId: row.raisedBy, displayName: row.raisedByName },
    raisedAt: row.raisedAt,
    state,
    stage: standing.stage,
    office: standing.office,
    dueAt: standing.dueAt,
    outcome: ending?.outcome ?? null,
    newDecision: refOf(ending?.newDecisionId ?? null),
    steps: steps.map((step) => shownStep(step, refOf)),
    policy: policy.policyId,
    policyVersion: policy.version,
    ladder: ladderOf(compiledPolicy(policy)),
    immediateRisk: IMMEDIATE_RISK,
  }
}

function shownStep(step: StepRow, refOf: RefOf): Step {
  const { kind, stage, office, dueAt, outcome, newDecisionId, reasons, actedAs, accepted, actedBy, actedByName } = step
  return {
    ...{ kind, stage, office, dueAt, outcome, reasons, accepted },
    newDecision: refOf(newDecisionId),
    as: actedAs,
    by: actedBy === null || actedByName === null ? null : { accountId: actedBy, displayName: actedByName },
    at: step.actedAt,
  }
}

/** What was skipped ahead cannot wait from then on. */
export function isUrgent(wasRaisedUrgent: boolean, steps: readonly Pick<StepRow, 'kind'>[]): boolean {
  return wasRaisedUrgent || steps.some(({ kind }) => kind === 'skipped')
}
