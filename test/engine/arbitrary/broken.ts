/** Ways to break a policy file: as text, and as a tree. */
import { stringify } from 'yaml'
import type { Draw } from './draw.ts'

type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree }

/** The text with something done to its characters, lines or indentation. */
export function brokenText(draw: Draw, text: string): string {
  const at = draw.upTo(text.length)
  const lines = text.split('\n')
  const [i, j] = [draw.upTo(lines.length - 1), draw.upTo(lines.length - 1)]
  const line = lines[i]!
  const put = (some: string): string => text.slice(0, at) + some + text.slice(at)
  const replaced = (...some: string[]): string => lines.toSpliced(i, 1, ...some).join('\n')
  switch (draw.upTo(11)) {
    case 0:
      return put(draw.pick(MARKS))
    case 1:
      return text.slice(0, at) + text.slice(at + draw.between(1, 40))
    case 2:
      return replaced()
    case 3:
      return replaced(line, line)
    case 4:
      return replaced(`  ${line}`)
    case 5:
      return replaced(line.replace(/^ {1,2}/, ''))
    case 6:
      return lines.with(i, lines[j]!).with(j, line).join('\n')
    case 7:
      return text.slice(0, at)
    case 8:
      return replaced(line.replace(/: .*/, `: ${draw.pick(VALUES)}`))
    case 9:
      return replaced(line.replace(/\d+/, (found) => String(Number(found) + draw.pick([-1, 1, 10, 1e6, -1e9]))))
    case 10:
      return replaced(line, ...lines.slice(j, j + draw.between(1, 12)))
    default:
      return put(draw.pick(['[', '{ not: ', '{ all: [']).repeat(draw.pick([1, 30, 700, 5000])))
  }
}

const MARKS = [
  ':',
  ': ',
  '- ',
  '#',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '!!str ',
  '<<: ',
  '\t',
  '\0',
  '\u200b',
  '\ufeff',
  '%',
  '---\n',
  '{',
  '}',
  ']',
  ',',
  '?',
  '\r',
  '\ud800',
  '🙂',
]
const VALUES = [
  'null',
  '~',
  'true',
  '-1',
  '0',
  '1.5',
  '.inf',
  '.nan',
  '1e400',
  '0x1F',
  '9007199254740993',
  '""',
  '[]',
  '{}',
  '[[]]',
  '2026-02-30',
  '"\\u0000"',
  '"\\ud800"',
  '" "',
  '__proto__',
  'constructor',
  'x'.repeat(3000),
]

/** The document with one to three things changed in its tree, as JSON or as YAML. */
export function brokenTree(draw: Draw, document: unknown): string {
  const tree = structuredClone(document) as Tree
  for (let i = draw.between(1, 3); i > 0; i--) change(draw, tree)
  return draw.chance(70) ? JSON.stringify(tree) : stringify(tree, { aliasDuplicateObjects: false })
}

interface Spot {
  readonly holder: Tree[] | { [key: string]: Tree }
  readonly key: string | number
}

const get = ({ holder, key }: Spot): Tree => (holder as { [key: string]: Tree })[key]!
const set = ({ holder, key }: Spot, value: Tree): void => {
  ;(holder as { [key: string]: Tree })[key] = value
}

function spotsOf(tree: Tree): Spot[] {
  if (typeof tree !== 'object' || tree === null) return []
  const keys = Array.isArray(tree) ? tree.map((_, i) => i) : Object.keys(tree)
  return keys.flatMap((key) => [{ holder: tree, key }, ...spotsOf((tree as { [key: string]: Tree })[key]!)])
}

function change(draw: Draw, tree: Tree): void {
  const spots = spotsOf(tree)
  if (spots.length === 0) return
  const spot = draw.pick(spots)
  const value = get(spot)
  const form = draw.upTo(9)
  if (form === 0) drop(spot)
  else if (form === 1 && Array.isArray(spot.holder)) spot.holder.push(structuredClone(value))
  else if (form <= 4) {
    // Another value of the same property: mostly still a document that says something.
    const alike = spots.filter((other) => other.key === spot.key && typeof get(other) === typeof value)
    set(spot, structuredClone(get(draw.pick(alike))))
  } else if (form === 5) set(spot, structuredClone(draw.pick(ODD)))
  else if (form === 6) rename(draw, spot, spots)
  else if (form === 7) nudge(draw, spots)
  else if (form === 8)
    set(spot, Array.isArray(value) ? draw.shuffled(value).slice(draw.upTo(1)) : structuredClone(get(draw.pick(spots))))
  else wrap(draw, draw.pick(spots.filter(({ key }) => key === 'when').concat(spot)))
}

function nudge(draw: Draw, spots: readonly Spot[]): void {
  const numbers = spots.filter((spot) => typeof get(spot) === 'number')
  if (numbers.length === 0) return
  const spot = draw.pick(numbers)
  set(spot, Number(get(spot)) + draw.pick([-1, 1, 2, -10, 10, 1000, 0.5, 2 ** 53]))
}

const ODD: readonly Tree[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  '',
  ' ',
  'x',
  '\u202e',
  '\ud800',
  '2026-02-30',
  [],
  {},
  [[]],
  [null],
  { all: [] },
  'y'.repeat(2500),
]

function drop({ holder, key }: Spot): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

function rename(draw: Draw, spot: Spot, spots: readonly Spot[]): void {
  if (Array.isArray(spot.holder)) return
  const value = get(spot)
  drop(spot)
  const name = draw.chance(50)
    ? String(draw.pick(spots).key)
    : draw.pick([`${spot.key}s`, '', 'constructor', 'toString', '0'])
  spot.holder[name] = value
}

/** A condition inside others, a few or very many deep. */
function wrap(draw: Draw, spot: Spot): void {
  let value = get(spot)
  for (let depth = draw.pick([1, 2, 20, 120]); depth > 0; depth--)
    value = draw.pick(
      [
        { not: value },
        { all: [value] },
        { any: [value, value] },
        { atLeast: { n: draw.between(1, 3), of: [value, { fact: 'immediate_danger' }] } },
      ].slice(0, depth > 10 ? 2 : 4),
    )
  set(spot, value)
}
