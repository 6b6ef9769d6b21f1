import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { DIMENSIONS, MANY_VALUED } from '../../src/engine/rehearsal/groups.ts'
import { FAMILIES, merge, plain, type Tally } from '../../src/engine/rehearsal/tally.ts'
import { anyChildren, talliedOf, trueFigures } from './rehearsal-support.ts'

t.test('counts in parts, in any order, come to the count of all at once', async (t) => {
  fc.assert(
    fc.property(anyChildren(200), fc.array(fc.nat(200), { maxLength: 6 }), (children, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, children.length)).sort((a, b) => a - b), children.length]
      const parts = at.slice(1).map((end, i) => plain(talliedOf(children.slice(at[i], end))))
      const whole: Tally = new Map()
      for (const part of parts.reverse()) merge(whole, JSON.parse(JSON.stringify(part)))
      assert.deepEqual(plain(whole), plain(talliedOf(children)))
    }),
    { numRuns: 100 },
  )
  t.pass('100 populations')
})

t.test('rows, columns and groups come to the numbers of children that are in them', async (t) => {
  fc.assert(
    fc.property(anyChildren(200), (children) => {
      const counts = plain(talliedOf(children))
      const sum = (test: (parts: string[]) => boolean): number =>
        Object.entries(counts).reduce((total, [key, number]) => total + (test(key.split('|')) ? number : 0), 0)
      for (const family of FAMILIES) {
        for (const [side, states] of [0, 1].map((i) => [i, new Set(children.map((c) => c[family][i]!))] as const)) {
          for (const state of states) {
            const expected = children.filter((c) => c[family][side] === state).length
            assert.equal(
              sum((p) => p.length === 3 && p[0] === family && p[1 + side] === state),
              expected,
            )
          }
        }
        for (const by of DIMENSIONS) {
          const all = sum((p) => p.length === 5 && p[0] === family && p[3] === by)
          if (!MANY_VALUED.includes(by)) assert.equal(all, children.length)
          assert.equal(
            all,
            sum((p) => p[0] === 'size' && p[1] === by),
            'each movement of a group is of its children',
          )
        }
      }
      const named = [...trueFigures(children).values()].reduce((total, number) => total + number, 0)
      assert.equal(
        sum((p) => p[0] !== 'children'),
        named,
        'and nothing else is counted',
      )
    }),
    { numRuns: 100 },
  )
  t.pass('100 populations')
})
