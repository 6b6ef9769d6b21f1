import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { contracts } from '../src/contracts.ts'

const folder = new URL('../schema/', import.meta.url)

t.test('schema/ holds what the code says; `npm run schema` writes it', async (t) => {
  const expected = contracts()
  for (const [name, content] of Object.entries(expected)) {
    t.equal(readFileSync(new URL(name, folder), 'utf8'), content, `${name} is current`)
  }
  t.strictSame(readdirSync(folder).sort(), Object.keys(expected).sort(), 'and nothing else')
})
