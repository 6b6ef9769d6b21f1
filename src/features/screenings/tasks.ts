/** What was found to be needed while screening. A referral is not closed while any of it is open. */

import type { SQL } from 'drizzle-orm'
import { z } from 'zod'
import { and, asc, eq } from '../../db/drizzle.ts'
import { screeningTaskResults, screeningTasks } from '../../db/tables/front-door.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { getReferralRow, lockReferral, shown as shownReferral } from '../referrals/index.ts'
import { type Task, TaskInput, TaskReceipt, TaskResultInput, Tasks } from './model.ts'

async function select({ tx, actor }: Context, condition: SQL | undefined): Promise<Task[]> {
  const rows = await tx
    .select({ task: screeningTasks, result: screeningTaskResults })
    .from(screeningTasks)
    .leftJoin(
      screeningTaskResults,
      and(
        eq(screeningTaskResults.authorityId, screeningTasks.authorityId),
        eq(screeningTaskResults.taskId, screeningTasks.id),
      ),
    )
    .where(and(eq(screeningTasks.authorityId, actor.authorityId), condition))
    .orderBy(asc(screeningTasks.setAt), asc(screeningTasks.id))
  return rows.map(({ task, result }) => ({
    id: task.id,
    referralId: task.referralId,
    child: task.childKey,
    task: task.task,
    dueOn: task.dueOn,
    setBy: { accountId: task.setBy, displayName: task.setByName },
    setAt: task.setAt,
    result: result && {
      outcome: result.outcome,
      result: result.result,
      by: { accountId: result.finishedBy, displayName: result.finishedByName },
      at: result.finishedAt,
    },
  }))
}

/** @throws Refusal not_found */
async function getTask(context: Context, id: string): Promise<Task> {
  const [task] = await select(context, eq(screeningTasks.id, id))
  if (!task) throw notFound('task')
  return task
}

export const setTask = defineOperation({
  name: 'setTask',
  kind: 'command',
  summary: 'Say what has to be done before the referral can be closed',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/referrals/{referralId}/tasks',
  status: 201,
  params: { referralId: Id },
  body: TaskInput,
  output: TaskReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    await lockReferral(tx, actor, referralId)
    const found = await getReferralRow(tx, actor, referralId)
    const keys = shownReferral(found).content.children.map(({ id }) => id)
    if (body.child !== undefined && !keys.includes(body.child)) {
      const detail = `The referral has the children ${keys.join(', ')}.`
      const errors = [{ in: 'body' as const, pointer: '/child', code: 'unknown_child', detail }]
      throw new Refusal('unprocessable', detail, { errors })
    }
    const { row, record } = await insertRecorded(tx, screeningTasks, {
      ...{ authorityId: actor.authorityId, id: context.newId(), referralId, childKey: body.child ?? null },
      ...{ task: body.task, dueOn: body.dueOn ?? null },
      ...{ setBy: actor.accountId, setByName: actor.displayName, setAt: now },
    })
    const facts = { task: row.id, referral: referralId, child: row.childKey }
    const audit = await context.record({ event: 'task.set', facts, records: [record] })
    return { task: await getTask(context, row.id), audit }
  },
})

export const finishTask = defineOperation({
  name: 'finishTask',
  kind: 'command',
  summary: 'Say how a task ended',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/tasks/{taskId}/result',
  status: 201,
  params: { taskId: Id },
  body: TaskResultInput,
  output: TaskReceipt,
  async run(context, { taskId, body }) {
    const { tx, actor, now } = context
    const { referralId } = await getTask(context, taskId)
    await lockReferral(tx, actor, referralId)
    const { result, child } = await getTask(context, taskId)
    if (result) throw new Refusal('already_finished', 'The task is finished already; it stays as it was recorded.')
    const { record } = await insertRecorded(tx, screeningTaskResults, {
      ...{ authorityId: actor.authorityId, id: context.newId(), taskId, ...body },
      ...{ finishedBy: actor.accountId, finishedByName: actor.displayName, finishedAt: now },
    })
    const facts = { task: taskId, referral: referralId, child, outcome: body.outcome }
    const audit = await context.record({ event: 'task.finished', facts, records: [record] })
    return { task: await getTask(context, taskId), audit }
  },
})

export const listTasks = defineOperation({
  name: 'tasks',
  kind: 'query',
  summary: 'What was found to be needed for a referral, first to last',
  allow: ['system', 'screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/referrals/{referralId}/tasks',
  params: { referralId: Id, open: z.boolean().optional().describe('Only what is open, or only what is finished.') },
  output: Tasks,
  async run(context, { referralId, open }) {
    await getReferralRow(context.tx, context.actor, referralId)
    const found = await select(context, eq(screeningTasks.referralId, referralId))
    return { tasks: open === undefined ? found : found.filter(({ result }) => (result === null) === open) }
  },
})
