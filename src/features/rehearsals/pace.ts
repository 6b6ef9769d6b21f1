/** Long work that leaves room for others, and can be stopped. */
import { setImmediate } from 'node:timers/promises'

/** Thrown where work was asked to stop: what it began is rolled back. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** The longest that requests wait because something is being counted. */
const TURN_MS = 10

/**
 * To be awaited often: gives way to others once its turn is over.
 * @throws Stopped once the signal says so
 */
export function pausing(signal?: AbortSignal): () => Promise<void> {
  let turnEnds = performance.now() + TURN_MS
  return async () => {
    if (signal?.aborted) throw new Stopped()
    if (performance.now() < turnEnds) return
    await setImmediate()
    turnEnds = performance.now() + TURN_MS
  }
}
