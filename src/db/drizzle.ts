/**
 * What is used of drizzle-orm; every other file takes it from here. It is loaded as CommonJS: of an ES module Node looks up
 * the package it belongs to, and for each of the hundred files of drizzle-orm it parses that package's description anew,
 * which is long. That took half a second of every start.
 */
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)
const core = load('drizzle-orm') as typeof import('drizzle-orm')
const errors = load('drizzle-orm/errors') as typeof import('drizzle-orm/errors')
const migrator = load('drizzle-orm/migrator') as typeof import('drizzle-orm/migrator')
const pgCore = load('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core')
const nodePostgres = load('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres')
const nodeMigrator = load('drizzle-orm/node-postgres/migrator') as typeof import('drizzle-orm/node-postgres/migrator')

export const {
  and,
  asc,
  between,
  count,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  min,
  ne,
  not,
  or,
  sql,
} = core
export const { alias, bigint, boolean, customType, date, integer, pgTable, text, uuid } = pgCore
export const { DrizzleQueryError } = errors
export const { readMigrationFiles } = migrator
export const { migrate } = nodeMigrator
export const { drizzle } = nodePostgres
