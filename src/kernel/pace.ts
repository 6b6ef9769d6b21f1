/** How often somebody may ask: a quota a minute, which fills up again evenly. Kept in this process, and nothing of it stored. */

export interface Quota {
  readonly name: string
  /** So many at once, and then one each time that one has filled up again. */
  readonly perMinute: number
}

export interface Verdict {
  readonly quota: Quota
  readonly isAdmitted: boolean
  /** How many more would be admitted now. */
  readonly remaining: number
  /** Until all are there again. */
  readonly resetSeconds: number
  /** Until the next is admitted; 0 where it was. */
  readonly retrySeconds: number
}

/** Counts one more of a key. */
export type Pace = (key: string, quota: Quota) => Verdict

const WINDOW_MS = 60_000

/**
 * For each key one number, the instant at which its quota will be whole again (the generic cell rate algorithm).
 * @param clock milliseconds since 1970 · @param keysMax what is remembered at most; whoever has their whole quota is forgotten
 */
export function createPace(clock: () => number, keysMax = 50_000): Pace {
  const wholeAt = new Map<string, number>()
  const forget = (now: number): void => {
    for (const [key, at] of wholeAt) if (at <= now) wholeAt.delete(key)
    for (const key of wholeAt.keys()) {
      if (wholeAt.size < keysMax) return
      wholeAt.delete(key)
    }
  }
  return (key, quota) => {
    const now = clock()
    const each = WINDOW_MS / quota.perMinute
    const id = `${quota.name} ${key}`
    // A clock that was put back would leave somebody waiting for as long as it was ahead.
    const before = Math.min(Math.max(wholeAt.get(id) ?? now, now), now + WINDOW_MS)
    const isAdmitted = before + each <= now + WINDOW_MS + ROUNDING
    const at = isAdmitted ? before + each : before
    if (!wholeAt.has(id) && wholeAt.size >= keysMax) forget(now)
    wholeAt.set(id, at)
    return {
      quota,
      isAdmitted,
      remaining: Math.max(0, Math.floor((now + WINDOW_MS - at + ROUNDING) / each)),
      resetSeconds: Math.ceil((at - now) / 1000),
      retrySeconds: isAdmitted ? 0 : Math.max(1, Math.ceil((before + each - now - WINDOW_MS) / 1000)),
    }
  }
}

/** What sums of fractions may be off by, in milliseconds. */
const ROUNDING = 0.001
