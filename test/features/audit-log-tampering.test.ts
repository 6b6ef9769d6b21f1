// What somebody with the keys to the server does to the log itself.
import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { checkpointText, openCheckpoint } from '../../src/engine/audit/checkpoint.ts'
import { append, EMPTY, leafHash, rootOf } from '../../src/engine/audit/merkle.ts'
import { readVerifierKey, signNote } from '../../src/engine/audit/note.ts'
import { tamper as tamperIn } from '../support/behind.ts'
import { decided, judged, recommended } from '../support/flow.ts'
import { levelThree } from '../support/referrals.ts'
import type { Json } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const LAST = 5
// The database would refuse a hash that is not of the body. Whoever has its keys takes that away first.
await world.sql('alter table audit_entries drop constraint audit_entries_leaf_check')

/** An authority whose log has six entries: accounts, policy, referral, recommendation, judgement, decision. */
async function furnished(): Promise<Authority> {
  const la = await world.authority()
  const [recommendation] = await recommended((...args) => la.call('REST', ...args), levelThree())
  // A screener’s decision waits for a signature: nothing follows it.
  await decided((...args) => la.call('REST', ...args), recommendation, {}, 'screener')
  return la
}

const tamper = (...statements: string[]): Promise<void> => tamperIn(world, ...statements)

async function verified(la: Authority): Promise<{ status: number; body: Json }> {
  const rest = await la.rest('auditor', 'GET', '/v1/audit/verification')
  return { status: rest.status, body: rest.body }
}

/** The last entry gone, and the head of the log as it was before it. */
const SET_BACK = [
  'delete from audit_entries W and position = 5',
  `update audit_heads h set size = 5, frontier = (select substring(subtrees from 33) from audit_entries e
    where e.authority_id = h.authority_id and position = 3) || (select leaf_hash from audit_entries e
    where e.authority_id = h.authority_id and position = 4) W`,
]
const REMOVED = ['delete from audit_entries W', 'delete from audit_heads W']

/** Statements against one authority; `W` stands for its rows. Then where the first fault must be. All of it is signed before. */
const CHANGES: readonly [name: string, statements: readonly string[], position: number][] = [
  [
    'a body is edited (T1)',
    [
      `update audit_entries set body = convert_to(replace(convert_from(body, 'UTF8'), '"sequence":1', '"sequence":2'), 'UTF8')
        W and position = 5`,
    ],
    5,
  ],
  ['one byte is added (T1)', [`update audit_entries set body = body || '\\x20' W and position = 2`], 2],
  [
    'the event beside the body is edited (T2)',
    [`update audit_entries set event = 'decision.recorded' W and position = 1`],
    1,
  ],
  ['the actor beside the body is edited (T2)', ['update audit_entries set actor_id = null W and position = 2'], 2],
  [
    'the time beside the body is edited (T2)',
    [`update audit_entries set recorded_at = recorded_at + interval '1 hour' W and position = 1`],
    1,
  ],
  ['the hash is edited (T1)', [`update audit_entries set leaf_hash = '\\x00' W and position = 1`], 1],
  ['a subtree is edited (T1)', [`update audit_entries set subtrees = sha256('') W and position = 1`], 1],
  ['the tree of the head is edited (T1)', [`update audit_heads set frontier = frontier || sha256('') W`], 6],
  ['an entry is removed (T3)', ['delete from audit_entries W and position = 1'], 1],
  ['the first entry is removed (T3)', ['delete from audit_entries W and position = 0'], 0],
  [
    'an entry is removed and the others moved up (T3)',
    [
      'delete from audit_entries W and position = 1',
      'update audit_entries set position = position - 1 W and position > 1',
    ],
    1,
  ],
  [
    'an entry is put in and the others moved down (T4)',
    [
      'update audit_entries set position = position + 100 W and position > 2',
      `insert into audit_entries select authority_id, 3, recorded_at, actor_id, event, body, leaf_hash, subtrees
        from audit_entries W and position = 2`,
      'update audit_entries set position = position - 99 W and position > 100',
    ],
    3,
  ],
  [
    'two entries are swapped (T5)',
    [
      'update audit_entries set position = 99 W and position = 1',
      'update audit_entries set position = 1 W and position = 2',
      'update audit_entries set position = 2 W and position = 99',
    ],
    1,
  ],
  ['the tail is cut (T6)', ['delete from audit_entries W and position >= 2'], 2],
  ['the tail is cut and the head set back (T7)', SET_BACK, 5],
  ['the head is removed (T6)', ['delete from audit_heads W'], 6],
  ['the head is set forward (T6)', ['update audit_heads set size = 9 W'], 6],
  ['the whole log is removed (T7)', REMOVED, 0],
]

async function tampered(statements: readonly string[]): Promise<Json> {
  const la = await furnished()
  await world.sign(la.id)
  if (!(await verified(la)).body.isIntact) throw new Error('the log is not intact to begin with')
  await tamper(...statements.map((statement) => statement.replace(/\bW\b/, `where authority_id = '${la.id}'`)))
  const { status, body } = await verified(la)
  return { status, ...body }
}

/** T1 to T7 on the database, with its protections off (T12). */
let detected = 0

for (const [name, statements, position] of CHANGES) {
  t.test(`the verification finds it when ${name}`, async (t) => {
    const { status, isIntact, faults } = await tampered(statements)
    t.match({ status, isIntact }, { status: 200, isIntact: false })
    t.equal(faults[0].position, position, JSON.stringify(faults))
    if (!isIntact && faults[0].position === position) detected++
  })
}

t.test('each of them is found, and the first bad entry named', async (t) => {
  t.equal(detected, CHANGES.length)
  tally(t, 'mutations', { held: detected, of: CHANGES.length })
})

// Not counted: no entry is left by which to say where it begins. The signer and whoever holds a checkpoint know.
t.test('with the checkpoints gone as well, rows that nothing vouches for tell of it', async (t) => {
  for (const statements of [SET_BACK, REMOVED]) {
    const { isIntact, faults } = await tampered([...statements, 'delete from audit_checkpoints W'])
    t.match({ isIntact, fault: faults[0] }, { isIntact: false, fault: { position: null, table: /./ } })
  }
})

/** The protections of a table taken away for an edit, and put back so that nothing is seen of it. */
async function withoutTriggers(table: string, statement: string): Promise<void> {
  await world.sql(`alter table ${table} disable trigger user`)
  await world.sql(statement)
  await world.sql(`alter table ${table} enable trigger user`)
}

t.test('an edit is found whichever way the triggers were silenced (T11, T12)', async (t) => {
  const edits = (la: Authority) =>
    [
      [
        'audit_entries',
        `update audit_entries set body = body || '\\x20' where authority_id = '${la.id}' and position = 4`,
        4,
      ],
      ['decisions', `update decisions set rationale = 'Something else' where authority_id = '${la.id}'`, LAST],
    ] as const
  const means = [withoutTriggers, (_: string, statement: string) => tamper(statement)]
  let held = 0
  for (const [i, silenced] of means.entries())
    for (const at of [0, 1]) {
      const la = await furnished()
      const [table, statement, position] = edits(la)[at] ?? ['', '', 0]
      await t.rejects(world.sql(statement), { code: '23001' }, `${table}: refused before`)
      await silenced(table, statement)
      await t.rejects(world.sql(statement), { code: '23001' }, `${table}: and after`)
      if (t.match((await verified(la)).body, { isIntact: false, faults: [{ position }] }, `${table}, T${11 + i}`))
        held++
    }
  tally(t, 'mutations', { held, of: 4 })
})

t.test('an entry copied from another authority’s log is found (T14)', async (t) => {
  const [la, other] = [await furnished(), await furnished()]
  await tamper(`update audit_entries mine
    set body = theirs.body, leaf_hash = theirs.leaf_hash
    from audit_entries theirs where mine.authority_id = '${la.id}' and mine.position = 0
    and theirs.authority_id = '${other.id}' and theirs.position = 0`)
  const isFound = t.match((await verified(la)).body, { isIntact: false, faults: [{ position: 0 }] })
  tally(t, 'mutations', { held: isFound ? 1 : 0, of: 1 })
})

t.test('an entry rewritten together with its hash is reported, whatever stands in it', async (t) => {
  for (const body of ['not JSON', '{}', 'null', '{"schema":"threshold.audit/1"}']) {
    const la = await furnished()
    const hash = leafHash(Buffer.from(body)).toString('hex')
    await tamper(
      `update audit_entries set body = convert_to('${body}', 'UTF8'), leaf_hash = '\\x${hash}'
        where authority_id = '${la.id}' and position = ${LAST}`,
      `update audit_heads set frontier = substring(frontier for 32) || '\\x${hash}' where authority_id = '${la.id}'`,
    )
    const { status, body: found } = await verified(la)
    t.match({ status, isIntact: found.isIntact }, { status: 200, isIntact: false }, body)
  }
})

/** The log as it would be had its last entry been made an hour earlier: entry, tree and head agree with each other. */
async function rewritten(la: Authority): Promise<{ size: number; root: Buffer }> {
  const hex = (bytes: Uint8Array) => `'\\x${Buffer.from(bytes).toString('hex')}'`
  const rows = await world.sql(
    `select position, body, leaf_hash from audit_entries where authority_id = '${la.id}' order by position`,
  )
  const entries = rows as { position: number; body: Uint8Array; leaf_hash: Uint8Array }[]
  const last = entries.at(-1)
  const text = Buffer.from(last?.body ?? '').toString('utf8')
  const [, at = ''] = /"at":"([^"]+)"/.exec(text) ?? []
  const earlier = new Date(Date.parse(at) - 3_600_000).toISOString()
  const body = Buffer.from(text.replace(at, earlier), 'utf8')
  const before = entries
    .slice(0, -1)
    .reduce((tree, { leaf_hash }) => append(tree, Buffer.from(leaf_hash)).frontier, EMPTY)
  const { frontier, completed } = append(before, leafHash(body))
  await tamper(
    `update audit_entries set recorded_at = '${earlier}', body = ${hex(body)}, leaf_hash = ${hex(leafHash(body))},
      subtrees = ${hex(Buffer.concat(completed))} where authority_id = '${la.id}' and position = ${last?.position}`,
    `update audit_heads set frontier = ${hex(Buffer.concat(frontier.hashes))} where authority_id = '${la.id}'`,
  )
  return { size: frontier.size, root: rootOf(frontier) }
}

t.test('a log rewritten from end to end, with a checkpoint that somebody else signed, is found (T8)', async (t) => {
  const la = await furnished()
  await world.sign(la.id)
  const [checkpoint] = await world.sql(
    `select note from audit_checkpoints where authority_id = '${la.id}' and log = 'decisions'`,
  )
  const note = String(checkpoint?.['note'])
  const origin = note.split('\n')[0] ?? ''
  const key = readVerifierKey((await world.signing.signer?.verifierKeys(origin))?.[0] ?? '')
  t.equal(openCheckpoint(note, key).size, 6, 'what was signed is signed by the signer')
  const tree = await rewritten(la)
  const unsigned = await verified(la)
  const isFound = t.match(unsigned.body, {
    isIntact: false,
    faults: [{ position: 0, fault: /not those that were signed/ }],
  })

  const stranger = generateKeyPairSync('ed25519').privateKey
  const forged = signNote(checkpointText({ origin, ...tree }), key.name, stranger)
  await tamper(
    `update audit_checkpoints set note = '${forged}', root = '\\x${tree.root.toString('hex')}'
      where authority_id = '${la.id}' and log = 'decisions'`,
  )
  const { body } = await verified(la)
  const fault = { position: 0, fault: /is not what was signed: / }
  const isForgeryFound = t.match(body, { isIntact: false, signed: 0, faults: [fault] })
  t.equal(body.faults.length, 1, 'nothing but the signature tells')
  tally(t, 'mutations', { held: [isFound, isForgeryFound].filter(Boolean).length, of: 2 })
})

t.test('the service goes on working, and the log stays as broken as it is', async (t) => {
  const la = await furnished()
  await tamper(`update audit_entries set body = body || '\\x20' where authority_id = '${la.id}' and position = 1`)
  await recommended((...args) => la.call('REST', ...args), levelThree())
  t.match((await verified(la)).body, { isIntact: false, faults: [{ position: 1 }] })
})

t.test('a recommendation that is not the recorded one is not shown, and not decided on', async (t) => {
  const la = await world.authority()
  const [recommendation] = await recommended((...args) => la.call('REST', ...args), levelThree())
  await tamper(`update recommendations set content = replace(content, 'L3', 'L1') where id = '${recommendation.id}'`)
  const params = { recommendationId: recommendation.id }
  for (const surface of ['REST', 'GraphQL'] as const) {
    const refusal = { status: 500, code: 'integrity_violation', data: null }
    t.match(await la.call(surface, 'system', 'recommendation', { params }), refusal)
    const body = { level: 'L1', response: 'universal-services', rationale: 'As shown.' }
    await judged((...args) => la.call('REST', ...args), 'supervisor', recommendation)
    t.match(await la.call(surface, 'supervisor', 'recordDecision', { params, body }), refusal)
  }
  const { status } = await la.rest('screener', 'GET', `/v1/recommendations/${recommendation.id}/replay`)
  t.equal(status, 200)
})

// The last: it takes from this database what keeps the positions apart.
t.test('a position that is taken twice is found (T15)', async (t) => {
  const la = await furnished()
  await world.sql('alter table audit_entries drop constraint audit_entries_pkey cascade')
  await tamper(`insert into audit_entries select * from audit_entries where authority_id = '${la.id}' and position = 3`)
  const isFound = t.match((await verified(la)).body, {
    isIntact: false,
    faults: [{ position: 4, fault: /the next is 3/ }],
  })
  tally(t, 'mutations', { held: isFound ? 1 : 0, of: 1 })
})
