import { getTableColumns, is } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import t from 'tap'
import * as tables from '../../src/db/tables/index.ts'
import { testDatabase } from '../support/database.ts'

// The tables of the queries against the migrated schema: names, types and nullability, both ways.

const database = await testDatabase(t)

interface Column {
  readonly type: string
  readonly isNullable: boolean
}

const ALIASES: Record<string, string> = { 'timestamp (3) with time zone': 'timestamp(3) with time zone' }

t.test('the tables of the code are the tables of the schema', async (t) => {
  const { rows } = await database.pool.query<{ table: string; column: string; isView: boolean } & Column>(`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      not a.attnotnull as "isNullable", c.relkind = 'v' as "isView"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')`)
  const migrated: Record<string, Record<string, Column>> = {}
  const ours = declared()
  for (const { table, column, type, isNullable, isView } of rows) {
    // Whether a column of a view can be null follows from its query, which the catalogue does not work out.
    const known = isView ? (ours[table]?.[column]?.isNullable ?? isNullable) : isNullable
    migrated[table] = { ...migrated[table], [column]: { type, isNullable: known } }
  }
  t.same(ours, migrated)
})

function declared(): Record<string, Record<string, Column>> {
  const casing = new CasingCache('snake_case')
  const found = Object.values(tables).filter((value) => is(value, PgTable))
  return Object.fromEntries(
    found.map((table) => {
      const columns = Object.values(getTableColumns(table)).map((column): [string, Column] => {
        const type = column.getSQLType()
        return [casing.getColumnCasing(column), { type: ALIASES[type] ?? type, isNullable: !column.notNull }]
      })
      return [getTableConfig(table).name, Object.fromEntries(columns)]
    }),
  )
}
