// npm run schema: writes the published contracts to schema/.
import { writeFileSync } from 'node:fs'
import { contracts } from '../src/contracts.ts'

for (const [name, content] of Object.entries(contracts())) {
  writeFileSync(new URL(`../schema/${name}`, import.meta.url), content)
  console.log(`schema/${name}`)
}
