/** Codes to positions: every code of the policy is found at its place, and nothing else is found. */
import fc from 'fast-check'
import t from 'tap'
import { dictionaryOf } from '../../src/engine/policy/dictionary.ts'

const code = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/)

t.test('it agrees with looking through the list, for any codes and any question', async (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(code, { maxLength: 300 }), fc.array(fc.oneof(code, fc.string())), (codes, asked) => {
      const { indexOf } = dictionaryOf(codes)
      for (const one of [...codes, ...asked, '', '__proto__']) if (indexOf(one) !== codes.indexOf(one)) return false
      return true
    }),
    { numRuns: 60 },
  )
  t.pass()
})

t.test('codes that differ only where nobody looks are told apart all the same', async (t) => {
  const codes = Array.from({ length: 2000 }, (_, i) => `A-${String(i).padStart(4, '0')}-same`)
  const { indexOf } = dictionaryOf(codes)
  t.same(
    codes.map(indexOf),
    codes.map((_, i) => i),
  )
  t.equal(indexOf('A-2000-same'), -1)
  t.equal(dictionaryOf([]).indexOf('A'), -1)
})
