/** What each column of the database holds, why, for how long, who may see it and where it leaves: `data-map.yaml`, read strictly. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Operation } from '../kernel/operation.ts'
import { table } from './markdown.ts'

const Words = z.string().min(1)
const File = z.strictObject({
  categories: z.record(Words, z.strictObject({ means: Words, special: z.boolean() })),
  bases: z.record(Words, Words),
  retentions: z.record(Words, Words),
  destinations: z.record(Words, Words),
  tables: z.record(
    Words,
    z.strictObject({
      subject: Words,
      purpose: Words,
      basis: Words,
      retention: Words,
      leaves: z.array(Words),
      shownBy: z.array(Words),
      columns: z.record(Words, z.array(Words).min(1)),
    }),
  ),
})
export type DataMap = z.output<typeof File>

/** What the role of the service may do with each table, as the database says: `SELECT`, `INSERT`, `UPDATE`, `DELETE`. */
export type Grants = Readonly<Record<string, readonly string[]>>

export interface MappedTable {
  readonly table: string
  readonly subject: string
  readonly purpose: string
  readonly basis: string
  readonly retention: string
  readonly leaves: readonly string[]
  /** Operations that show something of it, and the roles that may call one of them. */
  readonly shownBy: readonly string[]
  readonly readers: readonly string[]
  /** What the service itself may do with it; null where no database was asked. */
  readonly service: readonly string[] | null
  readonly columns: readonly { readonly column: string; readonly category: string; readonly special: boolean }[]
}

/** @throws Error where the file names a category, basis, retention or destination that it does not explain. */
export function readDataMap(): DataMap {
  const map = File.parse(parse(readFileSync(new URL('data-map.yaml', import.meta.url), 'utf8')))
  for (const [name, { basis, retention, leaves, columns }] of Object.entries(map.tables)) {
    const explained =
      basis in map.bases &&
      retention in map.retentions &&
      leaves.every((each) => each in map.destinations) &&
      Object.keys(columns).every((each) => each in map.categories)
    if (!explained) throw new Error(`data-map.yaml: ${name} names what the file does not explain.`)
  }
  return map
}

/** @throws Error where an operation that is said to show a table does not exist */
export function mappedTables(map: DataMap, operations: readonly Operation[], grants: Grants | null): MappedTable[] {
  const roles = new Map(operations.map(({ name, allow }) => [name, allow]))
  return Object.entries(map.tables).map(([name, { columns, basis, retention, leaves, ...rest }]) => {
    const unknown = rest.shownBy.find((operation) => !roles.has(operation))
    if (unknown) throw new Error(`data-map.yaml: ${name} is said to be shown by ${unknown}, which is no operation.`)
    return {
      table: name,
      ...rest,
      basis: map.bases[basis] ?? '',
      retention: map.retentions[retention] ?? '',
      leaves: leaves.map((each) => map.destinations[each] ?? ''),
      readers: [...new Set(rest.shownBy.flatMap((operation) => roles.get(operation) ?? []))].sort(),
      service: grants && (grants[name] ?? []),
      columns: Object.entries(columns).flatMap(([category, of]) =>
        of.map((column) => ({ column, category, special: map.categories[category]?.special ?? true })),
      ),
    }
  })
}

/** @throws Error that names the columns of the live database that the map lacks, and those that it has and the database not */
export function requireMapped(map: DataMap, live: readonly string[]): void {
  const mapped = Object.entries(map.tables).flatMap(([name, { columns }]) =>
    Object.values(columns).flatMap((of) => of.map((column) => `${name}.${column}`)),
  )
  const unmapped = live.filter((name) => !mapped.includes(name))
  const gone = mapped.filter((name) => !live.includes(name))
  if (unmapped.length > 0)
    throw new Error(`The database has what the data map does not say a word about: ${unmapped.join(', ')}.`)
  if (gone.length > 0) throw new Error(`The data map has what this database does not have: ${gone.join(', ')}.`)
}

/** The map as a page for people. */
export function dataMapPage(map: DataMap, tables: readonly MappedTable[]): string {
  const columns = tables.reduce((sum, each) => sum + each.columns.length, 0)
  const head = [
    '# Data map',
    '',
    `${tables.length} tables, ${columns} columns. A basis in law and a retention are what the product is made for; the data protection officer of the authority says what they are. Every table but the register of authorities belongs to one authority, and the database shows no other’s.`,
    '',
    '## Categories',
    '',
    table(
      ['category', 'what it means', 'special category'],
      Object.entries(map.categories).map(([name, { means, special }]) => [name, means, special ? 'can hold it' : 'no']),
    ),
  ]
  return `${[...head, ...tables.flatMap(section)].join('\n')}\n`
}

function section(each: MappedTable): string[] {
  const listed = (items: readonly string[], none: string): string => (items.length > 0 ? items.join(', ') : none)
  const byCategory = Map.groupBy(each.columns, ({ category }) => category)
  return [
    '',
    `## ${each.table}`,
    '',
    each.purpose,
    '',
    `- **About:** ${each.subject}`,
    `- **Basis:** ${each.basis}`,
    `- **Kept:** ${each.retention}`,
    `- **Shown by:** ${listed(each.shownBy, 'no operation')}; to the roles ${listed(each.readers, 'none')}`,
    ...(each.service ? [`- **The service may:** ${listed(each.service, 'nothing')}`] : []),
    ...each.leaves.map((where) => `- **Leaves by:** ${where}`),
    '',
    table(
      ['category', 'columns'],
      [...byCategory].map(([category, of]) => [category, of.map(({ column }) => `\`${column}\``).join(', ')]),
    ),
  ]
}
