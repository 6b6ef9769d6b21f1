/**
 * npm run golden: brings the golden corpus up to date with the policies, cases and examples that there are. Entries are
 * added under the present engine semantics alone, dropped under each, and refused where they came to something else.
 */
import { writeFileSync } from 'node:fs'
import { ENGINE_SEMANTICS, SEMANTICS } from '../src/engine/index.ts'
import { compareGolden, computed, goldenFile, readGolden, stillThere } from '../test/golden/corpus.ts'

const compared = SEMANTICS.map(({ version }) => {
  const kept = readGolden(version)
  const now = computed(kept)
  return { version, kept, now, ...compareGolden(kept, now) }
})
const changed = compared.flatMap(({ version, changed }) => changed.map((entry) => `semantics ${version}: ${entry}`))

if (changed.length > 0) {
  for (const entry of changed) console.error(entry)
  console.error(
    `${changed.length} results are no longer what they were, and nothing was written. Mend the engine, or raise ENGINE_SEMANTICS and leave the earlier version as it was.`,
  )
  process.exitCode = 1
} else
  for (const { version, kept, now, added, dropped } of compared) {
    const isCurrent = version === ENGINE_SEMANTICS
    const { file, text } = goldenFile(isCurrent ? now : stillThere(kept, now))
    writeFileSync(file, text)
    console.log(`semantics ${version}: ${isCurrent ? added.length : 0} entries added, ${dropped.length} dropped`)
  }
