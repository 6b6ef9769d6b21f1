// The starting files: whole, without a problem from the first minute, and found by an editor's schema.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { type NewOptions, policyNew } from '../../src/cli/commands/policy-new.ts'
import { PolicySource } from '../../src/engine/index.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'

const NORTHSHIRE: NewOptions = { id: 'northshire', authority: 'Northshire Council' }

function made(folder: string, options: Partial<NewOptions> = {}, today = '2026-11-22') {
  const lines: string[] = []
  const status = policyNew(folder, { ...NORTHSHIRE, ...options }, today, (line) => lines.push(line))
  return { status, lines, file: join(folder, options.id ?? 'northshire', '2026-12.yaml') }
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
/** What the schema that the first line of a file names says of the file. */
function schemaErrors(file: string): unknown {
  const text = readFileSync(file, 'utf8')
  const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? []
  const path = resolve(dirname(file), schema)
  const validate = ajv.getSchema(path) ?? ajv.compile({ ...JSON.parse(readFileSync(path, 'utf8')), $id: path })
  return validate(parse(text)) ? null : validate.errors
}

t.test('a starting file of three, four or five levels passes the check and its cases, without a warning', async (t) => {
  const folder = temporaryFolder(t)
  for (const levels of ['3', '4', '5']) {
    const { status, lines, file } = made(folder, { id: `with-${levels}`, levels })
    t.equal(status, 0)
    const summary = `23 indicators, ${levels} levels, 0 errors, 0 warnings, cases 35 of 35 as agreed`
    t.same(lines, [`wrote ${file}`, `wrote ${file.replace('.yaml', '.cases.yaml')}`, `${file}: ${summary}`])
  }
})

t.test('it has every section once, each with a comment before it, and four levels where nothing is said', async (t) => {
  const { file } = made(temporaryFolder(t))
  const text = readFileSync(file, 'utf8')
  const sections = Object.keys(PolicySource.shape).filter((name) => name !== 'remove')
  t.same(Object.keys(parse(text)).sort(), [...sections].sort())
  for (const section of sections.filter((name) => name !== 'format'))
    t.match(text, new RegExp(`\\n# [^\\n]*\\n${section}:`), section)
  t.equal(parse(text).levels.length, 4)
  // The places of letters are written with spaces inside the braces.
  t.notMatch(text, /\{\{\w/)
})

t.test('the schema that the first line names is there, and finds no fault', async (t) => {
  const folder = temporaryFolder(t)
  const { file } = made(folder)
  for (const path of [file, file.replace('.yaml', '.cases.yaml')]) t.equal(schemaErrors(path), null, path)
  writeFileSync(file, readFileSync(file, 'utf8').replace('\n    kind: risk', '\n    kind: rsik'))
  t.not(schemaErrors(file), null, 'a slip is found')
})

t.test('inside the product no schema is copied', async (t) => {
  // Not under policies/, where the tests that run beside this one look for what is shipped.
  const folder = join(ROOT, `node_modules/.cache/policy-new-${process.pid}`)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { file } = made(folder)
  t.match(readFileSync(file, 'utf8'), /^# yaml-language-server: \$schema=(\.\.\/){4}schema\/policy\.schema\.json\n/)
  t.equal(schemaErrors(file), null)
  t.notOk(existsSync(join(folder, 'schema')))
})

t.test('a local part stands on a base of the folder, ours or a shipped one', async (t) => {
  const folder = temporaryFolder(t)
  cpSync(join(ROOT, 'policies/greatvale'), join(folder, 'greatvale'), { recursive: true })
  made(folder, { id: 'region', levels: '5' })
  for (const base of ['region@2026-12', 'greatvale@2025-09']) {
    const id = `on-${base.split('@')[0]}`
    const { status, lines, file } = made(folder, { id, extends: base })
    t.equal(status, 0)
    t.match(lines.at(-1), /, 5 levels, 0 errors, \d+ warnings, cases 1 of 1 as agreed$/, base)
    t.same(lines.filter((line) => line.startsWith(`${file}:`)).length, 1, 'and nothing is said of the part itself')
    if (base.startsWith('region')) t.equal(schemaErrors(file), null)
  }
})

t.test('dates and version follow the day: in force from the next month, over the turn of the year too', async (t) => {
  const folder = temporaryFolder(t)
  const document = (id: string, today: string, version: string) => {
    policyNew(folder, { ...NORTHSHIRE, id }, today, () => {})
    const {
      approved,
      effective,
      reviewDue,
      version: said,
    } = parse(readFileSync(join(folder, id, `${version}.yaml`), 'utf8')).document
    return [said, approved, effective, reviewDue]
  }
  t.same(document('spring', '2026-03-31', '2026-04'), ['2026-04', '2026-03-31', '2026-04-01', '2027-04-01'])
  t.same(document('winter', '2026-12-01', '2027-01'), ['2027-01', '2026-12-01', '2027-01-01', '2028-01-01'])
})

t.test('a name is written so that YAML reads it as it was given', async (t) => {
  const authority = 'Ash: "Elm" # and Oak'
  const { file, status } = made(temporaryFolder(t), { authority })
  t.equal(status, 0)
  t.equal(parse(readFileSync(file, 'utf8')).document.authority, authority)
})

t.test('what cannot be made is refused in words, and nothing is written', async (t) => {
  const folder = temporaryFolder(t)
  made(folder, { id: 'region' })
  made(folder, { id: 'part', extends: 'region@2026-12' })
  mkdirSync(join(folder, 'broken'))
  writeFileSync(join(folder, 'broken/1.yaml'), 'format: threshold.policy/1\n')
  const rows: [Partial<NewOptions>, RegExp][] = [
    [{ id: 'region' }, /2026-12\.yaml is there already\. Nothing was written\./],
    [{ id: 'North Shire' }, /no short name/],
    [{ id: '../elsewhere' }, /no short name/],
    [{ levels: '6' }, /3, 4 or 5 levels, not 6/],
    [{ levels: '3', extends: 'region@2026-12' }, /not both/],
    [{ extends: 'nowhere@1' }, /There is no base nowhere@1: it has to stand in .*nowhere\/1\.yaml/],
    [{ extends: 'region' }, /There is no base region/],
    [{ extends: '../region@2026-12' }, /There is no base/],
    [{ extends: 'part@2026-12' }, /cannot be a base/],
    [{ extends: 'broken@1' }, /cannot be a base/],
  ]
  for (const [options, says] of rows) t.throws(() => made(folder, options), { message: says }, says.source)
  t.notOk(existsSync(join(folder, 'northshire')))
})

t.test('the command line takes the same, and says what it wrote', async (t) => {
  const folder = temporaryFolder(t)
  const { status, stdout, stderr } = await threshold(['policy', 'new', folder, '--id', 'fen', '--levels', '3'])
  t.match({ status, stderr }, { status: 0, stderr: '' }, stdout)
  t.match(stdout, /^wrote \S+fen\/\d{4}-\d\d\.yaml\nwrote \S+\.cases\.yaml\n.* 3 levels, 0 errors, 0 warnings/)
})
