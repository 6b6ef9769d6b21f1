/**
 * One process per folder. PGlite takes no lock of its own: a second process opens the same folder without complaint,
 * and rows that the first had committed are lost. The lock is a file naming the process that holds it.
 *
 * Processes are told apart as the kernel of one machine sees them. Two containers that share a folder do not see each
 * other: give each its own.
 */

import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

export interface DirectoryLock {
  /** Gives the folder free. Does nothing when the lock is no longer ours. */
  release(): void
}

interface Holder {
  readonly pid: number
  /** When the process started, in ticks since boot; null where /proc does not tell. A reused pid differs in it. */
  readonly startedAt: string | null
  readonly bootId: string | null
  readonly token: string
}

/** Another live process has the folder open. */
export class DirectoryLocked extends Error {
  readonly pid: number

  constructor(path: string, pid: number) {
    const who = pid === process.pid ? `this process (pid ${pid})` : `the running process with pid ${pid}`
    super(`The database folder is in use by ${who}, which holds ${path}. Stop it, or use another folder.`)
    this.name = 'DirectoryLocked'
    this.pid = pid
  }
}

const ATTEMPTS = 100
const PAUSE_MS = 20
/** A takeover lasts milliseconds, and a record is written at once after its file is made. */
const ABANDONED_AFTER_MS = 5_000

/**
 * Takes the lock at `path`, taking over one whose holder is dead.
 *
 * @throws DirectoryLocked when a live process holds it.
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  const own: Holder = { ...processMark(process.pid), token: randomUUID() }
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (writeNew(path, own) || takeOver(path, own)) return { release: () => release(path, own) }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  throw new Error(
    `The lock ${path} could not be taken: its record cannot be read, or another process is taking it over.`,
  )
}

function writeNew(path: string, own: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Replaces the record of a dead holder; false when it is not settled yet and should be tried again. */
function takeOver(path: string, own: Holder): boolean {
  if (!isStale(path)) return false
  // Two starting processes may both see the dead holder. Only the one that makes this folder may replace the record,
  // and it looks again: by now the record may be that of a live one.
  const guard = `${path}.takeover`
  if (!makeGuard(guard)) return false
  try {
    if (!isStale(path)) return false
    const draft = `${path}.${own.token}`
    writeFileSync(draft, JSON.stringify(own))
    renameSync(draft, path)
    return true
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

function makeGuard(guard: string): boolean {
  try {
    mkdirSync(guard)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if ((ageMs(guard) ?? 0) > ABANDONED_AFTER_MS) rmSync(guard, { recursive: true, force: true })
    return false
  }
}

/** Whether the record at `path` belongs to nobody. Throws DirectoryLocked when its holder lives. */
function isStale(path: string): boolean {
  const holder = readHolder(path)
  if (holder) {
    if (isAlive(holder)) throw new DirectoryLocked(path, holder.pid)
    return true
  }
  // Without a record the file is gone, half written, or was left half written.
  return (ageMs(path) ?? 0) > ABANDONED_AFTER_MS
}

function readHolder(path: string): Holder | undefined {
  const text = readIfAny(path)
  if (!text) return undefined
  try {
    const holder: unknown = JSON.parse(text)
    return isHolder(holder) ? holder : undefined
  } catch {
    // Not JSON: half written, which the caller judges by its age.
    return undefined
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && 'pid' in value && Number.isSafeInteger(value.pid)
}

function isAlive(holder: Holder): boolean {
  if (!isRunning(holder.pid)) return false
  const now = processMark(holder.pid)
  const isSameBoot = holder.bootId === null || now.bootId === null || holder.bootId === now.bootId
  const isSameStart = holder.startedAt === null || now.startedAt === null || holder.startedAt === now.startedAt
  return isSameBoot && isSameStart
}

function isRunning(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function processMark(pid: number): Omit<Holder, 'token'> {
  const stat = readIfAny(`/proc/${pid}/stat`)
  // The second field is the name in brackets and may hold spaces; start time is field 22, the 20th after the name.
  const startedAt = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  return { pid, startedAt, bootId: readIfAny('/proc/sys/kernel/random/boot_id')?.trim() ?? null }
}

function release(path: string, own: Holder): void {
  if (readHolder(path)?.token === own.token) rmSync(path, { force: true })
}

function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

function ageMs(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat && Date.now() - stat.mtimeMs
}
