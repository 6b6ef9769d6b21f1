/**
 * Broken policy files: whatever is done to one, the check answers with problems and never falls over; and what it lets
 * pass, the engine scores. FUZZ_RUNS and FUZZ_SEED set how many files are broken, and which.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { type Compiled, canonical, recompile, score } from '../../src/engine/index.ts'
import { POLICIES_ROOT, policyFiles } from '../../src/features/policies/files.ts'
import { calendar, compileTexts, PACK, SMALL, type Texts } from '../support/policies.ts'
import { brokenText, brokenTree } from './arbitrary/broken.ts'
import { cutDown } from './arbitrary/cut-down.ts'
import { type Draw, drawFrom } from './arbitrary/draw.ts'
import { repaired } from './arbitrary/repair.ts'
import { anySnapshot } from './arbitrary/snapshot.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 200)
const SEED = process.env['FUZZ_SEED']

const OVERLAY = `format: threshold.policy/1
document:
  id: borough
  title: Borough part
  authority: Borough
  version: "2"
  owner: Tests
  approved: 2026-01-01
  effective: 2026-01-01
  reviewDue: 2027-01-01
  changeReason: Local.
  statutory: test-pack@1
  extends: test-policy@1.10
remove: { rules: [K2], questions: [Q3] }
indicators:
  - { code: R2, kind: risk, level: N, domains: [PA], text: Hungry for days., citation: { section: "9" } }
  - { code: R9, kind: risk, level: E, domains: [EN], text: Out late., citation: { section: "9" } }
routing:
  - { level: E, responses: [EARLY], because: Ours., citation: { section: "9" } }
`

const PACK_TEXT = readFileSync(join(POLICIES_ROOT, 'statutory/working-together-2023.yaml'), 'utf8')
/** The shipped policies that stand by themselves, whole and cut down to a few dozen lines each. */
const whole: Texts[] = policyFiles()
  .map((file) => readFileSync(file, 'utf8'))
  .filter((text) => !/^ {2}extends:/m.test(text))
  .map((policy) => ({ policy, pack: PACK_TEXT }))
const cut: Texts[] = whole.map(({ policy = '' }) => ({
  policy: stringify(mended(cutDown(policy))),
  pack: PACK_TEXT,
}))
const small: Texts[] = [
  { policy: SMALL, pack: PACK },
  { policy: OVERLAY, base: SMALL, pack: PACK },
]

/** A rule may count what was cut away; it goes as well. */
function mended(document: Record<string, unknown>): Record<string, unknown> {
  return repaired(document, compileTexts({ policy: JSON.stringify(document), pack: PACK_TEXT }).problems)
}

const trees = new Map<string, unknown>()

function parsed(text: string): unknown {
  const tree = trees.get(text) ?? parse(text)
  trees.set(text, tree)
  return tree
}

function broken(draw: Draw): Texts {
  // A whole one takes a hundred times as long as a small one, and seldom shows more.
  const size = draw.upTo(99)
  const texts = draw.pick(size === 99 ? whole : size >= 80 ? cut : small)
  const which = draw.chance(10) ? 'pack' : texts.base !== undefined && draw.chance(30) ? 'base' : 'policy'
  const text = texts[which] ?? ''
  return { ...texts, [which]: draw.chance(40) ? brokenText(draw, text) : brokenTree(draw, parsed(text)) }
}

function assertProblems({ problems, policy }: Compiled): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  assert.equal(policy === undefined, errors.length > 0, 'a policy and errors, or neither')
  for (const { code, message, line, column, file, pointer } of problems) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/)
    assert.match(message, /\S/)
    assert.match(pointer, /^(\/[^/]*)*$/)
    assert.ok(line >= 1 && column >= 1 && /\.yaml$/.test(file), `${file}:${line}:${column}`)
  }
}

/** What passes is scored; stored and read again it is the same policy and gives the same bytes. */
function assertScores(draw: Draw, policy: NonNullable<Compiled['policy']>): void {
  const stored = (value: unknown): unknown => JSON.parse(canonical(value))
  const again = recompile(stored(policy.document), stored(policy.pack))
  assert.equal(again.hash, policy.hash)
  for (let i = 0; i < 4; i++) {
    const snapshot = anySnapshot(draw, policy)
    assert.equal(canonical(score(again, snapshot, calendar)), canonical(score(policy, snapshot, calendar)))
  }
}

t.test('the policies that are broken here are whole before', async (t) => {
  for (const texts of [...small, ...cut])
    t.same(
      compileTexts(texts).problems.filter(({ severity }) => severity === 'error'),
      [],
    )
})

t.test('no broken policy file ends the check, and none that passes is refused by the engine', async (t) => {
  t.setTimeout(RUNS > 1000 ? 0 : 110_000)
  let passed = 0
  const codes = new Set<string>()
  const property = fc.property(fc.gen(), (gen) => {
    const draw = drawFrom(gen)
    const compiled = compileTexts(broken(draw))
    assertProblems(compiled)
    for (const { code } of compiled.problems) codes.add(code)
    if (!compiled.policy) return
    passed++
    assertScores(draw, compiled.policy)
  })
  const details = fc.check(property, {
    numRuns: RUNS,
    endOnFailure: true,
    ...(SEED !== undefined && { seed: Number(SEED) }),
  })
  if (details.failed) t.fail(`seed ${details.seed}: ${(details.errorInstance as Error).stack}`)
  t.ok(passed > RUNS / 50 && passed < RUNS, `${passed} of ${RUNS} passed the check`)
  t.comment(`${details.numRuns} broken files, ${passed} of them passed and were scored, ${codes.size} codes met`)
})
