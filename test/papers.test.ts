// The papers are held to what is there: files, tests, tables, packages. Whether the tests pass is what the whole suite says.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { getTableColumns, is } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import t from 'tap'
import { parse } from 'yaml'
import { z } from 'zod'
import * as tables from '../src/db/tables/index.ts'
import { operations } from '../src/features/index.ts'
import { mappedTables, readDataMap } from '../src/papers/data-map.ts'
import { billOfMaterials, type Component } from '../src/papers/sbom.ts'
import { BESIDE_A_REST, idsOf, LEVELS_1_AND_2 } from './support/asvs.ts'
import { symbolsOf } from './support/symbols.ts'
import { type NamesOf, testNames } from './support/test-names.ts'

const root = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const Words = z.string().min(1)
/** `test/file.test.ts > name of a test in it` */
const TestName = z.string().regex(/^test\/[\w/-]+\.test\.ts > \S.*$/)
const Judged = z.strictObject({ severity: z.int().min(1).max(5), likelihood: z.int().min(1).max(5) })
const Control = z.strictObject({ control: Words, where: z.array(Words).min(1), tests: z.array(TestName).min(1) })
const Scale = z.record(z.enum(['1', '2', '3', '4', '5']), Words)
const HazardLog = z.strictObject({
  version: z.literal(1),
  scales: z.strictObject({ severity: Scale, likelihood: Scale }),
  hazards: z.array(
    z.strictObject({
      id: z.string().regex(/^H\d+$/),
      hazard: Words,
      cause: Words,
      harm: Words,
      before: Judged,
      after: Judged,
      controls: z.array(Control).min(1),
      left: Words.optional(),
    }),
  ),
})
const Requirement = z.strictObject({
  id: z.string().regex(/^V\d{1,2}\.\d{1,2}\.\d{1,2}$/),
  level: z.int().min(1).max(3),
  requirement: Words,
  status: z.enum(['met', 'not applicable', 'deployer', 'not met']),
  where: z.array(Words).default([]),
  tests: z.array(TestName).default([]),
  why: Words.optional(),
})
const Asvs = z.strictObject({
  version: z.literal('5.0.0'),
  chapters: z.array(z.strictObject({ id: z.string(), rest: z.enum(['not applicable', 'deployer']), why: Words })),
  requirements: z.array(Requirement),
})

const hazards = HazardLog.parse(parse(read('docs/safety/hazard-log.yaml'))).hazards
const asvs = Asvs.parse(parse(read('docs/safety/asvs.yaml')))
const known = new Map<string, NamesOf>()

/** Whether a `file`, or a `file#symbol` that the file declares, is there. */
function isThere(place: string): boolean {
  const [file = '', symbol] = place.split('#')
  return existsSync(join(root, file)) && (symbol === undefined || symbolsOf(join(root, file)).has(symbol))
}

/** What is named and is not there. */
function missing({ where, tests }: { where: readonly string[]; tests: readonly string[] }): string[] {
  return [
    ...where.filter((place) => !isThere(place)),
    ...tests.filter((test) => {
      const [file = '', ...name] = test.split(' > ')
      if (!existsSync(join(root, file))) return true
      const names = known.get(file) ?? testNames(join(root, file))
      known.set(file, names)
      return !names(name.join(' > '))
    }),
  ]
}

t.test('every control of the hazard log is somewhere, and a test holds it', async (t) => {
  for (const { id, controls } of hazards)
    for (const control of controls) t.strictSame(missing(control), [], `${id}: ${control.control}`)
})

t.test('a control whose file or test is not there is noticed', async (t) => {
  const where = ['src/app.ts']
  const file = 'test/papers.test.ts'
  const name = `${file} > every control of the hazard log is somewhere, and a test holds it`
  t.strictSame(missing({ where, tests: [name] }), [])
  t.strictSame(missing({ where, tests: [`${name}?`] }), [`${name}?`])
  t.strictSame(missing({ where: ['src/none.ts'], tests: ['test/none.test.ts > a'] }).length, 2)
  const symbol = 'src/features/identity/verifier.ts#createVerifier'
  t.strictSame(missing({ where: [symbol, 'src/config.ts#ConfigurationError'], tests: [] }), [])
  for (const wrong of [`${symbol}s`, 'src/none.ts#createVerifier', 'src/app.ts#'])
    t.strictSame(missing({ where: [wrong], tests: [] }), [wrong])
})

t.test('hazards are numbered, judged by the scales, and no control makes one worse', async (t) => {
  t.strictSame(
    hazards.map(({ id }) => id),
    hazards.map((_, index) => `H${index + 1}`),
  )
  for (const { id, before, after, left } of hazards) {
    t.ok(after.severity <= before.severity && after.likelihood <= before.likelihood, id)
    t.ok(after.severity * after.likelihood < before.severity * before.likelihood, `${id}: the controls do something`)
    if (after.severity * after.likelihood >= 8) t.ok(left, `${id}: what is left is said`)
  }
})

t.test('what is said of the requirements of ASVS is there', async (t) => {
  for (const { id, requirement, status, where, tests, why } of asvs.requirements) {
    t.strictSame(missing({ where, tests }), [], id)
    t.ok(requirement.split(' ').length <= 15, `${id} is in few words`)
    if (status === 'met') t.ok(where.length > 0 && (tests.length > 0 || why), `${id}: where, and by which test or why`)
    else t.ok(why, `${id}: why`)
  }
})

t.test('each requirement stands once, in order', async (t) => {
  const ids = asvs.requirements.map(({ id }) => id)
  const key = (id: string): number =>
    id
      .slice(1)
      .split('.')
      .reduce((sum, part) => sum * 100 + Number(part), 0)
  t.strictSame(
    ids,
    [...new Set(ids)].sort((a, b) => key(a) - key(b)),
  )
})

/** Requirements that nothing is said of: no row, and no `rest` of their chapter that may stand for one. */
function unspoken(said: Pick<z.output<typeof Asvs>, 'chapters' | 'requirements'>): string[] {
  const rows = new Set(said.requirements.map(({ id }) => id))
  const rests = new Set(said.chapters.map(({ id }) => id))
  const needed = new Set(idsOf(BESIDE_A_REST))
  return idsOf(LEVELS_1_AND_2).filter((id) => !rows.has(id) && (needed.has(id) || !rests.has(id.split('.')[0] ?? '')))
}

t.test('every requirement of levels 1 and 2 is spoken of, and the others are of level 3', async (t) => {
  const all = idsOf(LEVELS_1_AND_2)
  t.equal(all.length, 253, 'as many as the standard has')
  t.strictSame(unspoken(asvs), [])
  for (const { id, level } of asvs.requirements) t.equal(all.includes(id), level < 3, `${id}: level ${level}`)
  for (const { id } of asvs.requirements.filter(({ level }) => level < 3)) {
    const requirements = asvs.requirements.filter((each) => each.id !== id)
    t.strictSame(unspoken({ ...asvs, requirements }), [id], `${id}: that it is gone is noticed`)
  }
  const [rest, ...chapters] = asvs.chapters
  t.ok(unspoken({ ...asvs, chapters }).every((id) => id.startsWith(`${rest?.id}.`)))
  t.ok(unspoken({ ...asvs, chapters }).length > 0)
})

t.test('the data map has every table and column of the schema, and no other', async (t) => {
  const casing = new CasingCache('snake_case')
  const schema = Object.values(tables)
    .filter((value) => is(value, PgTable))
    .flatMap((table) =>
      Object.values(getTableColumns(table)).map(
        (column) => `${getTableConfig(table).name}.${casing.getColumnCasing(column)}`,
      ),
    )
  const mapped = mappedTables(readDataMap(), operations, null).flatMap(({ table, columns }) =>
    columns.map(({ column }) => `${table}.${column}`),
  )
  t.strictSame(mapped.toSorted(), schema.toSorted())
})

t.test('the bill of materials has every package of the lock file, and is the same each time', async (t) => {
  const product = { name: 'threshold', version: '0' }
  const bill = billOfMaterials(root, product) as { specVersion: string; components: Component[] }
  t.same(billOfMaterials(root, product), bill)
  t.equal(bill.specVersion, '1.6')
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> }
  const locked = Object.entries(packages).filter(([path]) => path !== '')
  const refs = new Set(bill.components.map((component) => component['bom-ref']))
  t.equal(refs.size, bill.components.length)
  for (const [path, { version }] of locked) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    t.ok(refs.has(`pkg:npm/${name.replace('@', '%40')}@${version}`), `${name} ${version}`)
  }
  t.notMatch(JSON.stringify(bill.components), /https?:/, 'no address')
  const zod = bill.components.find(({ name }) => name === 'zod')
  t.match(zod, {
    scope: 'required',
    licenses: [{ expression: 'MIT' }],
    hashes: [{ alg: 'SHA-512', content: /^[0-9a-f]{128}$/ }],
  })
  t.match(
    bill.components.find(({ name }) => name === 'tap'),
    { scope: 'excluded' },
  )
})

t.test('the commands by which docs/security.md proves its claims name tests that are there', async (t) => {
  const commands = [...read('docs/security.md').matchAll(/`npm test -- ([^`]+)`/g)].map(([, files = '']) => files)
  t.ok(commands.length >= 10)
  for (const file of commands.flatMap((files) => files.split(/\s+/))) t.ok(existsSync(join(root, file)), file)
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  t.ok(scripts['trust'])
})
