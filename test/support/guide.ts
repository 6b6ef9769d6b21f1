/**
 * docs/policies/guide.md as a script: its blocks are carried out in their order, as a reader would, in a folder of their own.
 *   ```sh                            commands, run one after the other
 *   ```yaml [cases] below NAME       put right below the line `NAME:` of the policy (or its cases) last made
 *   ```yaml [cases] after CODE       put after the item of this code
 *   ```yaml [cases] instead NAME     put in place of that section or item
 *   ```yaml mistake …                put there only for the check that follows
 *   ```text                          what the block before it answers; a line of … stands for whatever is left out
 *   <!-- copy A B -->                policy and cases of A are copied to B
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { policyCheck } from '../../src/cli/commands/policy-check.ts'
import { policyDiff } from '../../src/cli/commands/policy-diff.ts'
import { policyNew } from '../../src/cli/commands/policy-new.ts'
import { policyResolve } from '../../src/cli/commands/policy-resolve.ts'

export interface Block {
  /** The line of its first fence, from 1. */
  readonly line: number
  readonly info: readonly string[]
  readonly text: string
}

/** Every block of code and every copy, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$|<!-- (copy \S+ \S+) -->/gm)].map((found) => ({
    line: markdown.slice(0, found.index).split('\n').length,
    info: (found[1] ?? found[3] ?? '').trim().split(/\s+/),
    text: found[2] ?? '',
  }))
}

/** The day on which the guide is read. */
const TODAY = '2026-11-22'

/** Carries out one block after the other in the present folder. */
export class Reader {
  /** The policy that is being written. */
  #file = ''

  /** What the block makes the computer say; undefined where it says nothing. */
  carryOut({ info: [kind = '', ...words], text }: Block): string | undefined {
    if (kind === 'sh')
      return text
        .trim()
        .split('\n')
        .map((line) => this.#run(line))
        .join('\n')
    if (kind === 'copy') return this.#copy(words)
    if (kind !== 'yaml') throw new Error(`What is to be done with ${kind}?`)
    const isMistake = words[0] === 'mistake'
    const [target = '', ...rest] = isMistake ? words.slice(1) : words
    const isCases = target === 'cases'
    const [how = '', name = ''] = isCases ? rest : [target, ...rest]
    const file = isCases ? this.#file.replace('.yaml', '.cases.yaml') : this.#file
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, placed(before, text, how, name))
    if (!isMistake) return undefined
    const said = printed((print) => policyCheck([this.#file], {}, print))
    writeFileSync(file, before)
    return said
  }

  #run(line: string): string {
    const [npx, threshold, policy, command, ...args] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
      word.replaceAll('"', ''),
    )
    if (`${npx} ${threshold} ${policy}` !== 'npx threshold policy') throw new Error(`How is this run? ${line}`)
    const options = {
      id: { type: 'string' },
      authority: { type: 'string' },
      levels: { type: 'string' },
      extends: { type: 'string' },
    } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [first = '', second = ''] = positionals
    if (command === 'new') {
      const { id = '', authority = '', ...more } = values
      this.#file = `${first}/${id}/2026-12.yaml`
      return printed((print) => policyNew(first, { id, authority, ...more }, TODAY, print))
    }
    if (command === 'check') return printed((print) => policyCheck(positionals, {}, print))
    if (command === 'resolve') return printed((print) => policyResolve(first, {}, print))
    if (command === 'diff') return printed((print) => policyDiff(first, second, {}, print))
    throw new Error(`How is policy ${command} run?`)
  }

  #copy([from = '', to = '']: readonly string[]): undefined {
    for (const ending of ['.yaml', '.cases.yaml']) copyFileSync(`policies/${from}${ending}`, `policies/${to}${ending}`)
    this.#file = `policies/${to}.yaml`
  }
}

function printed(run: (print: (line: string) => void) => unknown): string {
  const lines: string[] = []
  run((line) => lines.push(line))
  return lines.join('\n')
}

/** The text with a piece put in below, after or instead of what is named. */
function placed(text: string, piece: string, how: string, name: string): string {
  const lines = text.split('\n')
  const isSection = lines.indexOf(`${name}:`) >= 0 || lines.some((line) => line.startsWith(`${name}: `))
  const escaped = name.replaceAll(/[.-]/g, '\\$&')
  const start = isSection
    ? lines.findIndex((line) => line === `${name}:` || line.startsWith(`${name}: `))
    : lines.findIndex((line) =>
        new RegExp(`^ {2}- (\\{ )?(code|id|name|feature|term): ${escaped}[ ,]*$|: ${escaped},`).test(line),
      )
  if (start < 0) throw new Error(`There is no ${name} in the file.`)
  const next = isSection ? /^\S|^$/ : /^ {2}[-#]|^\S|^$/
  const length = lines.slice(start + 1).findIndex((line) => next.test(line)) + 1
  const [from, to] =
    how === 'below'
      ? [start + 1, start + 1]
      : how === 'after'
        ? [start + length, start + length]
        : [start, start + length]
  if (!['below', 'after', 'instead'].includes(how)) throw new Error(`Where is “${how} ${name}”?`)
  return [...lines.slice(0, from), piece.trimEnd(), ...lines.slice(to)].join('\n')
}

/** Whether what was said is what stands in the guide. */
export function isSaid(shown: string, said: string): boolean {
  const parts = `\n${shown.trim()}\n`.split(/\n…(?=\n)/)
  let at = 0
  const whole = `\n${said.trim()}\n`
  for (const [i, part] of parts.entries()) {
    const found = i === 0 ? (whole.startsWith(part) ? 0 : -1) : whole.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length - (part.endsWith('\n') ? 1 : 0)
  }
  return parts.length > 1 || parts[0] === whole
}
