/**
 * `threshold audit verify`: walks the logs of each authority, compares them with the tables, with what the signer signed, and with
 * checkpoints that were kept outside. Exit status 0 verified, 1 tampered, 2 it could not be verified, 3 verified and not anchored.
 */
import { existsSync, readFileSync } from 'node:fs'
import { readConfig } from '../../config.ts'
import type { Database } from '../../db/connect.ts'
import { originOf } from '../../engine/audit/checkpoint.ts'
import { LOGS, type LogName } from '../../engine/audit/leaf.ts'
import { NoteError, type NoteKey, readVerifierKey } from '../../engine/audit/note.ts'
import { notesAmong, readNotes } from '../../engine/audit/notes-file.ts'
import { type Opened, openByAny } from '../../engine/audit/proof.ts'
import { EXIT_STATUS } from '../../engine/audit/result.ts'
import { utf8Text } from '../../engine/audit/strict.ts'
import { notProvenOf } from '../../features/audit/operations.ts'
import { ANCHORED_WITHIN_MS } from '../../features/audit/signing.ts'
import { type Verification, verifyLog } from '../../features/audit/verify.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import type { Signer } from '../../kernel/signer.ts'
import { openConfigured, settingsOf } from '../../start.ts'

export interface DatabaseOptions {
  readonly authority?: string
  readonly key?: readonly string[]
  readonly checkpoint?: readonly string[]
  readonly json?: boolean
}
type Print = (line: string) => void
type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS]

interface Result extends Verification {
  readonly authority: string
  /** Whether each entry that is not quite new is covered by a checkpoint that was kept outside. */
  readonly isAnchored: boolean
  /** Checkpoints kept outside of which no key is known. */
  readonly unusable: number
}

export async function auditVerify(options: DatabaseOptions, print: Print): Promise<ExitStatus> {
  try {
    return await verified(options, print)
  } catch (error) {
    // Nothing was verified: that is neither an intact log nor one that somebody has been at.
    console.error(`threshold: ${(error as Error).message}`)
    return EXIT_STATUS.malformed
  }
}

async function verified(options: DatabaseOptions, print: Print): Promise<ExitStatus> {
  const config = readConfig(undefined, 'maintain')
  const log = settingsOf(config).log
  const named = {
    files: (options.checkpoint ?? []).map((file) => ({ file, notes: readNotes(utf8Text(readFileSync(file))) })),
    keys: (options.key ?? []).map(readVerifierKey),
  }
  const notes = [...named.files.flatMap((one) => one.notes), ...notesIn(config.log.anchorFile)]
  const database = await openConfigured(config)
  try {
    const results: Result[] = []
    const origins = new Set<string>()
    let hasKeys = true
    for (const { id, code } of await authoritiesOf(database, options.authority))
      for (const name of LOGS) {
        const origin = originOf(config.log.service, id, name)
        origins.add(origin)
        const keys = [...named.keys.filter((key) => key.name === origin), ...(await keysOf(log?.signer, origin))]
        hasKeys &&= keys.length > 0
        const held = notes.filter((note) => originIn(note) === origin)
        results.push(await walked(database, { id, code, name, keys, held, isKeptOutside: notes.length > 0 }))
      }
    requireOfThese(origins, named)
    const notProven = notProvenOf(hasKeys)
    if (options.json) print(JSON.stringify({ results, notProven }, null, 2))
    else describe(results, notProven, print)
    return statusOf(results)
  } finally {
    await database.close()
  }
}

const originIn = (note: string): string => note.slice(0, note.indexOf('\n'))

interface Named {
  readonly files: readonly { readonly file: string; readonly notes: readonly string[] }[]
  readonly keys: readonly NoteKey[]
}

/** What somebody named is compared, or they are told that it was not. @throws Error for what is of none of the logs */
function requireOfThese(origins: ReadonlySet<string>, { files, keys }: Named): void {
  const strange = files.find(({ notes }) => !notes.some((note) => origins.has(originIn(note))))
  const foreign = keys.find(({ name }) => !origins.has(name))
  const what = strange?.file ?? (foreign && `--key ${foreign.name}`)
  if (what !== undefined)
    throw new Error(`${what} is of none of the logs that were walked. Is LOG_SERVICE set as the service has it?`)
}

async function authoritiesOf(database: Database, code: string | undefined) {
  const authorities = (await listAuthorities(database)).filter((one) => code === undefined || one.code === code)
  if (authorities.length === 0)
    throw new Error(code ? `There is no authority ${code}.` : 'There is no authority in this database.')
  return authorities
}

/** The checkpoints that the service itself puts into a file. */
function notesIn(anchorFile: string | undefined): string[] {
  if (!anchorFile || !existsSync(anchorFile)) return []
  const { notes, hasPieces } = notesAmong(readFileSync(anchorFile, 'utf8'))
  if (hasPieces) console.error(`threshold: ${anchorFile} has something in it that is no checkpoint; the others count.`)
  return notes
}

async function keysOf(signer: Signer | null | undefined, origin: string): Promise<NoteKey[]> {
  const keys = await signer?.verifierKeys(origin).catch(() => undefined)
  return (keys ?? []).map(readVerifierKey)
}

interface Walking {
  readonly id: string
  readonly code: string
  readonly name: LogName
  readonly keys: readonly NoteKey[]
  readonly held: readonly string[]
  /** Whether there is a place outside at all, which what is new will come to. */
  readonly isKeptOutside: boolean
}

async function walked(database: Database, { id, code, name, keys, held, isKeptOutside }: Walking): Promise<Result> {
  const opened = held.flatMap((note) => openedBy(note, keys))
  const how = { log: name, keys, held: opened }
  const found = await database.withTenant(id, (tx) => verifyLog(tx, id, how), undefined, { isSnapshot: true })
  const isNew = found.unheldSince !== null && Date.now() - Date.parse(found.unheldSince) < ANCHORED_WITHIN_MS
  const isAnchored = found.unheldSince === null || (isKeptOutside && isNew)
  return { authority: code, ...found, isAnchored, unusable: held.length - opened.length }
}

function openedBy(note: string, keys: readonly NoteKey[]): Opened[] {
  try {
    return [openByAny(note, keys)]
  } catch (error) {
    if (error instanceof NoteError) return []
    throw error
  }
}

/** 1 tells more than 2, and 2 more than 3. */
function statusOf(results: readonly Result[]): ExitStatus {
  if (results.some(({ faults }) => faults.length > 0)) return EXIT_STATUS.tampered
  if (results.some(({ unusable }) => unusable > 0)) return EXIT_STATUS.malformed
  return results.every(({ isAnchored }) => isAnchored) ? EXIT_STATUS.verified : EXIT_STATUS.not_anchored
}

function describe(results: readonly Result[], notProven: readonly string[], print: Print): void {
  for (const { authority, log, entries, records, root, signed, held, faults, ...rest } of results) {
    const what = `${entries} entries, ${records} records, ${signed} signed, ${held} held outside, root ${root.slice(0, 16)}…`
    const state = faults.length > 0 ? `${faults.length} FAULTS` : rest.isAnchored ? 'intact' : 'intact, NOT ANCHORED'
    print(`${authority} ${log}: ${what}, ${state}`)
    for (const { position, table, id, fault } of faults)
      print(`    ${position === null ? 'no entry' : `entry ${position}`}${table ? `, ${table} ${id}` : ''}: ${fault}`)
    if (rest.unusable > 0)
      print(
        `    ${rest.unusable} of the checkpoints that you hold are signed by no key that is known: name it with --key`,
      )
  }
  for (const line of notProven) print(`Not proven: ${line}`)
}
