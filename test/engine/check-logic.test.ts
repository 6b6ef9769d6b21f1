/** What the check claims of conditions is so: tried on random policies, conditions and children. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Condition } from '../../src/engine/conditions/shape.ts'
import { type Policy, recompile } from '../../src/engine/index.ts'
import { ageSet, agesIn } from '../../src/engine/policy/age-set.ts'
import { ageInWords } from '../../src/engine/policy/check-ages.ts'
import { implies, waysOf } from '../../src/engine/policy/check-logic.ts'
import { type Ground, groundOf } from '../../src/engine/policy/ground.ts'
import { protectedCode, protectedIn } from '../../src/engine/policy/protected-words.ts'
import { levelRanks } from '../../src/engine/policy/shape.ts'
import { similar, tokensOf } from '../../src/engine/policy/similar.ts'
import { read } from '../../src/engine/scoring/state.ts'
import { anyPolicy } from '../support/arbitraries.ts'
import { condition, type Vocabulary } from './arbitrary/conditions.ts'
import { type Draw, drawn } from './arbitrary/draw.ts'
import { anySnapshot } from './arbitrary/snapshot.ts'

function wordsOf({ document }: Policy): Vocabulary {
  return {
    levels: document.levels.map(({ code }) => code),
    domains: document.domains.map(({ code }) => code),
    measures: document.measures.map(({ name }) => name),
    risks: document.indicators.filter(({ kind }) => kind === 'risk').map(({ code }) => code),
    facts: document.facts.map(({ code }) => code),
    assessments: [],
    matrices: [],
  }
}

function groundFor({ document, pack }: Policy): Ground {
  const nothing = (): void => {}
  // As the check has it: the columns of matrices have ranks as well.
  const levelRank = levelRanks(document)
  return groundOf({ policy: document, pack, levelRank, error: nothing, warn: nothing, known: nothing })
}

/** A condition near another: most random ones have nothing to do with each other. */
function near(draw: Draw, one: Condition, other: Condition): Condition {
  return draw.pick<Condition>([
    { all: [other, one] },
    { any: [one, other] },
    { all: [one, { all: [one] }] },
    { atLeast: { n: 1, of: [other, one] } },
    other,
  ])
}

t.test('an impossible condition never holds, and what follows from another holds whenever that does', async (t) => {
  const met = { impossible: 0, implied: 0, held: 0 }
  const property = fc.property(
    anyPolicy(),
    drawn((draw) => draw),
    (base, draw) => {
      const ground = groundFor(base)
      const words = wordsOf(base)
      const [one, two] = [condition(draw, words), condition(draw, words)]
      const conditions = [one, two, near(draw, one, two), near(draw, two, one)]
      const rule = { then: { review: 'Look.' }, because: 'b', citation: { section: '1' } }
      const rules = conditions.map((when, i) => ({ id: `T${i}`, when, ...rule }))
      const policy = recompile({ ...base.document, rules }, base.pack)
      const ways = conditions.map((when) => waysOf(when, ground))
      const claims = conditions.flatMap((_, a) =>
        conditions.flatMap((other, b) => (a !== b && implies(ways[a]!, other, ground) ? [[a, b] as const] : [])),
      )
      met.impossible += ways.filter((list) => list?.length === 0).length
      met.implied += claims.length
      for (let i = 0; i < 25; i++) {
        const snapshot = anySnapshot(draw, policy)
        for (const child of snapshot.children) {
          const { state } = read(policy, snapshot, child)
          const values = policy.rules.map(({ test }) => test(state))
          for (const [i, list] of ways.entries())
            assert.ok(list?.length !== 0 || values[i] !== 2, `holds: ${JSON.stringify(conditions[i])}`)
          for (const [a, b] of claims) {
            if (values[a] !== 2) continue
            met.held++
            assert.equal(values[b], 2, `${JSON.stringify(conditions[a])} without ${JSON.stringify(conditions[b])}`)
          }
        }
      }
    },
  )
  const details = fc.check(property, { numRuns: Number(process.env['LOGIC_RUNS'] ?? 60), endOnFailure: true })
  if (details.failed) t.fail(`seed ${details.seed}: ${(details.errorInstance as Error).message}`)
  t.ok(met.impossible > 0 && met.implied > 0 && met.held > 0, JSON.stringify(met))
})

t.test('ages are sets of completed months, with one place for the unborn', async (t) => {
  const rows: [Parameters<typeof ageSet>[0], number[]][] = [
    [{ unborn: true }, [-1]],
    [{ toMonths: 2 }, [0, 1, 2]],
    [{ unborn: true, toMonths: 0 }, [-1, 0]],
    [{ fromMonths: 299 }, [299, 300]],
    [{ fromMonths: 5, toMonths: 4 }, []],
  ]
  for (const [range, ages] of rows) t.same(agesIn(ageSet(range)), ages, JSON.stringify(range))
  t.equal(agesIn(ageSet(undefined)).length, 302)
  t.equal(agesIn(ageSet({ unborn: false })).length, 301)
})

t.test('an age in words is read where there is one and it is plain', async (t) => {
  const rows: [string, number | null][] = [
    ['A child under five is left alone.', 59],
    ['Sexual activity of a child under 13.', 155],
    ['A baby under six months.', 5],
    ['Younger than the age of two.', 23],
    ['Attendance under 90 per cent.', null],
    ['Under two hours of sleep.', null],
    ['A child under five and one under ten.', null],
    ['Under pressure from friends.', null],
    ['Aged sixteen.', null],
  ]
  for (const [text, months] of rows) t.equal(ageInWords(text), months, text)
})

t.test('a protected characteristic is told from harm that is done because of one', async (t) => {
  const asked: [string, string][] = [
    ['Is the family religious?', 'religion or belief'],
    ['What is the ethnicity of the child?', 'ethnicity'],
    ['A Roma family on an unlawful site.', 'ethnicity'],
    ['The parents have no leave to remain.', 'immigration status'],
    ['A gay young person.', 'sexual orientation'],
    ['Is the child transgender?', 'gender reassignment'],
    ['The sex of the child.', 'sex'],
    ['The child is a girl.', 'sex'],
    ['The mother is not married.', 'marriage'],
    ['The mother speaks little English.', 'language'],
    ['Bullied at school. The family is Muslim.', 'religion or belief'],
  ]
  for (const [text, name] of asked) t.equal(protectedIn(text), name, text)
  for (const text of [
    'Female genital mutilation is planned for a girl of the family.',
    'Abuse in the name of honour, or a forced marriage of a child who is a girl.',
    'An unaccompanied asylum-seeking child.',
    'Racist bullying because of skin colour or religion.',
    'Young people exploring their sexuality are abused by adults online.',
    'Has been thrown out of home for being gay.',
    'Trafficked into the country without a visa.',
    'Accused of witchcraft or spirit possession by a religious leader.',
    'Delayed speech and language.',
    'Sexual abuse, sexual exploitation or sexualised behaviour.',
    'The school transferred the child during a transition.',
    'Black eye; a white powder was found.',
    'Parents act in good faith.',
  ])
    t.equal(protectedIn(text), null, text)
  for (const code of ['ethnicity', 'child-religion', 'home_language', 'sex', 'mother.nationality', 'is-male'])
    t.not(protectedCode(code), null, code)
  for (const code of ['SEX-04', 'sexual-abuse', 'on-protection-plan', 'in_care', 'discharge_due', 'transfer', 'asking'])
    t.equal(protectedCode(code), null, code)
})

t.test('near-duplicates share their words; what turns a statement round makes another', async (t) => {
  const same = (one: string, other: string, isNear = true): boolean => similar(tokensOf(one), tokensOf(other), isNear)
  const dirty = 'Often comes to school dirty and badly dressed for the weather.'
  t.ok(same(dirty, 'Comes to school often dirty, and is badly dressed for weather.', false), 'other order')
  t.ok(same(dirty, 'Often comes to school dirty and badly dressed for cold weather.'))
  t.notOk(same(dirty, 'Often comes to school dirty and badly dressed for cold weather.', false), 'elsewhere')
  t.notOk(same(dirty, 'Never comes to school dirty and badly dressed for the weather.'), 'turned round')
  t.notOk(same('Attendance is below 90 per cent over a term.', 'Attendance is below 50 per cent over a term.'))
  t.notOk(same('The father drinks most days of the week.', 'The mother drinks most days of the week.'))
})
