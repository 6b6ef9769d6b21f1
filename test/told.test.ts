import t from 'tap'
import { teller } from '../scripts/told.ts'

/** As tap prints it. */
const PRINTED = `TAP version 14
1..2
# Subtest: test/good.test.ts
    # Subtest: it holds
        ok 1 - fine
        ok 2 - later # SKIP told in the long form
        1..2
    ok 1 - it holds # time=5.06ms

    1..1
    # time=14.404ms
ok 1 - test/good.test.ts # time=14.404ms

# Subtest: test/bad.test.ts
    # Subtest: it does not hold
        not ok 1 - is one
          ---
          diff: |
            -2
            +1
            ok 1 - this is of the description
          ...
        ok 2 - fine
        1..2
    FUZZ_SEED=1
    not ok 1 - it does not hold # time=9ms
not ok 2 - test/bad.test.ts # time=15ms
# { total: 4, pass: 2, fail: 1, skip: 1 }`

const TOLD = `        ok 2 - later # SKIP told in the long form
ok test/good.test.ts # time=14.404ms
        not ok 1 - is one
          ---
          diff: |
            -2
            +1
            ok 1 - this is of the description
          ...
    FUZZ_SEED=1
    not ok 1 - it does not hold # time=9ms
not ok 2 - test/bad.test.ts # time=15ms
# { total: 4, pass: 2, fail: 1, skip: 1 }`

t.test('of a run its files, failures, skips and words are told, and no assertion that held', async (t) => {
  const tell = teller()
  const told = PRINTED.split('\n').flatMap((line) => tell(line) ?? [])
  t.same(told, TOLD.split('\n'))
})
