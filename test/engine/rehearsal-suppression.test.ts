import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { DIMENSIONS } from '../../src/engine/rehearsal/groups.ts'
import { LEAST_SHOWN, suppressed } from '../../src/engine/rehearsal/suppress.ts'
import { anyChildren, type Moved, shownFigures, talliedOf, trueFigures, workedOut } from './rehearsal-support.ts'

const RUNS = Number(process.env['SUPPRESSION_RUNS'] ?? 150)
const check = (most: number, law: (children: Moved[]) => void): void =>
  fc.assert(fc.property(anyChildren(most), law), { numRuns: RUNS })

t.test('no figure from one to four is shown, and whatever is shown is true', async (t) => {
  check(400, (children) => {
    const truth = trueFigures(children)
    const shown = suppressed(talliedOf(children))
    const seen = shownFigures(shown)
    for (const [name, figure] of seen) {
      if (figure === null) continue
      assert.equal(figure, truth.get(name), name)
      assert.ok(figure >= LEAST_SHOWN, `${name}: ${figure}`)
    }
    for (const [name, figure] of truth) {
      const [, , by, group] = name.split(' ')
      const isLeftOut = shown.children === null || (group !== undefined && seen.get(`${by} ${group}`) === null)
      assert.ok(isLeftOut || seen.has(name), `${name} is ${figure} and looks like nought`)
    }
  })
  t.pass(`${RUNS} populations`)
})

t.test('no hidden figure can be worked out from what is shown by adding and subtracting', async (t) => {
  let hidden = 0
  check(250, (children) => {
    const truth = trueFigures(children)
    const shown = suppressed(talliedOf(children))
    const small = workedOut(children, shown).filter((name) => (truth.get(name) ?? 0) > 0)
    assert.deepEqual(small, [])
    hidden += [...shownFigures(shown).values()].filter((figure) => figure === null).length
  })
  t.ok(hidden > RUNS, `${hidden} hidden figures in ${RUNS} populations`)
})

t.test('the reader who adds and subtracts finds what plain suppression leaves open', async (t) => {
  const child = (level: [string, string], ethnicity: string): Moved => ({
    level,
    response: ['s17', 's17'],
    groups: { source: ['2A'], age_band: ['5_to_9'], category: ['other'], ethnicity: [ethnicity], disability: ['AUT'] },
  })
  const children = [
    ...Array.from({ length: 20 }, () => child(['L2', 'L2'], 'WBRI')),
    ...Array.from({ length: 20 }, () => child(['L2', 'L2'], 'APKN')),
    ...Array.from({ length: 6 }, () => child(['L2', 'L1'], 'WBRI')),
    ...Array.from({ length: 2 }, () => child(['L2', 'L1'], 'APKN')),
  ]
  const shown = suppressed(talliedOf(children))
  t.strictSame(workedOut(children, shown), [])
  const { level } = shown.tables
  const plainly = {
    ...shown,
    tables: {
      ...shown.tables,
      level: {
        ...level,
        groups: level.groups.map((group) => ({
          ...group,
          cells: group.cells.map((cell) => {
            const number = trueFigures(children).get(`level ${cell.from}>${cell.to} ${group.by} ${group.group}`) ?? 0
            return { ...cell, children: number < LEAST_SHOWN ? null : number }
          }),
        })),
      },
    },
  }
  t.strictSame(workedOut(children, plainly), ['level L2>L1 ethnicity APKN'], '8 in all, 6 of them WBRI: 2')
})

t.test('fewer than five children in all: nothing is listed', async (t) => {
  for (const most of [1, 2, 3, 4]) {
    const [children] = fc.sample(anyChildren(most), { numRuns: 20, seed: most }).filter(({ length }) => length > 0)
    const shown = suppressed(talliedOf(children!))
    t.strictSame(shown, {
      children: null,
      tables: { level: { whole: [], groups: [] }, response: { whole: [], groups: [] } },
    })
  }
  t.equal(suppressed(new Map()).children, 0, 'none at all is no secret')
})

t.test('where nothing is small nothing is hidden', async (t) => {
  const children = fc.sample(anyChildren(40), { numRuns: 10, seed: 7 }).flatMap((some) => Array(5).fill(some).flat())
  const shown = suppressed(talliedOf(children as Moved[]))
  t.notOk([...shownFigures(shown).values()].includes(null))
  t.equal(
    shown.tables.level.groups.length,
    new Set(shown.tables.level.groups.map(({ by, group }) => `${by} ${group}`)).size,
  )
  t.ok(DIMENSIONS.every((by) => shown.tables.response.groups.some((group) => group.by === by)))
})
