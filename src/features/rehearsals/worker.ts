/** Carries out what was asked for: batch by batch, in turn for every authority that has something waiting. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Database } from '../../db/connect.ts'
import { listAuthorities } from '../identity/index.ts'
import { advance, type Runner } from './advance.ts'

export interface Worker {
  /** Ends the batch that is being counted, undone, and waits until nothing is running. */
  stop(): Promise<void>
}

export interface WorkerOptions extends Omit<Runner, 'signal' | 'batch'> {
  /** Told of a database that is away or in the way; the worker tries again. */
  onTrouble(error: unknown): void
  /** How long to wait before looking again when nothing was waiting, in milliseconds. */
  readonly idleMs?: number
}

const IDLE_MS = 2000
/** On PGlite requests wait for the connection as long as a batch lasts. */
const BATCH = { postgres: 500, pglite: 50 } as const

export function batchFor({ engine }: Database): number {
  return BATCH[engine]
}

/** Starts at once and runs until it is stopped. Several processes may do so: each batch is counted by one of them. */
export function startWorker(options: WorkerOptions): Worker {
  const stopping = new AbortController()
  const runner: Runner = { ...options, batch: batchFor(options.database), signal: stopping.signal }
  const running = run(runner, options, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function run(runner: Runner, { onTrouble, idleMs = IDLE_MS }: WorkerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isBusy = await round(runner, signal).catch((error: unknown) => {
      onTrouble(error)
      return false
    })
    // A wait that is broken off is the end.
    if (!isBusy) await setTimeout(idleMs, undefined, { signal }).catch(() => {})
  }
}

/** One step for each authority; whether there was anything to do. */
async function round(runner: Runner, signal: AbortSignal): Promise<boolean> {
  let isBusy = false
  for (const { id } of await listAuthorities(runner.database)) {
    if (signal.aborted) return isBusy
    const step = await advance(runner, id)
    if (step !== 'idle') isBusy = true
    // Requests that wait for the connection of an embedded database come first.
    await setImmediate()
  }
  return isBusy
}
