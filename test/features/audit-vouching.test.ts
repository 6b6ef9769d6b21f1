// What the log does not vouch for is not shown: a row that was edited in the database fails closed over both surfaces (T13).
import t from 'tap'
import { tamper } from '../support/behind.ts'
import { completed, recommended } from '../support/flow.ts'
import { low } from '../support/referrals.ts'
import { type Answer, type Call, type Json, onBoth, type Surface, surfacesOf } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
// The database would refuse a hash that is not of the body. Whoever has its keys takes that away first.
await world.sql('alter table audit_entries drop constraint audit_entries_leaf_check')

type Claimed = Authority & { readonly on: Call; readonly surface: Surface }

/** A decision with everything that one can have: an own judgement, a second one, a signature and its completion. */
async function furnished({ on }: Pick<Claimed, 'on'>): Promise<Json> {
  const [recommendation] = await recommended(on, low())
  const decision = await completed(on, recommendation, {}, 'screener')
  if (!decision.secondJudgementId || !decision.signOff) throw new Error('the decision lacks what is to be edited')
  return decision
}

/** Every way in which the decision is read, each by somebody who may read it. */
async function readings(la: Claimed, { id, referralId }: Json): Promise<readonly [name: string, answer: Answer][]> {
  return [
    ['decision', await la.on('auditor', 'decision', { params: { decisionId: id } })],
    ['decisions', await la.on('panel', 'decisions')],
    // Fields of other types are of GraphQL alone.
    ...(la.surface === 'GraphQL' ? [['Referral.decisions', await overField(la, referralId)] as const] : []),
  ]
}

async function overField(la: Authority, referralId: string): Promise<Answer> {
  const query = 'query ($id: ID!) { referral(referralId: $id) { id decisions { id rationale } } }'
  const reply = await la.graphql('supervisor', query, { id: referralId })
  const problem = reply.body.errors?.[0]?.extensions
  const code: string | null = problem?.code ?? null
  return {
    ...reply,
    status: problem?.status ?? reply.status,
    code,
    errors: [],
    data: reply.body.data?.referral ?? null,
  }
}

interface Edit {
  readonly what: string
  /** Statements about a decision; `E` stands for the entry that vouches for it. */
  readonly statements: (decision: Json) => readonly string[]
}

const edit = (what: string, ...statements: ((decision: Json) => string)[]): Edit => ({
  what,
  statements: (decision) => statements.map((statement) => statement(decision)),
})
/** The payload of a record, as the log keeps it. */
const payloadOf = (table: string, id: string) => `where table_name = '${table}' and record_id = '${id}'`
const entryOf = (id: string) =>
  `where (authority_id, position) in (select authority_id, position from audit_payloads ${payloadOf('decisions', id)})`

/** What is done behind the log’s back to what a decision is shown from, or to what the log keeps of it. */
const EDITS: readonly Edit[] = [
  edit('the decision', ({ id }) => `update decisions set rationale = 'Something else' where id = '${id}'`),
  edit('who decided', ({ id }) => `update decisions set decided_by_name = 'Somebody else' where id = '${id}'`),
  edit(
    'the second judgement',
    ({ secondJudgementId }) => `update judgements set reasons = 'Something else' where id = '${secondJudgementId}'`,
  ),
  edit('the signature', ({ id }) => `update sign_offs set notes = 'Something else' where decision_id = '${id}'`),
  edit(
    'what the log keeps of the decision',
    ({ id }) =>
      `update audit_payloads set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) ${payloadOf('decisions', id)}`,
  ),
  edit(
    'what the log keeps, together with the decision',
    ({ id }) => `update decisions set rationale = 'Something else' where id = '${id}'`,
    ({ id }) => `delete from audit_payloads ${payloadOf('decisions', id)}`,
  ),
  edit('the entry', ({ id }) => `update audit_entries set body = body || '\\x20' ${entryOf(id)}`),
  edit(
    'the entry, together with its hash',
    ({ id }) =>
      `update audit_entries set body = convert_to(replace(convert_from(body, 'UTF8'), '"commitment":"', '"commitment":"0'), 'UTF8')
        ${entryOf(id)}`,
    ({ id }) => `update audit_entries set leaf_hash = sha256('\\x00' || body) ${entryOf(id)}`,
  ),
]

const held: boolean[] = []
/** How many ways of reading a surface has. */
const READINGS = { REST: 2, GraphQL: 3 }

const claim = (what: string) => `nothing of a decision is shown once somebody edited ${what}`

for (const { what, statements } of EDITS)
  onBoth(t, world, claim(what), async (t, la) => {
    const decision = await furnished(la)
    for (const [name, { status, data }] of await readings(la, decision)) {
      t.equal(status, 200, `${name}: ${status} before`)
      t.match(JSON.stringify(data), decision.id, `${name} has it before`)
    }
    await tamper(world, ...statements(decision))
    for (const [name, answer] of await readings(la, decision)) {
      const isRefused = t.match(answer, { status: 500, code: 'integrity_violation', data: null }, name)
      held.push(isRefused && t.notMatch(answer.text, /rationale|Something else|Somebody else/, `${name} tells nothing`))
    }
  })

t.test('each of them failed closed, however it was read', async (t) => {
  const of = EDITS.flatMap(({ what }) => surfacesOf(claim(what))).reduce((sum, surface) => sum + READINGS[surface], 0)
  t.equal(held.length, of)
  tally(t, 'mutations', { held: held.filter(Boolean).length, of })
})
