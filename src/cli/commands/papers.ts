/** `threshold papers`: what the sector asks for, written from what runs. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../../config.ts'
import type { Database } from '../../db/connect.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { ENGINE_SEMANTICS } from '../../engine/index.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import { operations } from '../../features/index.ts'
import { compiledPolicy, registerOf, versionInForce } from '../../features/policies/index.ts'
import { currentRules } from '../../features/retention/rule-queries.ts'
import { type AtrsRecord, atrsRecord } from '../../papers/atrs.ts'
import { atrsPage } from '../../papers/atrs-page.ts'
import { dataMapPage, mappedTables, readDataMap } from '../../papers/data-map.ts'
import { grantsOf, holdersOf, volumesOf } from '../../papers/queries.ts'
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
  const database = await openConfigured(readConfig(undefined, 'maintain'))
  const now = new Date().toISOString()
  const files = await papersOf(database, now).finally(() => database.close())
  writeAll(folder, files, options)
  for (const name of Object.keys(files)) print(join(folder, name))
}

/** Names of files and what stands in them. */
export async function papersOf(database: Database, now: string): Promise<Record<string, string>> {
  const map = readDataMap()
  const files: Record<string, string> = {}
  for (const authority of await listAuthorities(database)) {
    const record = await database.withTenant(authority.id, async (tx) => {
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
    })
    Object.assign(files, recordFiles(authority.code, record))
  }
  const tables = mappedTables(map, operations, await database.withoutTenant(grantsOf))
  files['data-map.md'] = dataMapPage(map, tables)
  files['data-map.json'] = json({ categories: map.categories, tables })
  files['sbom.cdx.json'] = json(billOfMaterials(ROOT, { name: 'threshold', version: VERSION }))
  return files
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
