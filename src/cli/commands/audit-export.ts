/** `threshold audit export`: a log as a file that anybody can verify without this service. */
import { once } from 'node:events'
import { createWriteStream, existsSync, rmSync, type WriteStream } from 'node:fs'
import { readConfig } from '../../config.ts'
import type { Database } from '../../db/connect.ts'
import type { LogName } from '../../engine/audit/leaf.ts'
import { exportLines } from '../../features/audit/export.ts'
import { findAuthority } from '../../features/identity/queries.ts'
import { recordExportOfAll } from '../../kernel/access.ts'
import { openConfigured } from '../../start.ts'

export interface ExportOptions {
  readonly authority: string
  readonly log: LogName
  readonly contents: boolean
}

/** @throws Error for an authority that is not there, or a file that is */
export async function auditExport(file: string, options: ExportOptions, print: (line: string) => void): Promise<void> {
  const config = readConfig(undefined, 'maintain')
  const database = await openConfigured(config)
  try {
    const authority = await findAuthority(database, options.authority)
    if (!authority) throw new Error(`There is no authority ${options.authority}.`)
    if (existsSync(file)) throw new Error(`${file} is there already. Name another.`)
    const out = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    await once(out, 'open')
    try {
      const which = { ...options, authorityId: authority.id, service: config.log.service }
      const entries = await writeLog(database, out, which)
      print(`${entries} entries of ${authority.code}/${options.log} in ${file}`)
    } catch (error) {
      out.destroy()
      // Half an export can be verified by nobody, and has all the same what it has of children.
      rmSync(file, { force: true })
      throw error
    }
  } finally {
    await database.close()
  }
}

/** That the log goes out is entered before its first line does, and by itself: a snapshot could not lock the end of a log. */
async function writeLog(
  database: Database,
  out: WriteStream,
  { authorityId, log, contents, service }: ExportOptions & { readonly authorityId: string; readonly service: string },
): Promise<number> {
  const exporting = { operation: 'audit export', log, contents }
  await database.withTenant(authorityId, (tx) =>
    recordExportOfAll(tx, authorityId, new Date().toISOString(), exporting),
  )
  let lines = 0
  await database.withTenant(
    authorityId,
    async (tx) => {
      for await (const line of exportLines(tx, { authorityId, log, service, withContents: contents })) {
        lines++
        if (!out.write(line)) await once(out, 'drain')
      }
    },
    undefined,
    { isSnapshot: true },
  )
  out.end()
  await once(out, 'finish')
  // A line for each entry, one before them and one after.
  return lines - 2
}
