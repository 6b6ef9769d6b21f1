import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { roleTable, withRoleTable } from '../src/contract-tables.ts'
import { contracts } from '../src/contracts.ts'
import { operations } from '../src/features/index.ts'
import { relations } from '../src/features/relations.ts'
import { REFUSALS } from '../src/kernel/errors.ts'

const folder = new URL('../schema/', import.meta.url)

t.test('schema/ holds what the code says; `npm run schema` writes it', async (t) => {
  const expected = contracts()
  for (const [name, content] of Object.entries(expected)) {
    t.equal(readFileSync(new URL(name, folder), 'utf8'), content, `${name} is current`)
  }
  t.strictSame(readdirSync(folder).sort(), Object.keys(expected).sort(), 'and nothing else')
})

t.test('docs/API.md has the roles as the code has them, and a row for every refusal', async (t) => {
  const document = readFileSync(new URL('../docs/API.md', import.meta.url), 'utf8')
  t.equal(withRoleTable(document, roleTable(operations, relations)), document, 'the table of roles is current')
  const rows = new Map(
    [...document.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [code, Number(status)]),
  )
  for (const [code, [status]] of Object.entries(REFUSALS)) t.equal(rows.get(code), status, code)
})
