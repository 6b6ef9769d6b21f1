/** Carries out the tasks of all features side by side, each in turn for every authority that has something waiting. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { DatabaseUnavailable } from './db/errors.ts'
import { listAuthorities } from './features/identity/index.ts'
import { tasks as allTasks } from './features/index.ts'
import { isContradicted } from './kernel/signer.ts'
import type { Task, TaskContext } from './kernel/task.ts'

export interface Worker {
  /** Ends the step that is being done, undone, and waits until nothing is running. */
  stop(): Promise<void>
}

export interface WorkerOptions extends Omit<TaskContext, 'signal'> {
  readonly tasks?: readonly Task[]
  /** Told of a database that is away or in the way; the worker tries again. */
  onTrouble(error: unknown): void
  /** How long to wait before looking again when nothing was waiting, in milliseconds. */
  readonly idleMs?: number
}

const IDLE_MS = 2000

/** Starts at once and runs until it is stopped. Several processes may do so: each step is done by one of them. */
export function startWorker(options: WorkerOptions): Worker {
  const stopping = new AbortController()
  const { tasks = allTasks } = options
  const running = Promise.all(tasks.map((task) => run(task, options, stopping.signal)))
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** A task that waits, for a receiver far away or for a lock, does not keep the others from their work. */
async function run(task: Task, options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { onTrouble, idleMs = IDLE_MS } = options
  const context = { ...options, signal }
  while (!signal.aborted) {
    const isBusy = await round(task, context).catch((error: unknown) => {
      onTrouble(error)
      return false
    })
    // A wait that is broken off is the end.
    if (!isBusy) await setTimeout(idleMs, undefined, { signal }).catch(() => {})
  }
}

/** One step of a task for each authority; whether there was anything to do. */
async function round(task: Task, context: TaskContext & Pick<WorkerOptions, 'onTrouble'>): Promise<boolean> {
  const { onTrouble } = context
  let isBusy = false
  for (const { id } of await listAuthorities(context.database)) {
    if (context.signal.aborted) return isBusy
    if (!task.entersNothing && isContradicted(context.settings?.log, id)) continue
    try {
      if (await task.step(context, id)) isBusy = true
    } catch (error) {
      // A database that is away is away for all; whatever else is wrong with one authority keeps no other from its turn.
      if (error instanceof DatabaseUnavailable) throw error
      onTrouble(error)
    }
    // Requests that wait for the connection of an embedded database come first.
    await setImmediate()
  }
  return isBusy
}
