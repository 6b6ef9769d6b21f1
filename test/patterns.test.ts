// No pattern that looks at input can take longer than a few steps a character: none repeats what itself repeats.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const UNBOUNDED = /[*+]|\{\d+,\}/
/** A group without groups inside, and what repeats it. */
const GROUP = /\((?:\?[:=!]|\?<\w+>)?((?:\\.|\[(?:\\.|[^\]\\])*\]|[^()[\\])*)\)([*+]|\{\d+,\})?/

/** Whether a part that repeats without end is itself repeated without end, and does not begin or end with what parts one from the next. */
function isNested(pattern: string): boolean {
  let rest = pattern
  for (let found = GROUP.exec(rest); found; found = GROUP.exec(rest)) {
    const [whole, inner = '', repeat] = found
    const bare = inner.replaceAll(/\[(?:\\.|[^\]\\])*\]|\\./g, 'x')
    const begins = /^(?:\\[./:,-]|[-:,/@ ])|\\\.$/.test(inner)
    if (repeat && UNBOUNDED.test(bare) && !begins) return true
    // What stands for the group afterwards repeats if anything in it did.
    rest = rest.replace(whole, UNBOUNDED.test(bare) || repeat ? 'x+' : 'x')
  }
  return false
}

t.test('the check itself tells a slow pattern from a fast one', async (t) => {
  for (const slow of ['(a+)+$', '(a*)*b', '(\\w+\\s?)*$', '((a|b)+)+', '([a-z]+){2,}!', '(?:x(?:a+))*y'])
    t.ok(isNested(slow), slow)
  for (const fast of ['^a+b$', '^[a-z]+(\\.[a-z]+)*$', '^(ab){2,4}$', '^(\\d{4}-\\d\\d)?$'])
    t.notOk(isNested(fast), fast)
})

t.test('no pattern of the contracts, and none of the source, repeats what repeats', async (t) => {
  const schema = readFileSync(new URL('../schema/openapi.json', import.meta.url), 'utf8')
  const published = [...schema.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '']) => JSON.parse(text) as string,
  )
  t.ok(published.length > 0)
  for (const pattern of new Set(published)) t.notOk(isNested(pattern), pattern)
  const source = new URL('../src/', import.meta.url)
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const literals = files.flatMap((name) =>
    [
      ...readFileSync(new URL(name, source), 'utf8').matchAll(
        /[(=,[!&|?:]\s*\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])*)\/[a-z]*/g,
      ),
    ].map(([, pattern = '']) => [name, pattern] as const),
  )
  t.ok(literals.length > 100, `${literals.length} patterns`)
  for (const [name, pattern] of literals) t.notOk(isNested(pattern), `${name}: ${pattern}`)
})
