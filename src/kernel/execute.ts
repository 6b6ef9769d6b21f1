/** Carries out operations: `execute` is the only way in. Role, input, one transaction, output, and the entry in the log of accesses. */
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import type { Database } from '../db/connect.ts'
import { DatabaseError } from '../db/errors.ts'
import type { TenantTx } from '../db/tenant.ts'
import { recordAccess } from './access.ts'
import { type Actor, hasRole } from './actor.ts'
import { Refusal, type Wrong } from './errors.ts'
import { carriedOutBefore, keepOutcome, requestHash } from './idempotency.ts'
import { wrongsOf } from './input.ts'
import type { Context, Operation } from './operation.ts'
import { appendAudit } from './record.ts'
import { type Settings, STRICT_SETTINGS } from './settings.ts'
import { isContradicted } from './signer.ts'

/** Who calls and by what means; made at the rim. */
export interface Caller {
  readonly database: Database
  readonly actor: Actor
  readonly now: string
  newId(): string
  readonly idempotencyKey: string | undefined
  /** What the operator set; the strictest where left out. */
  readonly settings?: Settings
  /** Referrals that this request has entered into the log of accesses. */
  readonly accessed?: Set<string>
  /** @throws Refusal too_many_requests where the caller has asked too often; left out, they may ask as they like. */
  admit?(operation: Operation): void
  /** Whether the time for the request is over; it has no end where left out. Of a clock that nobody can set. */
  isLate?(): boolean
}

export interface RawInput {
  readonly params: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

export interface Outcome {
  readonly output: unknown
  /** The same command was carried out before; this is what it answered. */
  readonly replayed: boolean
}

/** Deadlocks and serialization failures are nobody's fault and are tried again this often. */
const TRIES = 3
/** The longest wait before the second try, in milliseconds; twice that before the third. By chance, lest both meet again. */
const RETRY_MS = 50

/**
 * Checks role and input, runs the operation in one transaction, and checks its output.
 * @throws Refusal for whatever the caller did wrong; DatabaseUnavailable when the database is away.
 */
export async function execute(operation: Operation, caller: Caller, raw: RawInput): Promise<Outcome> {
  caller.admit?.(operation)
  if (!hasRole(caller.actor, ...operation.allow)) {
    await recordDenied(operation, caller, raw)
    throw new Refusal('forbidden', `${operation.name} needs one of the roles ${operation.allow.join(', ')}.`)
  }
  const input = parseInput(operation, raw)
  const key = operation.kind === 'command' ? requireKey(caller.idempotencyKey) : undefined
  if (key !== undefined) requireOwnLog(caller)
  for (let attempt = 1; ; attempt++) {
    try {
      const { accountId, authorityId } = caller.actor
      const run = (tx: TenantTx) => runOnce(operation, caller, { tx, input, key })
      const acting = { accountId, now: caller.now }
      const { accessed, ...outcome } = await caller.database.withTenant(authorityId, run, acting, operation)
      const enter = (tx: TenantTx) => recordLook(operation, caller, tx, [input, outcome.output])
      // A snapshot could not lock the end of a log that has grown since.
      const entered = operation.isSnapshot ? await caller.database.withTenant(authorityId, enter, acting) : accessed
      for (const id of entered) caller.accessed?.add(id)
      return outcome
    } catch (error) {
      if (isDenial(error)) await recordDenied(operation, caller, raw)
      const isTransient = error instanceof DatabaseError && (error.sqlstate === '40001' || error.sqlstate === '40P01')
      if (!isTransient || attempt === TRIES) throw error
      await setTimeout(Math.random() * RETRY_MS * attempt)
    }
  }
}

async function runOnce(
  operation: Operation,
  caller: Caller,
  { tx, input, key }: { tx: TenantTx; input: unknown; key: string | undefined },
): Promise<Outcome & { readonly accessed: readonly string[] }> {
  const { actor, now } = caller
  const request =
    key === undefined ? undefined : { key, operation: operation.name, hash: requestHash(operation.name, input) }
  if (request) {
    const before = await carriedOutBefore(tx, actor, request)
    if (before !== undefined) return { output: before, replayed: true, accessed: [] }
  }
  const context: Context = {
    tx,
    actor,
    now,
    settings: caller.settings ?? STRICT_SETTINGS,
    newId: () => caller.newId(),
    record: (happening) => appendAudit(tx, actor, now, happening),
  }
  const output = operation.output.parse(await operation.run(context, input as never))
  const isEnteredHere = !request && !operation.isSnapshot
  const accessed = isEnteredHere ? await recordLook(operation, caller, tx, [input, output]) : []
  if (request) await keepOutcome(tx, actor, { ...request, now, output })
  // Nothing but the commit comes after this. What was stopped, or waited too long, is not carried out late.
  if (caller.isLate?.())
    throw new Refusal('unavailable', 'This took too long and was given up. Try again, with the same Idempotency-Key.', {
      recorded: false,
    })
  return { output, replayed: false, accessed }
}

async function recordLook(
  { name, isExport }: Operation,
  { actor, now, accessed }: Caller,
  tx: TenantTx,
  told: unknown,
): Promise<readonly string[]> {
  const event = isExport ? 'access.exported' : 'access.viewed'
  return await recordAccess(tx, actor, now, { event, operation: name, told, known: accessed })
}

function isDenial(error: unknown): boolean {
  return error instanceof Refusal && (error.status === 403 || error.status === 404)
}

/**
 * A look at a referral that was refused is entered as well, and an act: whether it may be done tells of the referral, too. Ids
 * that lead to none are nobody's.
 */
async function recordDenied(operation: Operation, caller: Caller, { params, body }: RawInput): Promise<void> {
  const { name, priority } = operation
  const { database, actor, now } = caller
  const access = { event: 'access.denied', operation: name, told: [params, body] } as const
  const enter = (tx: TenantTx) => recordAccess(tx, actor, now, access)
  await database.withTenant(actor.authorityId, enter, undefined, { priority })
}

function parseInput(operation: Operation, raw: RawInput): unknown {
  const inPath = new Set([...operation.route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
  const params = z.strictObject(operation.params).safeParse(raw.params)
  const body = operation.body?.safeParse(raw.body)
  const wrongs: Wrong[] = []
  if (!params.success) {
    for (const wrong of wrongsOf(params.error, 'query'))
      wrongs.push(inPath.has(wrong.pointer.slice(1)) ? { ...wrong, in: 'path' } : wrong)
  }
  if (body && !body.success) wrongs.push(...wrongsOf(body.error, 'body'))
  // An id that cannot be one is answered as one that does not exist.
  if (wrongs.length > 0 && wrongs.every((wrong) => wrong.in === 'path'))
    throw new Refusal('not_found', 'There is no such thing here.')
  if (wrongs.length > 0)
    throw new Refusal('invalid_input', 'The request does not fit; everything that is wrong is listed.', {
      errors: wrongs,
    })
  return { ...params.data, ...(body ? { body: body.data } : {}) }
}

/** On a database that was set back nothing is recorded: it would stand where something else stood that was acknowledged. */
function requireOwnLog({ actor, settings }: Caller): void {
  if (!isContradicted(settings?.log, actor.authorityId)) return
  throw new Refusal(
    'log_contradicted',
    'The signer has signed another log than this database has, as after an old backup was restored. Reading goes on; tell the operator.',
    { recorded: false },
  )
}

function requireKey(key: string | undefined): string {
  if (key === undefined)
    throw new Refusal(
      'idempotency_key_required',
      'Send an Idempotency-Key header of your own making, new for each intent, so that a repeated request cannot act twice.',
    )
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Refusal('idempotency_key_invalid', 'An Idempotency-Key is 1 to 255 visible ASCII characters.')
  return key
}
