/** `threshold audit export`: a log as a file that anybody can verify without this service. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readConfig } from '../../config.ts'
import type { LogName } from '../../engine/audit/leaf.ts'
import { exportLines } from '../../features/audit/export.ts'
import { findAuthority } from '../../features/identity/queries.ts'
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
    const out = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    await once(out, 'open')
    let entries = -2
    await database.withTenant(
      authority.id,
      async (tx) => {
        const { service } = config.log
        const which = { authorityId: authority.id, log: options.log, service }
        for await (const line of exportLines(tx, { ...which, withContents: options.contents })) {
          entries++
          if (!out.write(line)) await once(out, 'drain')
        }
      },
      undefined,
      { isSnapshot: true },
    )
    out.end()
    await once(out, 'finish')
    print(`${entries} entries of ${authority.code}/${options.log} in ${file}`)
  } finally {
    await database.close()
  }
}
