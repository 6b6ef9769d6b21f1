/**
 * A process that takes a lock, for tests: says `held` or why not, then holds it until it is told to end.
 * Usage: node lock-holder.ts lock|database PATH
 */

import { openDatabase } from '../../src/db/connect.ts'
import { lockDirectory } from '../../src/db/directory-lock.ts'

const [kind, path = ''] = process.argv.slice(2)
try {
  if (kind === 'database') await openDatabase({ dataDir: path }).then((database) => database.migrate())
  else await lockDirectory(path)
  console.log('held')
  setInterval(() => {}, 60_000)
} catch (error) {
  console.log((error as Error).message)
}
