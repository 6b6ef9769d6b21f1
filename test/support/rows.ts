/**
 * The bad inputs and races, by number. A test file tells its rows with `rowsOf`, which fails when one of them has no case;
 * `test/rows.test.ts` fails when a number is in no file. What is answered otherwise than written stands in rows-otherwise.ts.
 */
import type { TAP, Test } from 'tap'
import { DEVIATIONS } from './rows-otherwise.ts'
import { type Tally, tally } from './tally.ts'

/** What a text of a policy can be: told of the engine that reads it, and of both surfaces that are sent it. */
const POLICY_TEXTS = {
  53: 'a bomb of aliases',
  54: 'anchors, aliases and merge keys',
  55: 'a key given twice',
  56: 'tags',
  57: 'words and numbers that YAML reads otherwise',
  58: 'nesting without end',
  59: 'several documents, tabs, marks, line ends, size',
  60: 'nothing where a value belongs',
  61: '__proto__ as a key',
  62: 'references to nothing',
  63: 'rules that lead nowhere',
} as const

/** Which rows a file tells. */
export const FILES = {
  'test/http/rows-json.test.ts': {
    1: '__proto__ as a key',
    2: 'constructor and prototype as keys',
    3: 'a key given twice',
    8: 'nesting beyond 32',
    12: 'a compressed body',
    13: 'a body of another type',
    14: 'another charset',
    15: 'bytes that are not UTF-8',
    16: 'a byte order mark',
    17: 'a root that is no object',
    18: 'what is nearly JSON',
  },
  'test/http/rows-requests.test.ts': {
    4: 'an unknown or misspelt property',
    5: 'a flag that is none',
    6: 'one thing where a list belongs',
    7: 'an integer that is none',
    19: 'too many items, keys, or too long a key',
    22: 'addresses that are none',
    23: 'parameters of a page that cannot be',
    26: 'forged headers of a proxy',
    29: 'strings made to be slow to match',
  },
  'test/http/rows-socket.test.ts': {
    9: 'a body beyond the limit',
    10: 'a chunked body without end',
    11: 'a request that comes too slowly',
    20: 'requests made to be read in two ways',
    21: 'a head beyond the limit',
    24: 'a method that there is not',
    25: 'keys and trace ids that are none',
    27: 'a caller that hangs up after the commit',
    28: 'more connections than are served',
  },
  'test/http/rows-text.test.ts': {
    30: 'NUL',
    31: 'half a surrogate pair',
    32: 'control characters',
    33: 'invisible and direction-changing characters',
    34: 'composed and decomposed letters',
    35: 'letters that look alike',
    36: 'names of many scripts',
    37: 'lengths',
    38: 'markup and formulas',
    39: 'payloads for other languages',
    40: 'words that mean nothing elsewhere',
    41: 'line ends for the log',
  },
  'test/http/rows-dates.test.ts': {
    42: 'integers beyond 2^53',
    43: 'numbers beyond all, and nearly nothing',
    44: 'other spellings of an integer',
    45: 'days that do not exist',
    46: 'words and other spellings for a day',
    47: 'a birth in the future',
    48: 'an adult',
    49: 'an unknown age',
    50: 'instants that are none',
    51: 'ages at the edges of a day',
    52: 'times that the caller claims',
  },
  'test/graphql/rows.test.ts': {
    66: 'many aliases',
    67: 'depth',
    68: 'a batch',
    69: 'other methods and types',
    70: 'introspection and suggestions in production',
    71: 'documents made to be dear',
    72: 'variables that do not fit',
    73: 'what belongs to another authority',
    74: 'two mutations in one request',
  },
  'test/engine/policy-rows.test.ts': POLICY_TEXTS,
  'test/features/policy-text-rows.test.ts': POLICY_TEXTS,
  'test/features/policy-rows.test.ts': {
    64: 'approvals that do not hold',
    65: 'days on which it cannot take effect',
  },
  'test/access/rows.test.ts': {
    75: 'tokens that are none',
    76: 'an id of another authority',
    77: 'what the referrer may not read',
    78: 'a decision without the qualification',
    79: 'a write by an auditor',
    80: 'content for an administrator',
  },
  'test/access/rows-records.test.ts': {
    81: 'the record of one’s own family',
    82: 'a restricted record',
    83: 'a role taken away',
    84: 'properties that are the service’s own',
    85: 'looking for much',
    86: 'a webhook that leads inside',
  },
  'test/kernel/races.test.ts': {
    87: 'fifty equal requests at once',
    88: 'the same key with another body',
    89: 'the same key of another account or authority',
    90: 'no key',
    91: 'two people deciding at once',
    92: 'a decision on what is no longer so',
    93: 'one child from two agencies in the same second',
    94: 'a policy published before the decision',
    95: 'a repeat after 400 days',
    96: 'a reply lost after the commit',
  },
} as const

/** Says of one thing that was tried whether it came out as it should. */
export type Tell = (isSo: boolean, what: string) => void

/** Tells what was answered as written; what is answered otherwise, for a reason that is written down, is told by `otherwise`. */
export interface Tried extends Tell {
  readonly otherwise: Tell
}

export interface Rows {
  /** One or more cases of a row. */
  row(number: number, claim: string, run: (tried: Tried, t: Test) => Promise<unknown>): void
  /** At the end of the file: each of its rows has had a case, and the numbers are told. */
  end(): void
}

/** The rows of a file. */
export function rowsOf(t: TAP, file: keyof typeof FILES, name: Tally = 'bad_inputs'): Rows {
  const titles: Readonly<Record<string, string>> = FILES[file]
  const missing = new Set(Object.keys(titles).map(Number))
  const sum = { held: 0, of: 0, excepted: 0 }
  const expected = [...missing].filter((number) => number in DEVIATIONS && !isElsewhere(number, file))
  const deviating = new Set<number>()
  return {
    row(number, claim, run) {
      const title = titles[number]
      if (title === undefined) throw new Error(`${file} has no row ${number}`)
      t.test(`${number}, ${title}: ${claim}`, async (t) => {
        const before = sum.of
        const count = (as: 'held' | 'excepted'): Tell => {
          return (isSo, what) => {
            sum.of++
            if (isSo) sum[as]++
            t.ok(isSo, what)
          }
        }
        const otherwise: Tell = (isSo, what) => {
          if (!(number in DEVIATIONS)) throw new Error(`row ${number} has no reason in rows-otherwise.ts`)
          deviating.add(number)
          count('excepted')(isSo, `${what}, otherwise than written`)
        }
        await run(Object.assign(count('held'), { otherwise }), t)
        if (t.ok(sum.of > before, 'something was tried')) missing.delete(number)
      })
    },
    end() {
      t.test('every row of this file has a case', async (t) => {
        t.strictSame([...missing], [])
        t.strictSame(
          [...deviating].sort((a, b) => a - b),
          expected,
          'and what is answered otherwise has one of that',
        )
        tally(t, name, sum)
      })
    },
  }
}

/** Rows that two files tell deviate in the one that comes last. */
function isElsewhere(number: number, file: string): boolean {
  const tellers = Object.entries(FILES).filter(([, rows]) => number in rows)
  return tellers.at(-1)?.[0] !== file
}
