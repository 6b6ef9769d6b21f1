/** Published vectors, which are not part of the tree: read from VECTORS_DIR, by default a folder beside it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const VECTORS = process.env['VECTORS_DIR'] ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url))

/** Why a test of vectors cannot run; false where it can. */
export function noVectors(folder: string): string | false {
  return existsSync(join(VECTORS, folder)) ? false : `NO VECTORS at ${join(VECTORS, folder)}: set VECTORS_DIR`
}

/** Every JSON file under a folder, by its name in it, sorted. */
export function vectorsOf(folder: string): [string, unknown][] {
  const names = readdirSync(join(VECTORS, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  )
  return names.sort().map((name) => [name, JSON.parse(readFileSync(join(VECTORS, folder, name), 'utf8'))])
}
