import { DatabaseUnavailable } from './errors.ts'

/**
 * `urgent` may take every place, and comes first where several wait. `ordinary` leaves some free, so that a referral can
 * be received and a decision recorded however many reports are being read.
 */
export type Priority = 'urgent' | 'ordinary'

export interface PlacesOptions {
  /** How many there are: as many as the pool has connections. */
  readonly max: number
  /** The longest that somebody waits, in milliseconds. */
  readonly waitMs: number
}

/** More than these of one priority do not wait; they are told at once to come again. */
const WAITING_MAX = 200
/** One place in five is kept for what is urgent; of a single one none can be. */
const KEPT_ONE_IN = 5

/** Who may have a connection, and who has to wait for one. */
export class Places {
  readonly #options: PlacesOptions
  readonly #ordinaryMax: number
  readonly #waiting: Readonly<Record<Priority, Set<() => void>>> = { urgent: new Set(), ordinary: new Set() }
  readonly #taken: Record<Priority, number> = { urgent: 0, ordinary: 0 }

  constructor(options: PlacesOptions) {
    this.#options = options
    this.#ordinaryMax = options.max - (options.max > 1 ? Math.ceil(options.max / KEPT_ONE_IN) : 0)
  }

  /**
   * Resolves when there is a place, with what gives it back.
   * @throws DatabaseUnavailable when too many wait, or none became free in time.
   */
  async take(priority: Priority): Promise<() => void> {
    if (!this.#isFree(priority) || this.#waiting[priority].size > 0) await this.#wait(priority)
    else this.#taken[priority] += 1
    return () => {
      this.#taken[priority] -= 1
      this.#admit()
    }
  }

  #isFree(priority: Priority): boolean {
    const { urgent, ordinary } = this.#taken
    if (urgent + ordinary >= this.#options.max) return false
    return priority === 'urgent' || ordinary < this.#ordinaryMax
  }

  #admit(): void {
    for (const priority of ['urgent', 'ordinary'] as const) {
      for (const grant of this.#waiting[priority]) {
        if (!this.#isFree(priority)) break
        this.#waiting[priority].delete(grant)
        // Taken here, so that nobody comes in between.
        this.#taken[priority] += 1
        grant()
      }
    }
  }

  #wait(priority: Priority): Promise<void> {
    const queue = this.#waiting[priority]
    if (queue.size >= WAITING_MAX) throw new DatabaseUnavailable({}, 'too many wait for a connection')
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.delete(grant)
        reject(new DatabaseUnavailable({}, 'no connection became free'))
      }, this.#options.waitMs)
      const grant = () => {
        clearTimeout(timer)
        resolve()
      }
      queue.add(grant)
    })
  }
}
