// How children are known again: what is proposed, what is certain, what never is, and that whatever is proposed is also found.
import fc from 'fast-check'
import t from 'tap'
import { placeOf } from '../src/engine/matching/address.ts'
import { birthRelation, matchOf, type Shared } from '../src/engine/matching/match.ts'
import { nameRelation, plainName } from '../src/engine/matching/names.ts'
import { ReferralContent } from '../src/features/referrals/model.ts'
import { childKeys, householdKeys, traitsOf } from '../src/features/referrals/traits.ts'
import { child, referral } from './support/referrals.ts'

interface Known {
  readonly given?: string | undefined
  readonly family?: string | undefined
  readonly born?: string | undefined
  readonly address?: string | undefined
  readonly sex?: 'F' | 'M' | 'U' | undefined
}

function contentOf({ given, family, born, address, sex }: Known) {
  const name = given === undefined ? {} : { name: { given, ...(family === undefined ? {} : { family }) } }
  const { dateOfBirth: _, ...bare } = child([])
  const whole = { ...bare, ...name, ...(born ? { dateOfBirth: born } : {}), ...(sex ? { sex } : {}) }
  return ReferralContent.parse(referral([whole], address ? { household: { address } } : {}))
}

const known = (one: Known) => {
  const content = contentOf(one)
  return traitsOf(content, content.children[0]!)
}
const NONE: Shared = { trusted: false, other: false }
const TRUSTED: Shared = { trusted: true, other: false }
const OTHER: Shared = { trusted: false, other: true }
const matched = (a: Known, b: Known, shared = NONE) => matchOf(known(a), known(b), shared)

const LEO: Known = { given: 'Leo', family: 'Ashdown', born: '2017-04-09', address: '12 Mill Lane, Northmoor NM1 2AB' }

t.test('pairs that are proposed, or not', async (t) => {
  const table: [string, Known, Known, 'proposed' | 'none'][] = [
    ['all the same', LEO, LEO, 'proposed'],
    ['written otherwise', LEO, { ...LEO, given: 'LÉO', family: 'Ash-down', address: undefined }, 'proposed'],
    ['names and birth, nothing else', { ...LEO, address: undefined }, LEO, 'proposed'],
    [
      'sounds alike',
      { ...LEO, given: 'Catherine', family: 'Smith' },
      { ...LEO, given: 'Kathryn', family: 'Smyth' },
      'proposed',
    ],
    ['given and family name swapped', LEO, { ...LEO, given: 'Ashdown', family: 'Leo' }, 'proposed'],
    ['a second given name left out', { ...LEO, given: 'Leo James' }, { ...LEO, address: undefined }, 'proposed'],
    ['another family name', LEO, { ...LEO, family: 'Burrows' }, 'proposed'],
    ['day and month swapped', { ...LEO, address: undefined }, { ...LEO, born: '2017-09-04' }, 'proposed'],
    ['one digit off', { ...LEO, address: undefined }, { ...LEO, born: '2011-04-09' }, 'proposed'],
    ['no date of birth, the same address', { ...LEO, born: undefined }, LEO, 'proposed'],
    ['no name, the same birth and address', { ...LEO, given: undefined, family: undefined }, LEO, 'proposed'],
    ['twins', LEO, { ...LEO, given: 'Max' }, 'none'],
    ['twins of opposite sex', { ...LEO, sex: 'M' }, { ...LEO, given: 'Mia', sex: 'F' }, 'none'],
    ['twins whose second names are the same', { ...LEO, given: 'Leo James' }, { ...LEO, given: 'Max James' }, 'none'],
    ['siblings', LEO, { ...LEO, given: 'Ava', born: '2019-01-30' }, 'none'],
    ['father and son of one name', LEO, { ...LEO, born: '1989-11-23' }, 'none'],
    ['one name, nothing else', { given: 'Leo', family: 'Ashdown' }, { given: 'Leo', family: 'Ashdown' }, 'none'],
    ['one birthday, nothing else', { born: '2017-04-09' }, { born: '2017-04-09' }, 'none'],
    ['nothing known', {}, {}, 'none'],
  ]
  for (const [name, a, b, standing] of table) t.equal(matched(a, b).standing, standing, name)
})

t.test('an identifier is certain, unless name and date of birth both contradict it', async (t) => {
  const stranger: Known = { given: 'Priya', family: 'Nair', born: '2009-12-01' }
  t.equal(matched(LEO, LEO, TRUSTED).standing, 'certain')
  t.equal(matched({}, {}, TRUSTED).standing, 'certain', 'nothing else is known')
  t.equal(matched(LEO, { ...LEO, given: 'Bear' }, TRUSTED).standing, 'certain', 'the name alone contradicts')
  t.equal(matched(LEO, { ...LEO, born: '2009-12-01' }, TRUSTED).standing, 'certain', 'the birth alone contradicts')
  t.equal(matched(LEO, stranger, TRUSTED).standing, 'conflict')
  t.equal(
    matched(LEO, { ...LEO, given: 'Ava', born: '2017-12-30' }, TRUSTED).standing,
    'conflict',
    'a sibling’s number',
  )
  t.equal(matched(LEO, LEO, OTHER).standing, 'certain')
  t.equal(matched(LEO, { ...LEO, given: 'Bear' }, OTHER).standing, 'proposed', 'any other kind joins only unopposed')
  t.equal(matched(LEO, stranger, OTHER).standing, 'none')
})

t.test('a match says in words what speaks for it and against it', async (t) => {
  const { score, parts } = matched({ ...LEO, sex: 'M' }, { ...LEO, family: 'Ashdowne', born: '2017-09-04', sex: 'F' })
  t.strictSame(
    parts.map(({ what, points }) => [what, points]),
    [
      ['given_name', 20],
      ['family_name', 12],
      ['date_of_birth', 28],
      ['address', 20],
      ['sex', -10],
    ],
  )
  t.equal(score, 70)
  for (const { text } of parts) t.match(text, /^[A-Z].*\.$/)
})

t.test('names are compared without case, accents and signs, in any form of Unicode', async (t) => {
  const table = [
    ['Zoë', 'zoe'],
    ['Zoe\u0308', 'zoe'],
    ['O’Brien', 'obrien'],
    ["D'Arcy", 'darcy'],
    ['Łukasz', 'lukasz'],
    ['Straße', 'strasse'],
    ['Mary-Jane  Watson', 'mary jane watson'],
    ['İpek', 'ipek'],
    ['عائشہ', 'عايشہ'],
    ['Иван', 'иван'],
    ['李', '李'],
    ['👩‍👧', ''],
  ]
  for (const [name = '', plain] of table) t.equal(plainName(name), plain, name)
  const names = fc.string({ unit: 'grapheme', maxLength: 20 })
  fc.assert(
    fc.property(names, (name) => {
      t.equal(plainName(name.normalize('NFC')), plainName(name.normalize('NFD')))
      t.equal(plainName(plainName(name)), plainName(name), 'plain is plain')
    }),
    { numRuns: 300 },
  )
})

t.test('addresses are told apart by postcode and numbers', async (t) => {
  const home = (address: string) => placeOf(address).dwelling
  t.equal(home('12 Mill Lane, Northmoor, NM1 2AB'), 'NM12AB 12')
  t.equal(home('12 mill ln nm12ab'), 'NM12AB 12')
  t.not(home('Flat 3, 12 Mill Lane NM1 2AB'), home('Flat 4, 12 Mill Lane NM1 2AB'))
  t.equal(home('Rose Cottage NM1 2AB'), home('ROSE COTTAGE, NM1 2AB'))
  t.equal(home('12 Mill Lane Northmoor'), home('12, Mill Lane, Northmoor'))
  for (const vague of ['', 'Northmoor', 'no fixed abode', 'NM1 2AB']) t.equal(home(vague), null, vague)
  t.equal(placeOf('NM1 2AB').postcode, 'NM12AB')
})

t.test('dates of birth: the same, mistyped, or other ones', async (t) => {
  const table = [
    ['2017-04-09', '2017-04-09', 'equal'],
    ['2017-04-09', '2017-09-04', 'day_and_month_swapped'],
    ['2017-04-09', '2017-04-08', 'one_digit_off'],
    ['2017-04-09', '2007-04-09', 'one_digit_off'],
    ['2017-04-09', '2017-11-25', 'same_year'],
    ['2017-04-09', '2015-11-25', 'differs'],
    ['2017-04-09', null, 'unknown'],
  ] as const
  for (const [a, b, relation] of table) {
    t.equal(birthRelation(a, b), relation)
    t.equal(birthRelation(b, a), relation, 'either way')
  }
})

// Few values, so that pairs often meet in something.
const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const anyone: fc.Arbitrary<Known> = fc.record({
  given: some(
    'Leo',
    'Léo',
    'Leo James',
    'Ashdown',
    'Max',
    'Catherine',
    'Kathryn',
    'Mohammed',
    'Muhammad',
    'Иван',
    '李',
    'X',
  ),
  family: some('Ashdown', 'Ash-Down', 'Leo', 'Smith', 'Smyth', 'Smith-Jones', 'O’Neill', 'ONeil', 'Kathryn', '李'),
  born: some('2017-04-09', '2017-09-04', '2011-04-09', '2017-04-19', '2017-12-30', '2009-12-01'),
  address: some(
    '12 Mill Lane NM1 2AB',
    '12 Mill Ln, NM1 2AB',
    '14 Mill Lane NM1 2AB',
    '12 Mill Lane Northmoor',
    'NM9 9ZZ',
  ),
  sex: some('F', 'M', 'U'),
})
const shared = fc.record({ trusted: fc.boolean(), other: fc.boolean() })

t.test('laws of matching', async (t) => {
  fc.assert(
    fc.property(anyone, anyone, shared, (a, b, both) => {
      const one = matched(a, b, both)
      t.strictSame(matched(b, a, both), one, 'the same whichever comes first')
      t.ok(one.score >= 0 && one.score <= 100)
      t.ok(matched(a, b, TRUSTED).score >= matched(a, b, NONE).score, 'a common identifier never speaks against it')
      if (!both.trusted && !both.other) t.notMatch(one.standing, /certain|conflict/, 'nothing else is certain')
    }),
    { numRuns: 400 },
  )
})

t.test('whoever is proposed is found: the two have a key in common', async (t) => {
  let proposed = 0
  fc.assert(
    fc.property(anyone, anyone, (a, b) => {
      if (matched(a, b).standing !== 'proposed') return
      proposed++
      const keys = new Set(childKeys(known(a)))
      t.ok(
        childKeys(known(b)).some((key) => keys.has(key)),
        JSON.stringify([a, b]),
      )
    }),
    { numRuns: 4000 },
  )
  t.ok(proposed > 5, `${proposed} pairs`)
})

t.test('twins are never proposed, whatever their names, birth and address', async (t) => {
  fc.assert(
    fc.property(anyone, anyone, (a, b) => {
      const [one, other] = [known(a), known({ ...a, given: b.given })]
      if (!one.given || !other.given || nameRelation(one.given, other.given) !== 'differs') return
      // What is swapped with the family name is another matter.
      if (one.family && [one, other].some(({ given }) => given && nameRelation(given, one.family!) !== 'differs'))
        return
      t.equal(matchOf(one, other, NONE).standing, 'none')
    }),
    { numRuns: 400 },
  )
})

t.test('a household is known by its home, and by people with name and date of birth', async (t) => {
  const content = ReferralContent.parse(
    referral([child([], { name: { given: 'Leo', family: 'Ashdown' } })], {
      household: {
        address: '12 Mill Lane NM1 2AB',
        members: [
          { name: 'Jane Ashdown', relationship: 'mother', dateOfBirth: '1990-01-02' },
          { name: 'Granny', relationship: 'grandmother', dateOfBirth: '1950-01-02' },
          { name: 'Tom Ashdown', relationship: 'uncle' },
        ],
      },
    }),
  )
  const keys = householdKeys(content)
  t.ok(keys.includes('home:NM12AB 12'))
  t.ok(
    keys.some((key) => key.startsWith('person:2018-05-04:')),
    'the child',
  )
  t.ok(
    keys.some((key) => key.startsWith('person:1990-01-02:')),
    'the mother',
  )
  t.notOk(
    keys.some((key) => key.includes('1950')),
    'one name is too little',
  )
})
