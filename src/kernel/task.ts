/** Work that the service does by itself, authority by authority, in small steps. */
import type { Database } from '../db/connect.ts'
import type { Settings } from './settings.ts'

export interface TaskContext {
  readonly database: Database
  /** RFC 3339 UTC with milliseconds. */
  now(): string
  newId(): string
  /** Ends a step that takes long; nothing of it is stored. */
  readonly signal: AbortSignal
  /** What the operator set; the strictest where left out. */
  readonly settings?: Settings
  /** Told of what went wrong with one piece of work and is not tried again by itself. */
  onFailure(error: unknown): void
}

export interface Task {
  readonly name: string
  /** Whether it goes on where the log is not the one that was signed, because it enters nothing into it. */
  readonly entersNothing?: boolean
  /**
   * Does the next small piece of what is waiting for an authority, in a transaction of its own, so that nothing is lost when
   * the process is killed; true when there may be more. Several processes may do so at once.
   * @throws DatabaseUnavailable or DatabaseError, to be tried again
   */
  step(context: TaskContext, authorityId: string): Promise<boolean>
}
