// What the log holds of a child: commitments alone, which whoever guesses a record right cannot tell from any other.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import { sha256 } from '../../src/engine/hash.ts'
import { makingTraits } from '../../src/features/referrals/task.ts'
import { rowContent } from '../../src/kernel/record.ts'
import { PLAIN } from '../../src/kernel/sealing.ts'
import { ROOT, temporaryFolder } from '../support/command.ts'
import { exported, signedLogs, verifiedOffline } from '../support/exported.ts'
import { journeyOf } from '../support/journey.ts'
import { guessedHashes, isOfPeople, laidBare, leavesOf } from '../support/laid-bare.ts'
import { type Claimed, done, fullReferral, setRule } from '../support/retaining.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
t.beforeEach(() => {
  world.clock.now = START
})
const folder = temporaryFolder(t)
const NHS = '9434765919'

const claimed = async (): Promise<Claimed> => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  return { ...la, on }
}

/** That somebody at the authority is kin of a child who may be referred some day. */
const declared = async (la: Claimed): Promise<Json> => {
  const conflict = { account: la.accounts.robot.id, relationship: 'family', child: { scheme: 'nhs', value: NHS } }
  return await done(la, 'administrator', 'declareConflict', {}, conflict)
}

/** Makes what a referral is found by anew, as for those from before there was matching. */
async function traitsMadeLater(la: Claimed, referralId: string): Promise<void> {
  await world.database.asOwner(async (tx) => {
    await tx.execute(sql`set local session_replication_role = 'replica'`)
    await tx.execute(sql`
      delete from audit_payloads where authority_id = ${la.id} and table_name = 'child_traits' and referral_id = ${referralId}`)
    await tx.execute(sql`delete from child_traits where authority_id = ${la.id} and referral_id = ${referralId}`)
  })
  await journeyOf(undefined as never, world, la).goesOn(makingTraits())
}

/** Both verifiers, who know nothing of each other, of the log as it is. */
async function verified(t: Test, la: Claimed): Promise<Json> {
  await world.sign(la.id)
  const { verifierKey, signed } = (await signedLogs(la)).find(({ log }) => log === 'decisions') as Json
  const text = await exported(world, la, 'decisions')
  const ours = verifiedOffline(text, verifierKey, [signed.note])
  t.match(ours, { status: 'verified', faults: [] })
  const [file, held] = [join(folder, randomUUID()), join(folder, randomUUID())]
  writeFileSync(file, text)
  writeFileSync(held, signed.note)
  const script = join(ROOT, 'test/independent/verify.py')
  const theirs = spawnSync('python3', [script, file, '--key', verifierKey, '--checkpoint', held], { encoding: 'utf8' })
  if (theirs.error) console.error('NO PYTHON 3 on this machine: the second verifier was not asked')
  else t.match(JSON.parse(theirs.stdout), { status: 0, entries: ours.entries }, theirs.stdout)
  return ours
}

t.test('no table about people has its records in the log by their plain hash', async (t) => {
  t.strictSame(Object.keys(PLAIN).filter(isOfPeople), [], 'as the data map says what a table is about')
})

t.test('of all that is done about a child no record can be guessed from the log', async (t) => {
  const la = await claimed()
  const { referralId } = await fullReferral(world, la, `zyx${randomUUID().slice(0, 8)}`)
  await done(la, 'supervisor', 'withdrawConflict', { conflictId: (await declared(la)).id }, { reason: 'By mistake.' })
  await declared(la)
  await done(la, 'supervisor', 'placeHold', {}, { inquiry: 'Into the death of Ada', reason: 'It asks for all.' })
  await traitsMadeLater(la, referralId)
  t.strictSame(await laidBare(world, la.id), [])
  const leaves = await leavesOf(world, la.id)
  const events = new Set(leaves.map(({ event }) => event))
  for (const event of ['conflict.declared', 'referral.link_judged', 'child.traits_made', 'rehearsal.advanced'])
    t.ok(events.has(event as never), `${event} is among them`)
  const text = JSON.stringify(leaves)
  const guessed = await guessedHashes(world, la.id)
  t.ok(guessed.size >= 30, `${guessed.size} tables about people have rows`)
  for (const [table, hashes] of guessed)
    t.notOk(
      hashes.some((hash) => text.includes(hash)),
      `${table}, of which ${hashes.length} were guessed right`,
    )
})

onBoth(t, world, 'whose kin a number is cannot be found by trying numbers, and opens all the same', async (t, la) => {
  const { id, audit } = await declared(la as Claimed)
  const bare = await exported(world, la, 'decisions', false)
  const [row] = (await world.database
    .withTenant(la.id, (tx) =>
      tx.execute(sql`
      select authority_id as "authorityId", id, account_id as "accountId", relationship, scheme, value,
        to_char(declared_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "declaredAt",
        declared_by as "declaredBy"
      from account_conflicts where id = ${id}`),
    )
    .then(({ rows }) => rows)) as [Record<string, unknown>]
  t.equal(row['value'], NHS)
  t.notOk(bare.includes(sha256(rowContent(row))), 'the one right number')
  t.notOk(bare.includes(NHS))
  t.match(await exported(world, la, 'decisions'), NHS, 'with contents it is there')
  const keys = await world.sql(
    `select k.id, k.referral_id from audit_payloads p
       join referral_keys k on k.authority_id = p.authority_id and k.id = p.referral_id
     where p.authority_id = $1 and p.position = $2`,
    [la.id, audit.position],
  )
  t.strictSame(keys, [{ id: la.id, referral_id: null }], 'by the key of the authority')
  const { data } = await la.on('supervisor', 'conflicts')
  t.match(data.edges, [{ node: { id } }])
  const looks = (await la.on('auditor', 'accessEntries')).data.edges
  t.strictSame(looks, [], 'what the authority sealed is a look at no referral')
  t.match(await done(la as Claimed, 'auditor', 'auditVerification', {}), { isIntact: true })
})

t.test('what was recorded among other things about a referral goes with it, and both verifiers go on', async (t) => {
  const la = await claimed()
  const word = `zyx${randomUUID().slice(0, 8)}`
  const { referralId, reference } = await fullReferral(world, la, word)
  const stays = await declared(la)
  t.strictSame((await verified(t, la)).erased, [])
  await traitsMadeLater(la, referralId)
  await setRule(la, 'early-help', 6)
  const AMONG = ['referral_link_verdicts', 'child_traits', 'rehearsal_children', 'account_conflicts']
  const kept = async () =>
    await world.sql(
      `select table_name, count(*)::int as count from audit_payloads
       where authority_id = $1 and table_name = any($2) group by 1 order by 1`,
      [la.id, AMONG],
    )
  const before = await kept()
  t.equal(before.length, AMONG.length)
  world.clock.now = Date.parse('2033-01-01T09:00:00.000Z')
  const { proposal } = await done(la, 'administrator', 'proposeDisposal', { referralId })
  await done(la, 'supervisor', 'disposeReferral', { proposalId: proposal.id }, { reference })
  const after = new Map((await kept()).map(({ table_name: table, count }) => [table, Number(count)]))
  for (const { table_name: table, count } of before) {
    const left = after.get(table) ?? 0
    t.ok(left < Number(count), `${table}: ${left} of ${count} are left`)
  }
  t.equal(after.get('account_conflicts'), 1, 'by the number alone: it is about referrals to come as well')
  t.equal(after.get('referral_link_verdicts'), undefined)
  const verification = (await done(la, 'auditor', 'auditVerification', {})) as Json
  t.match(verification, { isIntact: true, faults: [] })
  const offline = await verified(t, la)
  t.equal(offline.erased.length, verification.erased, 'offline they are erased, too, and not merely absent')
  const tables = new Set(offline.erased.map(({ table }: Json) => table))
  for (const table of AMONG) t.ok(tables.has(table), table)
  const text = await exported(world, la, 'decisions')
  t.notOk(text.includes(word))
  t.ok(text.includes(stays.id) && text.includes(NHS))
})
