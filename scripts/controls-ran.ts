/** What `npm run controls` makes of what ran. Pure but for reading the papers. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/** A test that ran, skipped ones included. */
export interface Ran {
  /** `test/…/….test.ts` */
  readonly file: string
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
}

/** A control, or a requirement that is said to be met, with the tests that are named for it. */
export interface Claim {
  readonly what: string
  /** `file > name` */
  readonly tests: readonly string[]
}

/**
 * What may be skipped, and why: a control that names one of these has to name another test, which ran. Nothing else that is
 * named may be skipped.
 */
export const MAY_BE_SKIPPED: Readonly<Record<string, string>> = {
  'test/engine/audit-vectors.test.ts > 196 published proofs are taken and refused as published, but for one':
    'published by others and not part of the tree: VECTORS_DIR',
  'test/engine/audit-independent.test.ts > both verifiers agree on what to take, what to refuse, and the root':
    'needs Python 3.8',
}

/** The tests of a file, nested ones too, from what it wrote as TAP. Assertions are not among them. */
export function testsIn(file: string, tap: string): Ran[] {
  const ran: Ran[] = []
  /** Tests that have begun, innermost last. */
  const open: { name: string; indent: number }[] = []
  for (const line of tap.split('\n')) {
    const [, begins, named] = /^( *)# Subtest: (.*)$/.exec(line) ?? []
    if (begins !== undefined && named !== undefined) open.push({ name: plain(named), indent: begins.length })
    const [, indent, not, rest] = /^( *)(not )?ok \d+(?: - (.*))?$/.exec(line) ?? []
    if (indent === undefined) continue
    const { name, isSkipped } = pointOf(rest ?? '')
    const test = open.at(-1)
    const isEnd = test !== undefined && test.indent === indent.length && test.name === name
    if (isEnd) open.pop()
    if (isEnd || isSkipped) ran.push({ file, name, outcome: isSkipped ? 'skipped' : not ? 'failed' : 'passed' })
  }
  return ran
}

/** Where a line of TAP ends and its directive begins; a `#` of the name itself is escaped. */
function pointOf(rest: string): { name: string; isSkipped: boolean } {
  const [, name = '', directive = ''] = /^(.*?)(?: # ((?:SKIP|TODO|time=).*))?$/.exec(rest) ?? []
  return { name: plain(name), isSkipped: /^(SKIP|TODO)/.test(directive) }
}

const plain = (text: string): string => text.trim().replaceAll(/\\([#\\])/g, '$1')

/** What is claimed in the hazard log and, as met, in the requirements; claims that rest on no test are not among them. */
export function claimsOf(root: string): Claim[] {
  const read = (name: string): unknown => parse(readFileSync(join(root, 'docs/safety', name), 'utf8'))
  const { hazards } = HazardLog.parse(read('hazard-log.yaml'))
  const { requirements } = Asvs.parse(read('asvs.yaml'))
  return [
    ...hazards.flatMap(({ id, controls }) =>
      controls.map(({ control, tests }) => ({ what: `${id}: ${control}`, tests })),
    ),
    ...requirements.map(({ id, requirement, tests }) => ({ what: `${id}: ${requirement}`, tests })),
  ].filter(({ tests }) => tests.length > 0)
}

// test/papers.test.ts holds the files to their whole shape.
const Tests = z.array(z.string()).default([])
const HazardLog = z.object({
  hazards: z.array(z.object({ id: z.string(), controls: z.array(z.object({ control: z.string(), tests: Tests })) })),
})
const Asvs = z.object({ requirements: z.array(z.object({ id: z.string(), requirement: z.string(), tests: Tests })) })

/** What is claimed and was not shown, in words; empty when everything was. */
export function unshown(claims: readonly Claim[], ran: readonly Ran[], mayBeSkipped = MAY_BE_SKIPPED): string[] {
  const byFile = Map.groupBy(ran, ({ file }) => file)
  const outcomes = new Map<string, ReturnType<typeof outcomeOf>>()
  const outcome = (test: string) => {
    const found = outcomes.get(test) ?? outcomeOf(test, byFile)
    outcomes.set(test, found)
    return found
  }
  return claims.flatMap(({ what, tests }) => {
    const wrong = tests
      .filter((test) => outcome(test) !== 'passed' && !(outcome(test) === 'skipped' && test in mayBeSkipped))
      .map((test) => `${what} – ${test}: ${outcome(test)}`)
    const isShown = tests.some((test) => outcome(test) === 'passed')
    return wrong.length > 0 || isShown ? wrong : [`${what} – all that is named for it was skipped`]
  })
}

/** Passed: each test of that name ran in at least one lane, and failed in none. */
function outcomeOf(test: string, ran: ReadonlyMap<string, readonly Ran[]>): Ran['outcome'] | 'not run' {
  const [file = '', ...name] = test.split(' > ')
  const pattern = patternOf(name.join(' > '))
  const found = (ran.get(file) ?? []).filter((each) => pattern.test(each.name))
  if (found.length === 0) return 'not run'
  if (found.some((each) => each.outcome === 'failed')) return 'failed'
  const lanes = Map.groupBy(found, (each) => each.name)
  return [...lanes.values()].every((of) => of.some((each) => each.outcome === 'passed')) ? 'passed' : 'skipped'
}

/** The name as a file says it: by itself, over a surface, as a row with its number, or put together from a table. */
function patternOf(name: string): RegExp {
  const told = name
    .split(/\$\{[^}]*\}/)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+')
  return new RegExp(`^(?:\\d+, .+: )?${told}(?: \\((?:REST|GraphQL)\\))?$`, 's')
}
