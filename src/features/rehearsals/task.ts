/** Rehearsals are counted by the service itself, batch by batch. */
import type { Task } from '../../kernel/task.ts'
import { advance } from './advance.ts'

/** On PGlite requests wait for the connection as long as a batch lasts. */
const BATCH = { postgres: 500, pglite: 50 } as const

export const advanceRehearsals: Task = {
  name: 'rehearsals',
  async step(context, authorityId) {
    const { database, signal, onFailure } = context
    const now = () => context.now()
    const newId = () => context.newId()
    const step = await advance({ database, now, newId, signal, onFailure, batch: BATCH[database.engine] }, authorityId)
    return step !== 'idle'
  },
}
