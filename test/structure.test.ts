// The house rules that a machine can keep: which way imports point, how long things are, what the engine may not do.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '..')
const filesUnder = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => ending.test(name) && !name.includes('node_modules'))
    .sort()
const sources = filesUnder('src', /\.ts$/)
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const FEATURES = [
  'identity',
  'audit',
  'accounts',
  'policies',
  'drafts',
  'referrals',
  'restrictions',
  'sharing',
  'children',
  'judgements',
  'recommendations',
  'decisions',
  'screenings',
  'help',
  'letters',
  'escalations',
  'queue',
  'rehearsals',
  'publication',
  'retention',
  'subject-access',
  'webhooks',
]
/** Lowest first. A file imports from its own part or from lower ones. */
const TIER = { engine: 1, db: 2, kernel: 3, features: 4, http: 5, graphql: 5, app: 6 } as const
type Part = keyof typeof TIER
const partOf = (file: string): Part => {
  const name = file.split('/')[1] ?? ''
  return name in TIER ? (name as Part) : 'app'
}
const importsOf = (file: string): string[] =>
  [
    ...read(file)
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .matchAll(/(?:from|import\()\s*'([^']+)'/g),
  ].map(([, name]) => name ?? '')
const local = (file: string, name: string): string => relative(root, resolve(root, dirname(file), name))

t.test('imports point down', async (t) => {
  for (const file of sources) {
    for (const name of importsOf(file).filter((name) => name.startsWith('.'))) {
      const target = local(file, name)
      const [from, to] = [partOf(file), partOf(target)]
      const isDown = from === to || TIER[to] < TIER[from]
      if (!isDown) t.fail(`${file} imports ${target}`)
      if (from === 'features' && to === 'features') t.ok(isAllowedFeature(file, target), `${file} may import ${target}`)
    }
  }
  t.pass('every import was looked at')
})

/** A feature reads an earlier one through its index; the lists beside the features name them all. */
function isAllowedFeature(file: string, target: string): boolean {
  const [, , own = ''] = file.split('/')
  const [, , other = '', ...rest] = target.split('/')
  if (own === 'index.ts' || own === 'relations.ts' || own === other) return true
  return FEATURES.indexOf(other) < FEATURES.indexOf(own) && rest.join('/') === 'index.ts'
}

t.test('drizzle-orm is loaded the quick way, in one place', async (t) => {
  for (const file of sources.filter((name) => name !== 'src/db/drizzle.ts'))
    t.notMatch(read(file), /^import (?!type ).* from 'drizzle-orm/m, `${file} takes it from db/drizzle.ts`)
})

t.test('the engine computes from its arguments alone', async (t) => {
  const packages = new Set(['zod', 'yaml', 'canonicalize'])
  const forbidden =
    /\bDate\b(?!s)|Math\.random|\bprocess\.|\basync\b|\bawait\b|\bIntl\b|toLocale|localeCompare|\bfetch\(|setTimeout|\beval\(|new Function/
  for (const file of sources.filter((name) => partOf(name) === 'engine')) {
    for (const name of importsOf(file).filter((name) => !name.startsWith('.'))) {
      const isHash = /^src\/engine\/(hash|audit\/\w+)\.ts$/.test(file) && name === 'node:crypto'
      t.ok(packages.has(name) || isHash, `${file} may import ${name}`)
    }
    const code = read(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^'\n]*'|`[^`]*`/gm, '')
    t.notOk(
      forbidden.exec(code.replaceAll(/CivilDate|IsoDate|civilDate|londonDate/g, ''))?.[0],
      `${file} reads no clock, chance or locale`,
    )
  }
})

t.test('only the configuration reads the environment, and only the command line prints', async (t) => {
  for (const file of sources) {
    if (file !== 'src/config.ts') t.notMatch(read(file), /process\.env/, file)
    if (!file.startsWith('src/cli/')) t.notMatch(read(file), /console\./, file)
    t.notMatch(read(file), /\bTODO\b|\bFIXME\b|\bXXX\b/, `${file} leaves nothing for later`)
    t.notMatch(read(file).replaceAll(/'[^'\n]*'/g, ''), /:\s*any\b|<any>|as any\b/, `${file} has no any`)
  }
})

const LINES_MAX = 250
const FUNCTION_LINES_MAX = 50
const PARAMETERS_MAX = 4
const COLUMNS_MAX = 150

t.test('files, functions and lines are short', async (t) => {
  for (const file of sources) {
    const text = read(file)
    t.ok(text.split('\n').length <= LINES_MAX + 1, `${file} has at most ${LINES_MAX} lines`)
    const wide = text.split('\n').findIndex((line) => line.length > COLUMNS_MAX && !/['`]/.test(line))
    t.equal(wide, -1, `${file}: no line of code is wider than ${COLUMNS_MAX} columns`)
    for (const { name, lines, parameters } of functionsOf(file, text)) {
      if (lines > FUNCTION_LINES_MAX) t.fail(`${file}: ${name} has ${lines} lines`)
      if (parameters > PARAMETERS_MAX) t.fail(`${file}: ${name} has ${parameters} parameters`)
    }
  }
})

function functionsOf(file: string, text: string): { name: string; lines: number; parameters: number }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  const found: { name: string; lines: number; parameters: number }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isArrowFunction(node)) {
      const from = source.getLineAndCharacterOfPosition(node.getStart()).line
      const to = source.getLineAndCharacterOfPosition(node.end).line
      const name = 'name' in node && node.name ? node.name.getText() : `a function at line ${from + 1}`
      found.push({ name, lines: to - from + 1, parameters: node.parameters.length })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

t.test('every source file is used', async (t) => {
  const entries = new Set(['src/cli/main.ts', 'src/engine/index.ts', 'src/contracts.ts', 'src/contract-tables.ts'])
  const used = new Set(
    sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => local(file, name)),
    ),
  )
  for (const file of sources) t.ok(entries.has(file) || used.has(file), file)
})

t.test('migrations are numbered without gaps and all of them are in the journal', async (t) => {
  const names = readdirSync(join(root, 'migrations'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const journal = JSON.parse(read('migrations/meta/_journal.json')) as { entries: { tag: string }[] }
  t.strictSame(
    journal.entries.map(({ tag }) => `${tag}.sql`),
    names,
  )
  t.strictSame(
    names.map((name) => Number(name.slice(0, 4))),
    names.map((_, i) => i + 1),
  )
})

t.test('documents have one title and link to what is there', async (t) => {
  const documents = [
    ...filesUnder('docs', /\.md$/),
    ...filesUnder('policies', /\.md$/),
    ...filesUnder('examples', /\.md$/),
    ...filesUnder('src', /\.md$/),
  ]
  for (const file of [...documents, ...readdirSync(root).filter((name) => name.endsWith('.md'))]) {
    const text = read(file).replaceAll(/```[\s\S]*?```/g, '')
    t.equal(text.match(/^# /gm)?.length, 1, `${file} has one title`)
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|mailto:|#)/.test(link)) continue
      t.ok(existsSync(join(root, dirname(file), link.split('#')[0] ?? '')), `${file} links to ${link}`)
    }
  }
})

t.test('nothing of this workplace is in the tree', async (t) => {
  const all = [
    ...sources,
    ...filesUnder('docs', /./),
    ...filesUnder('scripts', /./),
    'package.json',
    'package-lock.json',
    'README.md',
  ]
  for (const file of all.filter((name) => existsSync(join(root, name)) && !readdirSyncSafe(name))) {
    t.notMatch(read(file), /\/work\/|\/root\/|registry\.npmjs|"resolved":/, file)
  }
})

function readdirSyncSafe(name: string): boolean {
  try {
    readdirSync(join(root, name))
    return true
  } catch {
    return false
  }
}
