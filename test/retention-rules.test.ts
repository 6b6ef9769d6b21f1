// The day on which a referral is due, for random rules and dates, against the plainest way of finding it.
import fc from 'fast-check'
import t from 'tap'
import { COUNTED_FROM, RETENTION_CLASSES } from '../src/db/tables/retention.ts'
import { COMMON_SCALE, RESPONSE_TYPES } from '../src/engine/vocabulary.ts'
import { classOf, dueOf, type Kept, type Rule, yearsAfter } from '../src/features/retention/rules.ts'

const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const rule: fc.Arbitrary<Rule> = fc.record({
  ...{ id: fc.uuid(), code: fc.constantFrom('a', 'b', 'c'), class: fc.constantFrom(...RETENTION_CLASSES) },
  ...{ years: fc.integer({ min: 1, max: 150 }), countedFrom: fc.constantFrom(...COUNTED_FROM) },
  legalBasis: fc.constant('Some Act.'),
})
const kept: fc.Arbitrary<Kept> = fc.record({
  children: fc.array(
    fc.record({
      birth: fc.option(day, { freq: 5 }),
      classes: fc.subarray([...RETENTION_CLASSES], { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  lastDecisionOn: day,
  lastContactOn: day,
})

t.test('what is due is due on the latest day of all rules that apply to any child, and not before', async (t) => {
  let due = 0
  fc.assert(
    fc.property(kept, fc.array(rule, { maxLength: 12 }), (facts, rules) => {
      const found = dueOf(facts, rules)
      const days: (string | null)[] = facts.children.flatMap(({ birth, classes }) =>
        classes.flatMap((one) => {
          const own = rules.filter((rule) => rule.class === one)
          if (own.length === 0) return [null]
          return own.map(({ countedFrom, years }) => {
            if (countedFrom === 'birth') return birth && yearsAfter(birth, years)
            return yearsAfter(countedFrom === 'last_decision' ? facts.lastDecisionOn : facts.lastContactOn, years)
          })
        }),
      )
      if (days.includes(null)) return found === null
      due++
      const latest = [...days].sort().at(-1)
      if (!found) return false
      return (
        found.dueOn === latest && rules.includes(found.rule) && yearsAfter(found.countedOn, found.rule.years) === latest
      )
    }),
    { numRuns: 3000 },
  )
  t.ok(due > 100, `${due} of 3000 were due on some day`)
})

t.test('one more rule never makes it due earlier', async (t) => {
  fc.assert(
    fc.property(kept, fc.array(rule, { minLength: 1, maxLength: 12 }), rule, (facts, rules, more) => {
      const [before, after] = [dueOf(facts, rules), dueOf(facts, [...rules, more])]
      return before === null || after === null || after.dueOn >= before.dueOn
    }),
  )
  t.pass('of 100')
})

t.test('years are counted to the same day, and from 29 February to 1 March where there is none', async (t) => {
  for (const [from, years, to] of [
    ['2012-02-29', 18, '2030-03-01'],
    ['2012-02-29', 20, '2032-02-29'],
    ['2000-02-29', 100, '2100-03-01'],
    ['2026-11-24', 6, '2032-11-24'],
  ] as const)
    t.equal(yearsAfter(from, years), to)
})

t.test('the class is the more serious of level and response; what is not known counts as the most', async (t) => {
  t.equal(classOf('universal', 'strategy_discussion'), 'child_protection')
  t.equal(classOf('child_in_need', 'information_advice'), 'child_in_need')
  t.equal(classOf('early_help', 'early_help_assessment'), 'early_help')
  t.equal(classOf(undefined, 'early_help_assessment'), 'child_protection')
  t.equal(classOf('universal', undefined), 'child_protection')
  const order: readonly string[] = RETENTION_CLASSES
  for (const [i, band] of COMMON_SCALE.entries())
    for (const type of RESPONSE_TYPES) t.ok(order.indexOf(classOf(band, type)) >= i, `${band} ${type}`)
})
