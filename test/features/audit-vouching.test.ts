// What the log does not vouch for is not shown: a row that was edited in the database fails closed over both surfaces (T13).
import t from 'tap'
import { eq } from '../../src/db/drizzle.ts'
import { decisions } from '../../src/db/tables/decisions.ts'
import { leafHash } from '../../src/engine/audit/merkle.ts'
import { canonical, sha256 } from '../../src/engine/hash.ts'
import { rowContent } from '../../src/kernel/record.ts'
import { tamper } from '../support/behind.ts'
import { completed, decided, recommended } from '../support/flow.ts'
import { levelThree, low } from '../support/referrals.ts'
import { type Answer, type Call, type Json, onBoth, type Surface, surfacesOf } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
// The database would refuse a hash that is not of the body. Whoever has its keys takes that away first.
await world.sql('alter table audit_entries drop constraint audit_entries_leaf_check')

type Claimed = Authority & { readonly on: Call; readonly surface: Surface }

/** A decision with everything that one can have: an own judgement, a second one, a signature and its completion. */
async function furnished({ on }: Claimed): Promise<Json> {
  const [recommendation] = await recommended(on, low())
  const decision = await completed(on, recommendation, {}, 'screener')
  if (!decision.secondJudgementId || !decision.signOff) throw new Error('the decision lacks what is to be edited')
  return decision
}

/** A decision that nobody has looked at again, nor signed. */
async function unsigned({ on }: Claimed): Promise<Json> {
  const [recommendation] = await recommended(on, low())
  return await decided(on, recommendation, {}, 'screener')
}

/** A decision that another one took the place of. */
async function superseded({ on }: Claimed): Promise<Json> {
  const [recommendation] = await recommended(on, levelThree())
  const first = await decided(on, recommendation, {}, 'screener')
  await decided(on, recommendation, { supersedes: first.id }, 'screener')
  return (await on('auditor', 'decision', { params: { decisionId: first.id } })).data
}

/** Where what is edited is shown: `Referral.decisions` is of GraphQL alone. */
const READERS = ['decision', 'decisions', 'nothingSecured', 'subjectAccess', 'Referral.decisions'] as const
type Reader = (typeof READERS)[number]
const readersOn = (surface: Surface): readonly Reader[] =>
  READERS.filter((reader) => surface === 'GraphQL' || !reader.includes('.'))

/** Each by somebody who may read it, and has no part in it. */
async function read(la: Claimed, reader: Reader, { id, referralId, child }: Json): Promise<Answer> {
  if (reader === 'Referral.decisions') return await overField(la, referralId)
  const params = {
    decision: { decisionId: id },
    decisions: { referral: referralId },
    nothingSecured: { days: 0 },
    subjectAccess: { referralId, child },
  }[reader]
  return await la.on('auditor', reader, { params })
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
  readonly statements: (decision: Json) => readonly string[]
  readonly made: (la: Claimed) => Promise<Json>
  /** Who does not show what was edited, and goes on reading. */
  readonly spares: readonly Reader[]
}

const edit = (what: string, ...statements: ((decision: Json) => string)[]): Edit => ({
  ...{ what, made: furnished, spares: [] },
  statements: (decision) => statements.map((statement) => statement(decision)),
})
const sparing = (one: Edit, ...spares: Reader[]): Edit => ({ ...one, spares })
/** The payload of a record, as the log keeps it, and the entry that vouches for it. */
const payloadOf = (table: string, id: string) => `where table_name = '${table}' and record_id = '${id}'`
const entryOf = (id: string) =>
  `where (authority_id, position) in (select authority_id, position from audit_payloads ${payloadOf('decisions', id)})`
const MADE_UP = '01a20cff-7d00-7440-aa83-9ad529b9a63a'

/** What is done behind the log’s back to what a decision is shown from, or to what the log keeps of it. */
const EDITS: readonly Edit[] = [
  edit('the decision', ({ id }) => `update decisions set rationale = 'Something else' where id = '${id}'`),
  edit('who decided', ({ id }) => `update decisions set decided_by_name = 'Somebody else' where id = '${id}'`),
  sparing(
    edit(
      'the second judgement',
      ({ secondJudgementId }) => `update judgements set reasons = 'Something else' where id = '${secondJudgementId}'`,
    ),
    'nothingSecured',
  ),
  sparing(
    edit(
      'the own judgement',
      ({ referralId }) => `update judgements set level = 'L4' where referral_id = '${referralId}' and purpose = 'own'`,
    ),
    'nothingSecured',
  ),
  sparing(
    edit('the signature', ({ id }) => `update sign_offs set notes = 'Something else' where decision_id = '${id}'`),
    'nothingSecured',
  ),
  sparing(
    edit(
      'what was recommended',
      ({ recommendationId }) => `update recommendations set level = 'L4' where id = '${recommendationId}'`,
    ),
    'nothingSecured',
  ),
  edit('who referred', ({ referralId }) => `update referrals set agency = 'Somebody else' where id = '${referralId}'`),
  sparing(
    edit(
      'when it was complete',
      ({ id }) =>
        `update decision_completions set completed_at = completed_at - interval '20 days' where decision_id = '${id}'`,
    ),
    'subjectAccess',
  ),
  {
    ...edit(
      'whether it is complete',
      ({ id }) => `insert into decision_completions
        select authority_id, '${MADE_UP.slice(0, 24)}${id.slice(-12)}', id, decided_by, decided_at, 0
        from decisions where id = '${id}'`,
    ),
    made: unsigned,
    spares: ['subjectAccess'],
  },
  {
    ...edit(
      'what took its place',
      ({ supersededBy }) =>
        `update decisions set decided_at = decided_at - interval '1 hour' where id = '${supersededBy}'`,
    ),
    made: superseded,
    spares: ['nothingSecured'],
  },
  edit(
    'what the log keeps of the decision',
    ({ id }) =>
      `update audit_payloads set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) ${payloadOf('decisions', id)}`,
  ),
  edit(
    'the decision, and took away what the log keeps of it',
    ({ id }) => `update decisions set rationale = 'Something else' where id = '${id}'`,
    ({ id }) => `delete from audit_payloads ${payloadOf('decisions', id)}`,
  ),
  edit('the entry', ({ id }) => `update audit_entries set body = body || '\\x20' ${entryOf(id)}`),
  edit(
    'the entry, together with its hash',
    ({ id }) => `update audit_entries
      set body = convert_to(regexp_replace(convert_from(body, 'UTF8'), '"commitment":"....', '"commitment":"0000'), 'UTF8')
      ${entryOf(id)}`,
    ({ id }) => `update audit_entries set leaf_hash = sha256('\\x00' || body) ${entryOf(id)}`,
  ),
]

const held: boolean[] = []
const claim = (what: string) => `nothing of a decision is shown once somebody edited ${what}`

for (const { what, statements, made, spares } of EDITS)
  onBoth(t, world, claim(what), async (t, la) => {
    const decision = await made(la)
    for (const reader of readersOn(la.surface)) {
      const { status, data } = await read(la, reader, decision)
      t.equal(status, 200, `${reader} before`)
      // It is no matter of help before it is complete, or once it does not stand.
      const isListed = reader !== 'nothingSecured' || decision.state === 'complete'
      t.equal(JSON.stringify(data).includes(decision.id), isListed, `${reader} has it before`)
    }
    await tamper(world, ...statements(decision))
    for (const reader of readersOn(la.surface)) {
      const answer = await read(la, reader, decision)
      if (spares.includes(reader)) t.equal(answer.status, 200, `${reader} shows nothing of it`)
      else {
        const isRefused = t.match(answer, { status: 500, code: 'integrity_violation', data: null }, reader)
        held.push(
          isRefused && t.notMatch(answer.text, /rationale|Something else|Somebody else/, `${reader} tells nothing`),
        )
      }
    }
  })

t.test('each of them failed closed, however it was read', async (t) => {
  const of = EDITS.flatMap(({ what, spares }) =>
    surfacesOf(claim(what)).flatMap((surface) => readersOn(surface).filter((reader) => !spares.includes(reader))),
  ).length
  t.equal(held.length, of)
  tally(t, 'mutations', { held: held.filter(Boolean).length, of })
})

/** Has the entry of a decision say what an entry said before the log was a tree: the plain hash of the row, and nothing sealed. */
async function asInChain(decision: Json): Promise<void> {
  const [entry] = await world.sql(`select position, body from audit_entries ${entryOf(decision.id)}`)
  const leaf = JSON.parse(Buffer.from(entry?.['body'] as Uint8Array).toString('utf8'))
  const [row = {}] = await world.database.withTenant(leaf.authority, (tx) =>
    tx.select().from(decisions).where(eq(decisions.id, decision.id)),
  )
  const records = leaf.records.map((ref: Json) =>
    ref.id === decision.id ? { table: ref.table, id: ref.id, hash: sha256(rowContent(row)) } : ref,
  )
  const body = Buffer.from(canonical({ ...leaf, records }), 'utf8')
  await tamper(
    world,
    `update audit_entries set body = '\\x${body.toString('hex')}', leaf_hash = '\\x${leafHash(body).toString('hex')}'
      ${entryOf(decision.id)}`,
    `delete from audit_payloads ${payloadOf('decisions', decision.id)}`,
  )
}

onBoth(
  t,
  world,
  'a decision from before anything was sealed is shown as its hash has it, and not otherwise',
  async (t, la) => {
    const decision = await furnished(la)
    await asInChain(decision)
    for (const reader of readersOn(la.surface)) t.equal((await read(la, reader, decision)).status, 200, reader)
    await tamper(world, `update decisions set rationale = 'Something else' where id = '${decision.id}'`)
    const refusal = { status: 500, code: 'integrity_violation', data: null }
    for (const reader of readersOn(la.surface)) t.match(await read(la, reader, decision), refusal, reader)
  },
)
