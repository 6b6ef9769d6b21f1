// npm run schema: writes the published contracts to schema/, and the table of roles into docs/API.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { roleTable, withRoleTable } from '../src/contract-tables.ts'
import { contracts } from '../src/contracts.ts'
import { operations } from '../src/features/index.ts'
import { relations } from '../src/features/relations.ts'

for (const [name, content] of Object.entries(contracts())) {
  writeFileSync(new URL(`../schema/${name}`, import.meta.url), content)
  console.log(`schema/${name}`)
}

const guide = new URL('../docs/API.md', import.meta.url)
writeFileSync(guide, withRoleTable(readFileSync(guide, 'utf8'), roleTable(operations, relations)))
console.log('docs/API.md')
