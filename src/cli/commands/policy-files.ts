/** `threshold policy import` and `export`: policy files into a running service and out of it, byte for byte. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { operations } from '../../features/index.ts'
import { compilePolicy, namedDocuments, type PolicyTexts } from '../../features/policies/files.ts'
import type { Operation } from '../../kernel/operation.ts'
import { type CallOptions, send } from './call.ts'

type Print = (line: string) => void

/** Exit status: 0 imported, 1 refused, 2 a file cannot be used. */
export async function importPolicy(
  file: string,
  { draft, basedOn, reason, ...options }: CallOptions & { draft?: string; basedOn?: string; reason?: string },
  print: Print,
): Promise<0 | 1 | 2> {
  const { texts, problems } = compilePolicy(file)
  if (!texts) {
    for (const { file: at, line, column, message } of problems) print(`${at}:${line}:${column} ${message}`)
    return 2
  }
  const { policy, base, cases } = requireExact(file, texts)
  const files = { policy, ...(base === null ? {} : { base }), ...(cases === null ? {} : { cases }) }
  const body =
    draft === undefined ? { files } : { files, basedOn: Number(basedOn), reason: reason ?? 'Imported from a file.' }
  const operation = named(draft === undefined ? 'createPolicyDraft' : 'revisePolicyDraft')
  const response = await send(operation, { ...options, draftId: draft ?? '' }, JSON.stringify(body))
  const answer = (await response.json()) as Imported
  if (!answer.draft) return refused(answer, print)
  print(`draft ${answer.draft.id} revision ${answer.draft.latest.revision}`)
  return 0
}

interface Imported {
  readonly draft?: { readonly id: string; readonly latest: { readonly revision: number } }
}

/** Bytes that are no UTF-8 would be mended on the way, and come out as others. */
function requireExact(file: string, texts: PolicyTexts): PolicyTexts {
  if (Buffer.from(texts.policy, 'utf8').equals(readFileSync(file))) return texts
  throw new Error(`${file} holds bytes that are not UTF-8.`)
}

/**
 * Writes the files of a version (`policy@version`) or of a draft (its id) into a folder as `<id>/<version>.yaml`, with the
 * base and the cases beside it. A file that is there with other content is left alone.
 * Exit status: 0 written, 1 refused.
 */
export async function exportPolicy(
  what: string,
  { to, ...options }: CallOptions & { to: string },
  print: Print,
): Promise<0 | 1> {
  const [policy = '', version] = what.split('@')
  const isVersion = version !== undefined
  const operation = named(isVersion ? 'policyVersionFiles' : 'policyDraftFiles')
  const given = isVersion ? { policy, version } : { draftId: what }
  const response = await send(operation, { ...options, ...given })
  const answer = (await response.json()) as { files?: PolicyTexts }
  if (!answer.files) return refused(answer, print)
  const { files } = answer
  const own = pathOf(files.policy, to)
  write(`${own}.yaml`, files.policy, print)
  if (files.cases !== null) write(`${own}.cases.yaml`, files.cases, print)
  if (files.base !== null) write(`${pathOf(files.base, to)}.yaml`, files.base, print)
  return 0
}

function refused(answer: object, print: Print): 1 {
  print(JSON.stringify(answer, null, 2))
  return 1
}

function named(name: string): Operation {
  const found = operations.find((operation) => operation.name === name)
  if (!found) throw new Error(`There is no operation ${name}`)
  return found
}

/** Where a policy's files lie under a folder; a text that does not say its name has nowhere to go. */
function pathOf(text: string, folder: string): string {
  const { id = '', version = '' } = namedDocuments(text)
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id) || !/^[A-Za-z0-9._-]+$/.test(version))
    throw new Error('A file does not say the id and the version of its policy, so there is no name to write it under.')
  return join(folder, id, version)
}

function write(path: string, text: string, print: Print): void {
  const bytes = Buffer.from(text, 'utf8')
  if (existsSync(path) && !readFileSync(path).equals(bytes))
    throw new Error(`${path} is there with other content. Export into another folder.`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  print(path)
}
