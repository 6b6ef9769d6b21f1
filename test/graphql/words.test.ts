// What is wrong with a document is said without anything that stands in it: no value, no text, no name but those of our schema.
import t from 'tap'
import { OPEN_GRAPHQL } from '../../src/graphql/listed.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const closed = await openWorld(t, { graphql: { ...OPEN_GRAPHQL, showsSchema: false } })
const la = await world.authority()
const closedLa = await closed.authority()

const PAGE = '{ pageInfo { endCursor } }'
/** As it could stand in a narrative, and as a name can be spelt. */
const CANARY = /Zoe|Quillfeather|9997775553/
const RECEIVE = (input: string) => `mutation { receiveReferral(input: ${input}) { referral { id } } }`

const VALUES: Readonly<Record<string, string>> = {
  'a text for a number': `{ referrals(first: "Zoe Quillfeather") ${PAGE} }`,
  'a number too large for one': `{ referrals(first: 9997775553) ${PAGE} }`,
  'a block text for a number': `{ referrals(first: """\nZoe\nQuillfeather\n""") ${PAGE} }`,
  'an object for a number': `{ referrals(first: { given: "Zoe Quillfeather" }) ${PAGE} }`,
  'a text for an object': RECEIVE('"Zoe Quillfeather"'),
  'a list for an object': RECEIVE('["Zoe Quillfeather", 9997775553]'),
  'a text for a flag': RECEIVE('{ immediateDanger: "Zoe Quillfeather" }'),
  'a number for a text': RECEIVE('{ reason: 9997775553 }'),
  'a text with a question inside': RECEIVE(
    '{ immediateDanger: "Did you mean \\"Zoe\\"? Did you mean \\"Quillfeather\\"?" }',
  ),
  'a text like a complaint': RECEIVE('{ immediateDanger: "; Field \\"Zoe\\" is not defined by type \\"Me\\"." }'),
  'a word that is none of a list': `{ decisions(state: ZoeQuillfeather) ${PAGE} }`,
  'a text for a word of a list': `{ decisions(state: "Zoe Quillfeather") ${PAGE} }`,
  'a variable with a usual value': `query($n: Int = "Zoe Quillfeather") { referrals(first: $n) ${PAGE} }`,
  'a directive of text': `{ me @include(if: "Zoe Quillfeather") { roles } }`,
}

const NAMES: Readonly<Record<string, string>> = {
  'a field': '{ me { Zoe } }',
  'a field at the root': '{ Zoe { id } }',
  'an argument': `{ referrals(Zoe: 1) ${PAGE} }`,
  'a property': RECEIVE('{ Zoe: "Quillfeather" }'),
  'a property twice': RECEIVE('{ Zoe: 1, Zoe: 2 }'),
  'a directive': '{ me @Zoe { roles } }',
  'a type': 'query($n: Zoe) { me { roles } }',
  'a fragment that there is not': '{ me { ...Zoe } }',
  'a fragment of itself by another':
    '{ me { ...Zoe } } fragment Zoe on Me { ...Quillfeather } fragment Quillfeather on Me { ...Zoe }',
  'a fragment that nobody uses': '{ me { roles } } fragment Zoe on Me { roles }',
  'a variable that nobody uses': 'query Quillfeather($Zoe: Int) { me { roles } }',
  'a variable that nobody declared': `query Quillfeather { referrals(first: $Zoe) ${PAGE} }`,
  'a variable of another type': `query($Zoe: String) { referrals(first: $Zoe) ${PAGE} }`,
  'two operations of one name': 'query Zoe { me { roles } } query Zoe { me { roles } }',
  'two fields under one name': '{ me { Zoe: roles Zoe: displayName } }',
  'too deep': `query Zoe { __schema { types { fields { type { ${'ofType { '.repeat(15)} name ${'} '.repeat(15)} } } } } }`,
}

const TEXTS: Readonly<Record<string, string>> = {
  words: 'Zoe Quillfeather',
  'a text where a name belongs': '{ me { "Zoe Quillfeather" } }',
  'a number where a name belongs': '{ me { 9997775553 } }',
  'a text that does not end': `{ referrals(agency: "Zoe Quillfeather) ${PAGE} }`,
  'a number that is none': `{ referrals(first: 09997775553Zoe) ${PAGE} }`,
  'an escape that is none': `{ referrals(agency: "\\uZoe1") ${PAGE} }`,
  'a text about tokens': '{ me { "Zoe more than 3 tokens" } }',
  'a type defined': 'type Zoe { Quillfeather: Int }',
  JSON: '{"kind":"Zoe Quillfeather"}',
}

for (const [kind, documents] of Object.entries({ value: VALUES, name: NAMES, text: TEXTS })) {
  t.test(`no ${kind} that stands in a document is repeated, in the answer or in the log`, async (t) => {
    for (const [name, document] of Object.entries(documents))
      for (const [over, where] of [
        [la, 'open'],
        [closedLa, 'closed'],
      ] as const)
        for (const time of ['first', 'second']) {
          const { status, body, text } = await over.graphql('referrer', document)
          t.equal(status, 400, `${name}, ${where}, ${time} time`)
          const said = body.errors.map(({ message }: { message: string }) => message).join('\n')
          t.match(said, /^([A-Z].*[.?]\n?)+$/, `${name}, ${where}, ${time} time: it is said what is wrong`)
          t.notMatch(text, CANARY, `${name}, ${where}, ${time} time: nothing is repeated`)
        }
    await new Promise((resolve) => setTimeout(resolve, 50))
    t.match(world.log(), /"route":"\/graphql"/, 'the log is being watched')
    for (const one of [world, closed]) t.notMatch(one.log(), CANARY, 'nor in the log')
  })
}

t.test('no name of a variable or an operation that is sent is repeated', async (t) => {
  const document = `query A($Zoe: Int!) { referrals(first: $Zoe) ${PAGE} }`
  for (const value of ['Quillfeather', 9997775553, { Zoe: 1 }, null, undefined])
    t.notMatch((await la.graphql('screener', document, { Zoe: value })).text, CANARY)
  const headers = { authorization: `Bearer ${la.accounts.screener.token}` }
  const payload = { query: 'query A { me { roles } }', operationName: 'Zoe Quillfeather' }
  const { statusCode, body } = await world.app.inject({ method: 'POST', url: '/graphql', headers, payload })
  t.equal(statusCode, 400)
  t.notMatch(body, CANARY)
})

t.test('it is said where the fault is, and which of our types and fields it is about', async (t) => {
  const told: [string, object][] = [
    [
      `{\n  referrals(first: "1") ${PAGE} }`,
      { message: 'A value of type "Int" is expected.', locations: [{ line: 2, column: 20 }] },
    ],
    ['{ me { Zoe } }', { message: 'Cannot query field on type "Me".', locations: [{ line: 1, column: 8 }] }],
    ['{ me { displayNam } }', { message: 'Cannot query field on type "Me". Did you mean "displayName"?' }],
    [`{ referrals(Zoe: 1) ${PAGE} }`, { message: 'Unknown argument on field "Query.referrals".' }],
    [`{ decisions(state: Zoe) ${PAGE} }`, { message: 'A value of type "DecisionsState" is expected.' }],
    ['{ me }', { message: 'Field "me" of type "Me" must have a selection of subfields.' }],
    [
      '{ me { Zoe: roles Zoe: displayName } }',
      {
        message: 'Two different fields have one name. Give each an alias of its own.',
        locations: [{ line: 1, column: 8 }, {}],
      },
    ],
    ['{\n  me {\n "Zoe" } }', { message: 'The document is not well-formed GraphQL: line 3, column 2.' }],
    [`{ ${'a '.repeat(4000)} }`, { message: 'At most 3000 tokens in a document.' }],
  ]
  for (const [document, error] of told) t.match((await la.graphql('screener', document)).body.errors[0], error)
  const receive = 'mutation($input: ReferralContentInput!) { receiveReferral(input: $input) { referral { id } } }'
  const { body } = await la.graphql('referrer', receive, { input: { immediateDanger: 'Zoe' } })
  const messages = body.errors.map(({ message }: { message: string }) => message)
  t.ok(
    messages.includes('A variable does not fit its type. A value of type "Boolean" is expected.'),
    messages.join('\n'),
  )
  t.ok(
    messages.some((message: string) =>
      /^A variable .* Field "reason" of required type "String!" was not provided\.$/.test(message),
    ),
  )
})
