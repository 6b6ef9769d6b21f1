/** A stage at which nobody answers in time does not hold anybody up: the challenge goes up by itself. */
import { DatabaseError, DatabaseUnavailable } from '../../db/errors.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { appendAudit } from '../../kernel/record.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'
import { compiledPolicy } from '../policies/index.ts'
import { escalationRow, overdueIds, stepsOf, tryLockEscalation } from './queries.ts'
import { stageAbove } from './rules.ts'
import { isUrgent } from './shown.ts'
import { type Acting, enterStage, storeStep } from './steps.ts'

/** So many are looked at in a step, each in a transaction of its own. */
const AT_ONCE = 20

export const moveUpOverdue: Task = {
  name: 'escalations',
  async step(context, authorityId) {
    const now = context.now()
    const waiting = await context.database.withTenant(authorityId, (tx) => overdueIds(tx, authorityId, now, AT_ONCE))
    let hasMoved = false
    for (const id of waiting) {
      if (context.signal.aborted) return hasMoved
      if (await moved(context, { authorityId, id, now })) hasMoved = true
    }
    return hasMoved
  },
}

/** What goes wrong with one challenge does not keep the others waiting. */
async function moved(context: TaskContext, what: Overdue): Promise<boolean> {
  try {
    return await context.database.withTenant(what.authorityId, (tx) => moveUp(context, tx, what))
  } catch (error) {
    if (error instanceof DatabaseUnavailable || error instanceof DatabaseError) throw error
    context.onFailure(error)
    return false
  }
}

interface Overdue {
  readonly authorityId: string
  readonly id: string
  readonly now: string
}

/** One stage up, or at the last the mark that it is overdue: each once, whoever else does the same. */
async function moveUp(context: TaskContext, tx: TenantTx, { authorityId, id, now }: Overdue): Promise<boolean> {
  if (!(await tryLockEscalation(tx, authorityId, id))) return false
  // Read again under the lock: somebody may have answered meanwhile.
  const found = await escalationRow({ tx, authorityId, now }, id)
  const steps = await stepsOf(tx, { authorityId }, [id])
  if (found?.state !== 'overdue' || steps.at(-1)?.id !== found.standing.id) return false
  const policy = compiledPolicy(found.policy)
  const above = stageAbove(policy, found)
  const acting: Acting = { tx, authorityId, person: null, now, newId: () => context.newId() }
  const { referralId, childKey, urgent } = found.row
  const facts = { escalation: id, referral: referralId, child: childKey, from: found.standing.stage }
  const who = { authorityId, accountId: null }
  if (above) {
    const entry = { policy, rung: above, kind: 'moved_up', isUrgent: isUrgent(urgent, steps) } as const
    const records = [await enterStage(acting, id, entry)]
    const event = 'escalation.moved_up'
    await appendAudit(tx, who, now, { event, facts: { ...facts, to: above.stage, automatic: true }, records })
  } else {
    const records = [await storeStep(acting, id, { kind: 'overdue', stage: found.standing.stage })]
    await appendAudit(tx, who, now, { event: 'escalation.overdue', facts, records })
  }
  return true
}
