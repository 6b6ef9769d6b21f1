/**
 * npm run golden: brings the golden corpus of the present engine semantics up to date with the cases, examples and
 * policies that there are. It adds and drops entries, and refuses to change what an entry came to.
 */
import { writeFileSync } from 'node:fs'
import { ENGINE_SEMANTICS } from '../src/engine/index.ts'
import { compareGolden, computed, goldenFile, readGolden } from '../test/golden/corpus.ts'

const now = computed(ENGINE_SEMANTICS)
const { added, dropped, changed } = compareGolden(readGolden(ENGINE_SEMANTICS), now)
if (changed.length > 0) {
  for (const entry of changed) console.error(`  ${entry}`)
  console.error(
    `${changed.length} results came out otherwise than under semantics ${ENGINE_SEMANTICS} before. Mend the engine, or raise ENGINE_SEMANTICS.`,
  )
  process.exitCode = 1
} else {
  const { file, text } = goldenFile(now)
  writeFileSync(file, text)
  console.log(`semantics ${ENGINE_SEMANTICS}: ${added.length} entries added, ${dropped.length} dropped`)
}
