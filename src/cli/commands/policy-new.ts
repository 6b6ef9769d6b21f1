/** `threshold policy new FOLDER`: a commented starting file for a policy, whole or a local part on a base, with its cases. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { PolicySource } from '../../engine/index.ts'
import { checkShape } from '../../engine/policy/check-shape.ts'
import { readYaml } from '../../engine/policy/read.ts'
import { fileText } from '../../features/policies/files.ts'
import { policyCheck } from './policy-check.ts'

export interface NewOptions {
  /** Short name of the authority. */
  readonly id: string
  readonly authority: string
  /** 3, 4 or 5; four where left out. Not beside `extends`, whose levels are those of the base. */
  readonly levels?: string
  /** `id@version` of a base in the folder. */
  readonly extends?: string
}

type Values = Readonly<Record<string, string>>

const PRODUCT = fileURLToPath(new URL('../../../', import.meta.url))
const TEMPLATES = new URL('../templates/', import.meta.url)
const STATUTORY = 'working-together-2023@1'

/**
 * Writes `<id>/<version>.yaml` and its cases into the folder, and checks them; the version is the month of its effect.
 * @param today the date in London, YYYY-MM-DD
 * @returns the exit status: 0 written and without a problem, 1 written, but the base makes problems
 * @throws Error in words for the person at the terminal, before anything is written
 */
export function policyNew(
  folder: string,
  options: NewOptions,
  today: string,
  print: (line: string) => void,
): 0 | 1 | 2 {
  const { id, authority } = options
  if (!PolicySource.shape.document.shape.id.safeParse(id).success)
    throw new Error(`“${id}” is no short name. Write it in lower-case letters, digits and dashes: --id northshire`)
  const dates = datesAfter(today)
  const file = join(folder, id, `${dates.version}.yaml`)
  const cases = join(folder, id, `${dates.version}.cases.yaml`)
  const there = [file, cases].find((path) => existsSync(path))
  if (there !== undefined) throw new Error(`${there} is there already. Nothing was written.`)
  const isLocal = options.extends !== undefined
  const title = `Thresholds for help and protection, ${authority}${isLocal ? ': local part' : ''}`
  const values: Values = {
    ...dates,
    ...(isLocal ? valuesOfBase(folder, options) : valuesOfLevels(options.levels ?? '4')),
    id,
    file,
    cases: `${dates.version}.cases.yaml`,
    name: authority.replaceAll(/\s+/g, ' '),
    authority: scalar(authority),
    title: scalar(title),
  }
  const schemas = schemasFor(folder, id)
  const texts = isLocal ? ['overlay.yaml', 'overlay.cases.yaml'] : ['policy.yaml', 'cases.yaml']
  const [policyText, casesText] = texts.map((name) => fill(template(name), { ...values, ...schemas }))
  mkdirSync(join(folder, id), { recursive: true })
  writeFileSync(file, policyText ?? '', { flag: 'wx' })
  writeFileSync(cases, casesText ?? '', { flag: 'wx' })
  for (const path of [file, cases]) print(`wrote ${path}`)
  return policyCheck([file], {}, print)
}

/** In force from the first of next month, under review a year later. */
function datesAfter(today: string): Values {
  const [year = 0, month = 0] = today.split('-').map(Number)
  const [y, m] = month === 12 ? [year + 1, 1] : [year, month + 1]
  const of = (inYear: number): string => `${inYear}-${String(m).padStart(2, '0')}`
  return { version: of(y), approved: today, effective: `${of(y)}-01`, reviewDue: `${of(y + 1)}-01` }
}

function valuesOfLevels(count: string): Values {
  if (!['3', '4', '5'].includes(count)) throw new Error(`A starting file has 3, 4 or 5 levels, not ${count}.`)
  return {
    ...(parse(template(`levels-${count}.yaml`)) as Values),
    count: { 3: 'three', 4: 'four', 5: 'five' }[count] ?? '',
  }
}

/** Codes of the base that the local part names as examples. */
function valuesOfBase(folder: string, { extends: base = '', levels }: NewOptions): Values {
  if (levels !== undefined) throw new Error('The levels are those of the base: give --levels or --extends, not both.')
  const [id, version] = base.split('@')
  const path = join(folder, id ?? '', `${version}.yaml`)
  if (!/^[a-z0-9-]+@[A-Za-z0-9._-]+$/.test(base) || !existsSync(path))
    throw new Error(`There is no base ${base}: it has to stand in ${path}.`)
  const { file, text } = fileText(path)
  const { read } = readYaml(file, text)
  const source = read && checkShape(read, PolicySource).value
  const [lowest, help] = source?.levels ?? []
  const domain = source?.domains?.find(({ parent }) => parent === undefined)
  if (!lowest || !help || !domain || source?.document.extends !== undefined)
    throw new Error(`${path} cannot be a base: it must be without errors, have levels and domains, and extend nothing.`)
  const statutory = source?.document.statutory ?? STATUTORY
  return { base, statutory, lowest: lowest.code, help: help.code, domain: domain.code }
}

/** Where an editor finds the schemas: those of the product where the folder is inside it, else copies in the folder. */
function schemasFor(folder: string, id: string): Values {
  const names = { policySchema: 'policy.schema.json', casesSchema: 'cases.schema.json' }
  const isInside = `${resolve(folder)}${sep}`.startsWith(PRODUCT)
  const beside = join(isInside ? PRODUCT : resolve(folder), 'schema')
  if (!isInside) {
    mkdirSync(beside, { recursive: true })
    for (const name of Object.values(names)) copyFileSync(join(PRODUCT, 'schema', name), join(beside, name))
  }
  const from = join(resolve(folder), id)
  const path = (name: string): string => relative(from, join(beside, name)).split(sep).join('/')
  return { policySchema: path(names.policySchema), casesSchema: path(names.casesSchema) }
}

function template(name: string): string {
  return readFileSync(new URL(name, TEMPLATES), 'utf8')
}

/** A text as YAML writes it in one line, in quotation marks where it needs them. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trimEnd()
}

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The template names ${name}, which nothing gives.`)
    return value.trimEnd()
  })
}
