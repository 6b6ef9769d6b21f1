import { randomUUID } from 'node:crypto'
import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import type { DatabaseError } from '../../src/db/errors.ts'
import * as tables from '../../src/db/tables/index.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { testDatabase } from '../support/database.ts'
import { escalationRow, stepRow } from './escalation-fixtures.ts'
import * as fixtures from './fixtures.ts'
import * as rehearsed from './rehearsal-fixtures.ts'
import * as sent from './webhook-fixtures.ts'

// Two authorities with the same references, subjects and keys, in one database.

const database = await testDatabase(t)
const ours = await fixtures.plant(database)
const theirs = await fixtures.plant(database)

const draft = { authorityId: ours.authorityId, createdAt: fixtures.AT, createdBy: ours.clerkId }
const retired = {
  authorityId: ours.authorityId,
  retiredFrom: '2026-12-01',
  reason: 'Old.',
  retiredAt: fixtures.AT,
  retiredBy: ours.clerkId,
}
const LOOKS_FIRST = [
  'account_changes',
  'account_records',
  'child_matches',
  'decision_completions',
  'decisions',
  'judgements',
  'referral_link_verdicts',
  'sign_offs',
  'policy_publications',
  'policy_reviews',
  'rehearsal_acceptances',
  'restrictions',
  'break_glass_grants',
  'break_glass_reviews',
  'sharing_decisions',
  'disposal_proposals',
  'disposals',
]
const second = { sequence: 2, supersedes: ours.decisionId }

const { rows: found } = await database.db.execute<{ name: string; insertable: boolean }>(sql`
  select c.relname as name, has_table_privilege('threshold_app', c.oid, 'insert') as insertable
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'authority_id'
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`)

async function seen(tx: Pick<TenantTx, 'execute'>, table: string): Promise<{ own: number; other: number }> {
  const { rows } = await tx.execute<{ own: number; other: number }>(sql`
    select count(*) filter (where authority_id = ${ours.authorityId})::int as own,
      count(*) filter (where authority_id <> ${ours.authorityId})::int as other
    from ${sql.identifier(table)}`)
  return rows[0]!
}

t.test('an authority sees its own rows and nobody else’s, in every table', async (t) => {
  for (const { name } of found) {
    const { own, other } = await database.withTenant(ours.authorityId, (tx) => seen(tx, name))
    t.ok(own > 0 && other === 0, name)
  }
})

t.test('the test above turns red for every table whose protection is taken away', async (t) => {
  for (const { name } of found) {
    const undone = new Error('undone')
    const weakened = database.asOwner(async (tx) => {
      await tx.execute(sql`alter table ${sql.identifier(name)} disable row level security`)
      await tx.execute(sql`select set_config('role', 'threshold_app', true),
        set_config('app.authority', ${ours.authorityId}, true)`)
      t.ok((await seen(tx, name)).other > 0, name)
      throw undone
    })
    await t.rejects(weakened, undone)
  }
})

t.test('without an authority there are no rows and nothing can be written', async (t) => {
  for (const { name } of found) {
    await database.asOwner(async (tx) => {
      await tx.execute(sql`select set_config('role', 'threshold_app', true)`)
      t.same(await seen(tx, name), { own: 0, other: 0 }, name)
    })
  }
  const written = database.asOwner(async (tx) => {
    await tx.execute(sql`select set_config('role', 'threshold_app', true)`)
    await tx.insert(tables.referrals).values(fixtures.referralRow(ours))
  })
  await t.rejects(written, { name: 'DatabaseError', sqlstate: '42501' })
})

t.test('an authority cannot write a row for another, in any table it may write to', async (t) => {
  const copied = found.filter(({ insertable }) => insertable)
  t.ok(copied.length >= 32, `${copied.length} tables`)
  for (const { name } of copied) {
    const table = sql.identifier(name)
    const changed = { authority_id: theirs.authorityId }
    const source = sql`(jsonb_populate_record(null::${table}, to_jsonb(own) || ${changed}))`
    const columns = sql.join((await writtenColumns(name)).map(sql.identifier), sql`, `)
    const written = database.withTenant(ours.authorityId, (tx) =>
      tx.execute(
        sql`insert into ${table} (${columns}) select ${columns} from (select ${source}.* from ${table} own) as theirs`,
      ),
    )
    // The trigger on these looks first, and does not find the account.
    const looksFirst = LOOKS_FIRST.includes(name)
    await t.rejects(written, { name: 'DatabaseError', sqlstate: looksFirst ? '23514' : '42501' }, name)
  }
})

/** The columns that are not computed from others. */
async function writtenColumns(table: string): Promise<string[]> {
  const { rows } = await database.db.execute<{ name: string }>(sql`
    select attname as name from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`)
  return rows.map(({ name }) => name)
}

t.test('an authority cannot move the head of another’s log, nor give away its own', async (t) => {
  const moved = await database.withTenant(ours.authorityId, (tx) =>
    tx.execute(sql`update audit_heads set size = 99 where authority_id = ${theirs.authorityId}`),
  )
  t.equal(moved.rowCount, 0)
  const given = database.withTenant(ours.authorityId, (tx) =>
    tx.execute(sql`update audit_heads set authority_id = ${theirs.authorityId}`),
  )
  await t.rejects(given, { name: 'DatabaseError', sqlstate: '42501' })
})

t.test('a row of another authority cannot be referred to, and looks like one that does not exist', async (t) => {
  const attempts: Record<string, (tx: TenantTx, foreign: fixtures.Planted) => Promise<unknown>> = {
    'the account that received': (tx, { clerkId }) =>
      tx.insert(tables.referrals).values(fixtures.referralRow(ours, { receivedBy: clerkId })),
    'the referral revised': (tx, { referralId }) =>
      tx.insert(tables.referralRevisions).values(fixtures.revisionRow(ours, { referralId })),
    'the child identified': (tx, { referralId }) =>
      tx.insert(tables.childIdentifiers).values(fixtures.identifierRow(ours, { referralId })),
    'the policy applied': (tx, { policyVersionId }) =>
      tx.insert(tables.recommendations).values(fixtures.recommendationRow(ours, { policyVersionId, sequence: 2 })),
    'the recommendation decided on': (tx, { recommendationId }) =>
      tx.insert(tables.decisions).values(fixtures.decisionRow(ours, { ...second, recommendationId })),
    'the version that a draft starts from': (tx, { policyVersionId: fromVersionId }) =>
      tx.insert(tables.policyDrafts).values({ ...draft, id: randomUUID(), fromVersionId }),
    'the draft revised': (tx, { draftId }) =>
      tx.insert(tables.policyDraftRevisions).values(fixtures.draftRevisionRow(ours, { draftId })),
    'the draft submitted': (tx, { draftId }) =>
      tx.insert(tables.policySubmissions).values(fixtures.submissionRow(ours, { draftId, sequence: 2 })),
    'the submission reviewed': (tx, { submissionId }) =>
      tx.insert(tables.policyReviews).values(fixtures.reviewRow(ours, { submissionId })),
    'the version retired': (tx, { policyVersionId }) =>
      tx.insert(tables.policyRetirements).values({ ...retired, id: randomUUID(), policyVersionId }),
    'the draft rehearsed': (tx, { draftId }) =>
      tx.insert(tables.rehearsals).values(rehearsed.rehearsalRow(ours, { draftId })),
    'the version rehearsed against': (tx, { policyVersionId: againstVersionId }) =>
      tx.insert(tables.rehearsals).values(rehearsed.rehearsalRow(ours, { againstVersionId })),
    'the rehearsal counted': (tx, { rehearsalId }) =>
      tx.insert(tables.rehearsalBatches).values(rehearsed.batchRow(ours, { rehearsalId })),
    'the child accepted': (tx, { rehearsalChildId }) =>
      tx
        .insert(tables.rehearsalAcceptances)
        .values(rehearsed.acceptanceRow(ours, { rehearsalChildId, movementHash: 'n' })),
    'the referral challenged': (tx, { referralId }) =>
      tx.insert(tables.escalations).values(escalationRow(ours, { referralId, childKey: null, decisionId: null })),
    'the decision challenged': (tx, { decisionId }) =>
      tx.insert(tables.escalations).values(escalationRow(ours, { decisionId })),
    'the challenge that goes up': (tx, { escalationId }) =>
      tx.insert(tables.escalationSteps).values(stepRow(ours, { escalationId })),
    'the webhook signed for': (tx, { webhookId }) =>
      tx.insert(tables.webhookSecrets).values(sent.secretRow(ours, { webhookId })),
    'the webhook changed': (tx, { webhookId }) =>
      tx.insert(tables.webhookChanges).values(sent.changeRow(ours, { webhookId })),
    'the webhook sent to': (tx, { webhookId }) =>
      tx.insert(tables.webhookDeliveries).values(sent.deliveryRow(ours, { webhookId })),
    'the actor of an entry': (tx, { clerkId }) =>
      tx.insert(tables.auditEntries).values({ ...fixtures.auditRow(ours, 2), actorId: clerkId }),
  }
  const nobody = Object.fromEntries(Object.keys(theirs).map((key) => [key, randomUUID()])) as unknown as typeof theirs
  for (const [name, attempt] of Object.entries(attempts)) {
    const failures: unknown[] = []
    for (const foreign of [theirs, nobody]) {
      const failure = await database
        .withTenant(ours.authorityId, (tx) => attempt(tx, foreign))
        .then(
          () => undefined,
          ({ sqlstate, constraint, message }: DatabaseError) => ({ sqlstate, constraint, message }),
        )
      failures.push(failure)
    }
    t.match(failures[0], { sqlstate: '23503' }, name)
    t.same(failures[0], failures[1], `${name}: no difference`)
  }
})

t.test('only a UUID names an authority; anything else is refused before the database is asked', async (t) => {
  const asked: unknown[] = []
  const listen = () => asked.push(1)
  database.pool.on('acquire', listen)
  const wrong = ['', 'northmoor', `${ours.authorityId} `, `${ours.authorityId}\n`, "' or true --", undefined as never]
  for (const authorityId of wrong) {
    await t.rejects(
      database.withTenant(authorityId, async () => asked.push(2)),
      TypeError,
    )
  }
  database.pool.off('acquire', listen)
  t.same(asked, [])
})
