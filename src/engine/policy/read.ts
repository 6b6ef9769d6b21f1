/** YAML text → plain values, with the place of each, and every problem found on the way. */
import { isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { type Path, type Problem, pointer } from '../problem.ts'

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface ReadFile {
  readonly file: string
  readonly value: unknown
  /** The place of a value; of its nearest ancestor where the path does not exist. */
  locate(path: Path): Place
  /** The place of a key inside a map. */
  locateKey(path: Path, key: string): Place
}

/** Larger files are refused unread: the largest published document we know takes 150 kB. */
export const POLICY_BYTES_MAX = 2 * 1024 * 1024

/** No policy comes near it; it is looked for before anything is parsed. */
const POLICY_DEPTH_MAX = 200

/**
 * Where brackets, or dashes and question marks in a row, nest deeper than any policy. Brackets in text count as well, which
 * harms nothing: they are closed again.
 */
function tooDeepAt(text: string): number | undefined {
  let depth = 0
  let inRow = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '[' || char === '{') depth++
    else if ((char === ']' || char === '}') && depth > 0) depth--
    if ((char === '-' || char === '?' || char === ':') && text[i + 1] === ' ') inRow++
    else if (char !== ' ') inRow = 0
    if (depth > POLICY_DEPTH_MAX || inRow > POLICY_DEPTH_MAX) return i
  }
  return undefined
}

/**
 * Reads YAML 1.2 strictly. Anchors, aliases, merge keys, tags, duplicate keys, several documents and the key `__proto__`
 * are refused: a policy must say what it says in one place.
 */
export function readYaml(file: string, text: string): { read?: ReadFile; problems: Problem[] } {
  const problems: Problem[] = []
  const lines = new LineCounter()
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const report = (code: string, message: string, offset: number): void => {
    problems.push({ code, severity: 'error', message, ...at(offset), pointer: '' })
  }
  if (text.length > POLICY_BYTES_MAX) {
    report('file-too-large', `The file is larger than ${POLICY_BYTES_MAX} characters.`, 0)
    return { problems }
  }
  const directive = /^%/m.exec(text)
  if (directive) {
    report('yaml-directive', 'A line that starts with % is a directive; take it out.', directive.index)
    return { problems }
  }
  const deep = tooDeepAt(text)
  if (deep !== undefined) {
    report('yaml', `The file is nested deeper than ${POLICY_DEPTH_MAX} levels.`, deep)
    return { problems }
  }
  const document = parsed(text, lines)
  for (const error of [...document.errors, ...document.warnings]) {
    const firstLine = error.message.split('\n')[0] ?? error.message
    report(
      error.code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml',
      firstLine.replace(/ at line \d+, column \d+:?$/, '.'),
      error.pos[0],
    )
  }
  visit(document, {
    Alias: (_, node) => report('yaml-alias', 'Aliases are not allowed; write the value out.', node.range?.[0] ?? 0),
    Node: (_, node) => refuseDecorations(node, report),
    Pair: (_, pair) => {
      const { key } = pair
      if (!isScalar(key)) return
      if (key.value === '<<')
        report('yaml-merge', 'Merge keys are not allowed; write the values out.', key.range?.[0] ?? 0)
      if (key.value === '__proto__') report('forbidden-key', 'The key __proto__ is not allowed.', key.range?.[0] ?? 0)
    },
  })
  if (problems.length > 0) return { problems }
  return { read: { file, value: document.toJS({ maxAliasCount: 0 }), ...finders(document.contents, at) }, problems }
}

function parsed(text: string, lineCounter: LineCounter) {
  return parseDocument(text, {
    lineCounter,
    // 1 and "1" are two keys to YAML and one to whoever reads the values.
    uniqueKeys: (a, b) => a === b || (isScalar(a) && isScalar(b) && String(a.value) === String(b.value)),
    merge: false,
    strict: true,
    version: '1.2',
  })
}

function refuseDecorations(node: Node, report: (code: string, message: string, offset: number) => void): void {
  if (isAlias(node)) return
  const offset = node.range?.[0] ?? 0
  if ('anchor' in node && node.anchor)
    report('yaml-anchor', 'Anchors are not allowed; write the value where it is used.', offset)
  if (node.tag) report('yaml-tag', `The tag ${node.tag} is not allowed.`, offset)
}

function finders(root: unknown, at: (offset: number) => Place): Pick<ReadFile, 'locate' | 'locateKey'> {
  const find = (path: Path): Node | undefined => {
    let node: unknown = root
    for (const part of path) {
      const next: unknown =
        isNode(node) && 'get' in node
          ? (node as { get(k: unknown, keep: boolean): unknown }).get(part, true)
          : undefined
      if (!isNode(next)) break
      node = next
    }
    return isNode(node) ? node : undefined
  }
  return {
    locate: (path) => at(find(path)?.range?.[0] ?? 0),
    locateKey: (path, key) => {
      const map = find(path)
      const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined
      return at((isScalar(pair?.key) ? pair.key.range?.[0] : map?.range?.[0]) ?? 0)
    },
  }
}

/** A problem at a path of a file that was read. */
export function problemAt(
  read: ReadFile,
  path: Path,
  problem: { code: string; message: string; severity?: Problem['severity'] },
): Problem {
  return { severity: 'error', ...problem, ...read.locate(path), pointer: pointer(path) }
}
