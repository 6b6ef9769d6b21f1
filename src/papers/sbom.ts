/**
 * The bill of materials in CycloneDX 1.6, from the lock file: the same lock file and packages give the same bytes, so there is
 * no time and no serial number in it. Where a package came from is the installer's business, and no address stands in it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Locked = z.object({
  name: z.string().optional(),
  version: z.string(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  devOptional: z.boolean().optional(),
})
const LockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), z.object({}).loose()) })
const Manifest = z.object({ license: z.union([z.string(), z.object({ type: z.string() })]).optional() })

export interface Component {
  readonly type: 'library'
  readonly 'bom-ref': string
  readonly name: string
  readonly group?: string
  readonly version: string
  /** `excluded` is of development alone: it is not in the image. */
  readonly scope: 'required' | 'optional' | 'excluded'
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly ({ readonly expression: string } | { readonly license: { readonly name: string } })[]
  readonly purl: string
}

/**
 * @param root folder of the lock file and of node_modules; a licence is that of the installed package, else the lock file's
 * @throws Error when there is no lock file of version 3
 */
export function billOfMaterials(root: string, product: { name: string; version: string }): object {
  const { packages } = LockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  const found = new Map<string, Component>()
  for (const [path, value] of Object.entries(packages)) {
    if (path === '' || value['link'] === true) continue
    const component = componentOf(root, path, Locked.parse(value))
    const before = found.get(component['bom-ref'])
    found.set(component['bom-ref'], before ? nearer(before, component) : component)
  }
  const components = [...found.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1))
  const ref = `pkg:npm/${product.name}@${product.version}`
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': ref, ...product, purl: ref },
      properties: [{ name: 'cdx:reproducible', value: 'true' }],
    },
    components,
  }
}

/** One package that stands in several places is needed as much as the place that needs it most. */
function nearer(one: Component, other: Component): Component {
  const order = ['required', 'optional', 'excluded']
  return order.indexOf(one.scope) <= order.indexOf(other.scope) ? one : other
}

function componentOf(root: string, path: string, locked: z.output<typeof Locked>): Component {
  const full = locked.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const [group, name] = full.startsWith('@') ? (full.split('/') as [string, string]) : [undefined, full]
  const purl = `pkg:npm/${full.replace('@', '%40')}@${encodeURIComponent(locked.version)}`
  const hashes = hashesOf(locked.integrity)
  const licence = licenceOf(root, path) ?? locked.license
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group ? { group } : {}),
    name,
    version: locked.version,
    scope: locked.dev ? 'excluded' : locked.optional || locked.devOptional ? 'optional' : 'required',
    ...(hashes.length > 0 ? { hashes } : {}),
    ...(licence ? { licenses: [licenceEntry(licence)] } : {}),
    purl,
  }
}

/** `sha512-…` in base 64 is a hash in hexadecimal. */
function hashesOf(integrity: string | undefined): { alg: string; content: string }[] {
  return (integrity ?? '').split(/\s+/).flatMap((each) => {
    const [, bits, base64] = /^sha(1|256|384|512)-([A-Za-z0-9+/=]+)$/.exec(each) ?? []
    return bits && base64 ? [{ alg: `SHA-${bits}`, content: Buffer.from(base64, 'base64').toString('hex') }] : []
  })
}

function licenceOf(root: string, path: string): string | undefined {
  const file = join(root, path, 'package.json')
  if (!existsSync(file)) return undefined
  const { license } = Manifest.catch({}).parse(JSON.parse(readFileSync(file, 'utf8')))
  return typeof license === 'object' ? license.type : license
}

/** An expression of SPDX, or the words where it is none. */
function licenceEntry(licence: string): { expression: string } | { license: { name: string } } {
  return /^\(?[A-Za-z0-9.+-]+( (AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*\)?$/.test(licence)
    ? { expression: licence }
    : { license: { name: licence } }
}
