/** `threshold papers`: what the sector asks for, written from what runs. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../../config.ts'
import type { Database } from '../../db/connect.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { ENGINE_SEMANTICS } from '../../engine/index.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import { operations } from '../../features/index.ts'
import { compiledPolicy, registerOf, versionInForce } from '../../features/policies/index.ts'
import { currentRules } from '../../features/retention/rule-queries.ts'
import { type AtrsRecord, atrsRecord } from '../../papers/atrs.ts'
import { atrsPage } from '../../papers/atrs-page.ts'
import { type AuthorityConfiguration, configurationPage, installationOf } from '../../papers/configuration.ts'
import { dataMapPage, mappedTables, readDataMap, requireMapped } from '../../papers/data-map.ts'
import { grantsOf, holdersOf, liveColumns, receiversOf, restrictionsOf, volumesOf } from '../../papers/queries.ts'
import { billOfMaterials } from '../../papers/sbom.ts'
import { openConfigured } from '../../start.ts'
import { VERSION } from '../../version.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

export interface PapersOptions {
  readonly force?: boolean
}
type Print = (line: string) => void

/** @throws Error where a file is there and `force` is not given; nothing is written then */
export async function papers(folder: string, options: PapersOptions, print: Print): Promise<void> {
  const config = readConfig(undefined, 'maintain')
  const database = await openConfigured(config)
  const now = new Date().toISOString()
  const files = await requireSchema(database)
    .then(() => papersOf(database, config, now))
    .finally(() => database.close())
  writeAll(folder, files, options)
  for (const name of Object.keys(files)) print(join(folder, name))
}

/** @throws Error where the database has no schema yet, or that of another version */
async function requireSchema(database: Database): Promise<void> {
  if (await database.schemaIsCurrent()) return
  throw new Error('The database does not have the schema of this version. Run `threshold migrate` first.')
}

/**
 * Names of files and what stands in them.
 * @throws Error where the live database has a table or column that the data map does not explain
 */
export async function papersOf(database: Database, config: Config, now: string): Promise<Record<string, string>> {
  const map = readDataMap()
  requireMapped(map, await database.withoutTenant(liveColumns))
  const files: Record<string, string> = {}
  const authorities: AuthorityConfiguration[] = []
  for (const authority of await listAuthorities(database)) {
    await database.withTenant(authority.id, async (tx) => {
      Object.assign(files, recordFiles(authority.code, await recordOf(tx, authority, now)))
      authorities.push(await configurationOf(tx, authority, now))
    })
  }
  const installation = installationOf(config)
  const tables = mappedTables(map, operations, await database.withoutTenant(grantsOf))
  files['data-map.md'] = dataMapPage(map, tables) + configurationPage(installation, authorities)
  files['data-map.json'] = json({ categories: map.categories, tables, installation, authorities })
  files['sbom.cdx.json'] = json(billOfMaterials(ROOT, { name: 'threshold', version: VERSION }))
  return files
}

type Authority = Awaited<ReturnType<typeof listAuthorities>>[number]

async function recordOf(tx: TenantTx, authority: Authority, now: string): Promise<AtrsRecord> {
  const since = new Date(Date.parse(now) - YEAR_MS).toISOString()
  const row = await versionInForce(tx, authority.id, londonDate(now))
  return atrsRecord({
    authority,
    now,
    since,
    product: `Threshold ${VERSION}`,
    engineSemantics: ENGINE_SEMANTICS,
    policy: row ? { compiled: compiledPolicy(row), effectiveFrom: row.effectiveFrom } : null,
    publishedVersions: (await registerOf(tx, authority.id)).length,
    volumes: await volumesOf(tx, { authorityId: authority.id, since }),
    holders: await holdersOf(tx, authority.id),
    operations,
    retention: await currentRules(tx, authority.id),
  })
}

async function configurationOf(
  tx: TenantTx,
  { id, code, name }: Authority,
  now: string,
): Promise<AuthorityConfiguration> {
  const rules = await currentRules(tx, id)
  return {
    authority: { code, name },
    retention: rules.map((rule) => ({
      ...{ code: rule.code, class: rule.class, years: rule.years },
      ...{ countedFrom: rule.countedFrom, legalBasis: rule.legalBasis },
    })),
    receivers: await receiversOf(tx, id),
    restrictions: await restrictionsOf(tx, id, londonDate(now)),
  }
}

function recordFiles(code: string, record: AtrsRecord): Record<string, string> {
  return { [`atrs-${code}.md`]: atrsPage(record), [`atrs-${code}.json`]: json(record) }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** All or none: what is there is looked at before anything is written. */
export function writeAll(folder: string, files: Readonly<Record<string, string>>, { force }: PapersOptions): void {
  const there = Object.keys(files).filter((name) => existsSync(join(folder, name)))
  if (there.length > 0 && !force)
    throw new Error(
      `${there.join(', ')} in ${folder}: there already. Name another folder, or write over them with --force.`,
    )
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}
