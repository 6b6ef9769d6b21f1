/**
 * Carries out the rehearsals of one authority and may be killed at any time. Says each step on a line of its own, with the most
 * memory that it had so far, in MiB.
 */
import { randomBytes } from 'node:crypto'
import { openDatabase } from '../../src/db/connect.ts'
import { keyFolder } from '../../src/db/key-folder.ts'
import { vaultOver } from '../../src/db/vault.ts'
import { advance } from '../../src/features/rehearsals/advance.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'

const [address = '', authorityId = '', batch = '10', keys = ''] = process.argv.slice(2)
const vault = vaultOver(keyFolder(keys))
const where = address.startsWith('postgres') ? { url: address } : { dataDir: address }
const database = await openDatabase({ ...where, vault })
const runner = {
  database,
  now: () => new Date().toISOString(),
  newId: idsInOrder(Date.now, randomBytes),
  batch: Number(batch),
}
for (;;) {
  const step = await advance(runner, authorityId)
  console.log(`${step} ${Math.round(process.resourceUsage().maxRSS / 1024)}`)
  if (step === 'idle') break
}
await database.close()
