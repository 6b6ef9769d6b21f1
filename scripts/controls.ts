/**
 * TEST_RAN=folder npm test && npm run controls -- folder
 *
 * Whether every test that docs/safety names for a control or a requirement ran in some lane, was not skipped, and passed. A
 * name can be looked up without running anything (test/papers.test.ts does); that a control holds shows when its test has run.
 * Status 0 when all of it was shown, 1 when not.
 */
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { claimsOf, testsIn, unshown } from './controls-ran.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Name the folder that TEST_RAN named.')
const ran = globSync('**/*.test.ts.tap', { cwd: folder }).flatMap((path) => {
  const [, , ...file] = path.split(sep)
  return testsIn(file.join('/').replace(/\.tap$/, ''), readFileSync(join(folder, path), 'utf8'))
})
const claims = claimsOf(ROOT)
const wrong = unshown(claims, ran)
for (const each of wrong) console.log(`NOT SHOWN ${each}`)
console.log(`${claims.length} controls and requirements, ${ran.length} tests that ran: ${wrong.length} not shown`)
process.exit(wrong.length === 0 && ran.length > 0 ? 0 : 1)
