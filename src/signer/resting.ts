/** What hung is left alone for a while, so that it costs everybody who would ask it its time once, and not each of them. */

/** How long it is not asked again, in milliseconds. */
const REST_MS = 30_000

/** @returns the same question, which fails at once while what is asked rests after a time-out */
export function resting<A extends readonly unknown[], R>(
  ask: (...args: A) => Promise<R>,
  isTimeout: (error: unknown) => boolean,
): (...args: A) => Promise<R> {
  let until = 0
  return async (...args) => {
    // Not the wall clock, which somebody may set.
    if (performance.now() < until) throw new Error('It did not answer in time, and is not asked again for a while')
    try {
      return await ask(...args)
    } catch (error) {
      if (isTimeout(error)) until = performance.now() + REST_MS
      throw error
    }
  }
}
