/** `threshold audit verify`: walks the logs of each authority and compares them with the tables. Exit status 0 intact, 1 not. */
import { readConfig } from '../../config.ts'
import { LOGS } from '../../engine/audit/leaf.ts'
import { readVerifierKey } from '../../engine/audit/note.ts'
import { notProvenOf } from '../../features/audit/operations.ts'
import { signingKeys } from '../../features/audit/signing.ts'
import { type Verification, verifyLog } from '../../features/audit/verify.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import { openConfigured, settingsOf } from '../../start.ts'

export async function auditVerify(
  options: { authority?: string; json?: boolean },
  print: (line: string) => void,
): Promise<0 | 1> {
  const config = readConfig(undefined, 'maintain')
  const settings = settingsOf(config)
  const database = await openConfigured(config)
  try {
    const authorities = (await listAuthorities(database)).filter(
      ({ code }) => options.authority === undefined || code === options.authority,
    )
    if (authorities.length === 0)
      throw new Error(
        options.authority ? `There is no authority ${options.authority}.` : 'There is no authority in this database.',
      )
    const results: ({ readonly authority: string } & Verification)[] = []
    let hasKeys = true
    for (const { id, code } of authorities)
      for (const log of LOGS) {
        const keys = (await signingKeys(settings, { authorityId: id, log })).map(readVerifierKey)
        if (keys.length === 0) hasKeys = false
        const verify = database.withTenant(id, (tx) => verifyLog(tx, id, { log, keys }), undefined, {
          isSnapshot: true,
        })
        results.push({ authority: code, ...(await verify) })
      }
    const notProven = notProvenOf(hasKeys)
    if (options.json) print(JSON.stringify({ results, notProven }, null, 2))
    else {
      for (const result of results) describe(result, print)
      for (const line of notProven) print(`Not proven: ${line}`)
    }
    return results.some(({ faults }) => faults.length > 0) ? 1 : 0
  } finally {
    await database.close()
  }
}

function describe(
  { authority, log, entries, records, root, signed, faults }: { readonly authority: string } & Verification,
  print: (line: string) => void,
): void {
  const what = `${entries} entries, ${records} records, ${signed} signed, root ${root.slice(0, 16)}…`
  print(`${authority} ${log}: ${what}, ${faults.length === 0 ? 'intact' : `${faults.length} FAULTS`}`)
  for (const { position, table, id, fault } of faults)
    print(`    ${position === null ? 'no entry' : `entry ${position}`}${table ? `, ${table} ${id}` : ''}: ${fault}`)
}
