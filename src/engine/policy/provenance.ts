/** Where each part of a resolved policy was written, and the policy as one whole file that says so. */
import { Document, isCollection, isMap, isScalar, isSeq, type Node, Scalar, visit } from 'yaml'
import type { Path, Problem } from '../problem.ts'
import { type PolicyFiles, readAs } from './compile.ts'
import { type Resolved, resolve } from './resolve.ts'
import { PolicySource } from './shape.ts'

/** An item of a list section, or a section that is no list. */
export interface WrittenPart {
  readonly section: string
  /** The position in the list; null for a section that is no list. */
  readonly index: number | null
  /** `id@version` of the document that it comes from. */
  readonly document: string
  readonly file: string
  readonly line: number
  /** As it was written, without what is understood where nothing is said. */
  readonly value: unknown
}

/** Base and overlay as one, not checked further; nothing where a file cannot be read. */
export function resolveFiles({ policy, base }: Pick<PolicyFiles, 'policy' | 'base'>): {
  readonly resolved?: Resolved
  readonly problems: readonly Problem[]
} {
  const [own, under] = [policy, base].map((text) => text && readAs(text, PolicySource))
  const problems = [own, under].flatMap((read) => read?.problems ?? [])
  if (!own?.part || (base && !under?.part)) return { problems }
  const resolved = resolve(own.part, under?.part)
  return { resolved, problems: [...problems, ...resolved.problems] }
}

/** Every item and every whole section, in the order of the format. */
export function writtenParts(resolved: Resolved): WrittenPart[] {
  return Object.keys(PolicySource.shape)
    .filter((section) => section !== 'format' && section in resolved.value)
    .flatMap((section) => {
      const value = resolved.value[section]
      if (!Array.isArray(value)) return [part(resolved, section, null)]
      return value.map((_, index) => part(resolved, section, index))
    })
}

function part(resolved: Resolved, section: string, index: number | null): WrittenPart {
  const { source, path } = resolved.origin(index === null ? [section] : [section, index])
  const { read, value } = source
  const { file, line } = index === null ? read.locateKey([], section) : read.locate(path)
  const { id, version } = value.document
  return { section, index, document: `${id}@${version}`, file, line, value: at(read.value, path) }
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inside, key) => (inside as Record<string | number, unknown> | undefined)?.[key], value)
}

/**
 * One whole policy file, in which a comment before every item and every whole section says where it was written.
 * It stands by itself: `extends` and `remove` have done their work.
 */
export function resolvedYaml(resolved: Resolved): string {
  const parts = writtenParts(resolved)
  const whole: Record<string, unknown> = { format: resolved.value.format }
  for (const { section, index, value } of parts) {
    if (index === null) whole[section] = section === 'document' ? withoutBase(value) : value
    else whole[section] = [...((whole[section] as unknown[] | undefined) ?? []), value]
  }
  const document = new Document(whole, { aliasDuplicateObjects: false })
  for (const { section, index, ...from } of parts) {
    const pair = isMap(document.contents)
      ? document.contents.items.find(({ key }) => isScalar(key) && key.value === section)
      : undefined
    const node = index === null || !isSeq(pair?.value) ? pair?.key : pair.value.items[index]
    if (node) (node as Node).commentBefore = ` ${from.document}, ${from.file} line ${from.line}`
    if (pair && !index) (pair.key as Node).spaceBefore = true
  }
  const version = document.getIn(['document', 'version'], true)
  if (isScalar(version)) version.type = Scalar.QUOTE_DOUBLE
  visit(document, { Collection: (_, node) => void (isShort(node) && Object.assign(node, { flow: true })) })
  return document.toString({ lineWidth: 120 })
}

function withoutBase(document: unknown): unknown {
  const { extends: _, ...rest } = document as Record<string, unknown>
  return rest
}

/** Citations, lists of codes and the like stand in one line. */
function isShort(node: { items: readonly unknown[]; toJSON(): unknown }): boolean {
  const isFlat = node.items.every((item) => !isCollection(item) && !isCollection((item as { value?: unknown }).value))
  return isFlat && !(node as Node).commentBefore && JSON.stringify(node.toJSON()).length <= 90
}
