/** `threshold audit verify`: walks the log of each authority and compares it with the tables. Exit status 0 intact, 1 not. */
import { readConfig } from '../../config.ts'
import { NOT_PROVEN } from '../../features/audit/operations.ts'
import { verifyLog } from '../../features/audit/verify.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import { openConfigured } from '../../start.ts'

export async function auditVerify(
  options: { authority?: string; json?: boolean },
  print: (line: string) => void,
): Promise<0 | 1> {
  const database = await openConfigured(readConfig(undefined, 'maintain'))
  try {
    const authorities = (await listAuthorities(database)).filter(
      ({ code }) => options.authority === undefined || code === options.authority,
    )
    if (authorities.length === 0)
      throw new Error(
        options.authority ? `There is no authority ${options.authority}.` : 'There is no authority in this database.',
      )
    const results = []
    for (const { id, code } of authorities)
      results.push({ authority: code, ...(await database.withTenant(id, (tx) => verifyLog(tx, id))) })
    if (options.json) print(JSON.stringify({ results, notProven: NOT_PROVEN }, null, 2))
    else {
      for (const { authority, entries, records, root, faults } of results) {
        print(
          `${authority}: ${entries} entries, ${records} records, root ${root.slice(0, 16)}…, ${faults.length === 0 ? 'intact' : `${faults.length} FAULTS`}`,
        )
        for (const { position, table, id, fault } of faults)
          print(
            `    ${position === null ? 'no entry' : `entry ${position}`}${table ? `, ${table} ${id}` : ''}: ${fault}`,
          )
      }
      for (const line of NOT_PROVEN) print(`Not proven: ${line}`)
    }
    return results.some(({ faults }) => faults.length > 0) ? 1 : 0
  } finally {
    await database.close()
  }
}
