/**
 * npm run faults [-- --short] [file …]
 *
 * Tries the faults of test/faults at length on PostgreSQL, and a second process on the folder of an embedded database; prints what
 * came of them: faults that were tried, connections that they broke, intents of the writers, those that were left without a sure
 * answer for a while, and what was lost or doubled, which must be 0.
 * `--short` tries them as `npm test` does. Status 0 when everything held, 1 when not.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Reckoned } from '../test/faults/reckoning.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
const folder = mkdtempSync(join(tmpdir(), 'threshold-faults-'))
const report = join(folder, 'report')
const files = positionals.length > 0 ? positionals : ['test/faults', 'test/directory-lock.test.ts']
const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/test.ts'), '--engine=postgres', ...files], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, FAULTS_REPORT: report, ...(values.short ? {} : { FAULTS: 'long' }) },
})
const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : []
rmSync(folder, { recursive: true, force: true })
const rows = lines.map((line) => JSON.parse(line) as Reckoned)
console.table(Object.fromEntries(rows.map(({ claim, ...numbers }) => [claim, numbers])), [
  'faults',
  'broken',
  'intents',
  'unknown',
  'lost',
  'doubled',
  'gaps',
  'changed',
])
process.exit(status ?? 1)
