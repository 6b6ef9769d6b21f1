/**
 * Database errors that may be logged and mapped to answers. Drizzle writes the parameters of a statement into its
 * message, PostgreSQL writes values into message and detail; neither may reach a log or a caller, for they are the
 * words of a referral. So an error that leaves a transaction is made anew from its code and the names of the schema.
 */

import { DrizzleQueryError } from './drizzle.ts'

interface Facts {
  readonly sqlstate?: string | undefined
  readonly constraint?: string | undefined
  readonly table?: string | undefined
  readonly routine?: string | undefined
}

/** The database refused a statement. Names of the schema only: no statement, no parameters, no cause. */
export class DatabaseError extends Error {
  readonly sqlstate: string | undefined
  readonly constraint: string | undefined
  readonly table: string | undefined
  /** The function of PostgreSQL that raised it. */
  readonly routine: string | undefined

  constructor(facts: Facts, message = refusal(facts)) {
    super(message)
    this.name = 'DatabaseError'
    this.sqlstate = facts.sqlstate
    this.constraint = facts.constraint
    this.table = facts.table
    this.routine = facts.routine
  }
}

/** The database cannot be reached or cannot work now; the same request may succeed later. */
export class DatabaseUnavailable extends DatabaseError {
  /** `unknown` when the connection was lost during commit: the work may or may not have been recorded. */
  readonly recorded: 'no' | 'unknown'

  constructor(facts: Facts, reason: string, recorded: 'no' | 'unknown' = 'no') {
    super(facts, `The database is unavailable (${reason})`)
    this.name = 'DatabaseUnavailable'
    this.recorded = recorded
  }
}

/** Whether the error came from the driver, the ORM or the server, and so may carry values. */
export function isRawDatabaseError(error: unknown): boolean {
  return error instanceof DrizzleQueryError || isServerError(error)
}

/** Whether a statement was given up on our side: neither an answer nor an error came in time. */
export function isSilence(error: unknown): boolean {
  return error instanceof DrizzleQueryError && error.cause?.message === 'Query read timeout'
}

/** The same for code that does nothing but ask the database: there a lost connection is the database's failure too. */
export function isDatabaseFailure(error: unknown): boolean {
  return isRawDatabaseError(error) || unavailableReason(error, undefined) !== undefined
}

/** Whether the database could not do it now, be the error raw or made safe already. */
export function isUnavailable(error: unknown): boolean {
  return toDatabaseError(error) instanceof DatabaseUnavailable
}

/** The safe form of an error of the database layer; a safe one is returned as it is. */
export function toDatabaseError(error: unknown, recorded: 'no' | 'unknown' = 'no'): DatabaseError {
  const source = error instanceof DrizzleQueryError ? error.cause : error
  if (source instanceof DatabaseError) return source
  const facts = factsOf(source)
  const reason = unavailableReason(source, facts.sqlstate)
  const safe = reason ? new DatabaseUnavailable(facts, reason, recorded) : new DatabaseError(facts)
  if (error instanceof Error) safe.stack = `${safe.name}: ${safe.message}${framesOf(error)}`
  return safe
}

const SQLSTATE = /^[0-9A-Z]{5}$/

/** Told by its form, since PGlite brings a class of its own. A severity sets it apart from Node's EPIPE. */
function isServerError(error: unknown): error is Error & Facts & { code: string } {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return false
  return typeof error.code === 'string' && SQLSTATE.test(error.code)
}

function factsOf(source: unknown): Facts {
  if (!isServerError(source)) return {}
  const { code: sqlstate, constraint, table, routine } = source
  return { sqlstate, constraint, table, routine }
}

function refusal({ sqlstate, constraint, table }: Facts): string {
  const place = [constraint, table && `table ${table}`].filter(Boolean).join(', ')
  return `The database refused a statement (${sqlstate ?? 'no SQLSTATE'}${place && `: ${place}`})`
}

/**
 * Connection (08), authorisation (28), no such database (3D), resources such as disk or connections (53), operator
 * intervention (57, which includes the statement timeout), system (58), a read-only standby and a transaction ended
 * for idling or taking too long.
 */
const UNAVAILABLE_STATE = /^(08|28|3D|53|57|58)|^(25006|25P03|25P04)$/
const SYSTEM_CODE = /^E[A-Z_]+$/
/** What node-postgres says for itself, in its own fixed words. */
const DRIVER_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'Connection ended',
  'timeout expired',
]

/** Why the database counts as unavailable, in words without values; undefined when it answered and refused. */
function unavailableReason(source: unknown, sqlstate: string | undefined): string | undefined {
  if (sqlstate) return UNAVAILABLE_STATE.test(sqlstate) ? sqlstate : undefined
  if (!(source instanceof Error)) return undefined
  const { code } = source as NodeJS.ErrnoException
  if (typeof code === 'string' && SYSTEM_CODE.test(code)) return code
  return DRIVER_MESSAGES.find((words) => source.message.startsWith(words))
}

/** The frames of the stack. The message stands before them, may hold any text, and is cut off as a whole. */
function framesOf(error: Error): string {
  const stack = error.stack ?? ''
  const start = stack.indexOf(error.message)
  return start < 0 ? '' : stack.slice(start + error.message.length)
}
