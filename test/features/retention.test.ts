// How long a referral is kept, what keeps it longer, and what is left when two people destroyed it.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exported, signedLogs, verifiedOffline } from '../support/exported.ts'
import { received, recommended } from '../support/flow.ts'
import { levelThree, levelTwo, withChild } from '../support/referrals.ts'
import { type Claimed, close, closedReferral, done, fullReferral, rule, setRule } from '../support/retaining.ts'
import { grantRole } from '../support/roles.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type AccountName, openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guides/retention.md'), 'utf8')
t.beforeEach(() => {
  world.clock.now = START
})
const until = (date: string): void => {
  world.clock.now = Date.parse(`${date}T09:00:00.000Z`)
}

const due = async (la: Claimed, who: AccountName = 'administrator'): Promise<Json[]> =>
  (await done(la, who, 'retentionDue', { first: 100 })).edges.map(({ node }: Json) => node)
const proposal = async (la: Claimed, referralId: string): Promise<Json> =>
  (await done(la, 'administrator', 'proposeDisposal', { referralId })).proposal
const dispose = (la: Claimed, proposalId: string, reference: string, who: AccountName = 'supervisor') =>
  la.on(who, 'disposeReferral', { params: { proposalId }, body: { reference } })
const referenceOf = async (la: Claimed, referralId: string): Promise<string> =>
  (await done(la, 'supervisor', 'referral', { referralId })).reference

/** The tables in which some text, or some bytes, hold what is looked for. */
async function tablesWith(text: string): Promise<string[]> {
  const hexadecimal = Buffer.from(text, 'utf8').toString('hex')
  const found: string[] = []
  for (const { tablename } of await world.sql(
    `select tablename from pg_tables where schemaname = 'public' order by 1`,
  )) {
    const rows = await world.sql(
      `select from ${tablename} r where strpos(lower(r::text), lower($1)) > 0 or strpos(r::text, $2) > 0 limit 1`,
      [text, hexadecimal],
    )
    if (rows.length > 0) found.push(String(tablename))
  }
  return found
}

onBoth(t, world, 'what two people destroyed is gone from every table, and the log still verifies', async (t, la) => {
  const word = `zyx${randomUUID().slice(0, 8)}`
  const { referralId, reference, other, decision } = await fullReferral(world, la, word)
  await setRule(la, 'early-help', 6)
  const holding = await tablesWith(word)
  t.ok(holding.length >= 22, `${holding.length} tables hold the word: ${holding.join(' ')}`)
  const naming = await tablesWith(referralId)
  t.ok(naming.length >= 30, `${naming.length} tables name it`)
  const before = (await done(la, 'auditor', 'auditVerification', {})) as Json
  t.match(before, { isIntact: true, erased: 0 })
  until('2033-01-01')
  const proposed = await proposal(la, referralId)
  t.match(await la.on('screener', 'disposeReferral', { params: { proposalId: proposed.id }, body: { reference } }), {
    status: 403,
  })
  const key = randomUUID()
  const destroying = { params: { proposalId: proposed.id }, body: { reference }, key }
  const { data, status } = await la.on('supervisor', 'disposeReferral', destroying)
  t.equal(status, 201)
  t.match(data, {
    disposal: {
      ...{ referralId, ruleCode: 'early-help', class: 'early_help', legalBasis: /Limitation/, dueOn: '2032-11-24' },
      proposedBy: { displayName: 'The administrator' },
      carriedOutBy: { displayName: 'The supervisor' },
    },
    audit: { position: data.disposal.position },
  })
  t.strictSame(await tablesWith(word), [], 'the word is nowhere')
  const NAMED = ['access_entries', 'audit_entries', 'disposal_proposals', 'disposals', 'outbox_events']
  const named = (await tablesWith(referralId)).filter(
    (table) => !['idempotency_keys', 'rehearsal_batches'].includes(table),
  )
  t.strictSame(named, NAMED, 'its id is in the log and where it says that it is gone')
  const [kept] = await world.sql(`select response from idempotency_keys where strpos(response, $1) > 0`, [referralId])
  t.match(JSON.parse(String(kept?.['response'])), { disposal: { referralId } }, 'and in the answer that said so')

  const after = (await done(la, 'auditor', 'auditVerification', {})) as Json
  t.match(after, { isIntact: true, faults: [] })
  t.ok(after.erased > 30, `${after.erased} records erased`)
  // T20: what is erased verifies as erased, and not as tampered with.
  tally(t, 'mutations', { held: after.isIntact && after.erased > 0 ? 1 : 0, of: 1 })
  await world.sign(la.id)
  for (const { log, verifierKey, signed } of await signedLogs(la)) {
    const offline = verifiedOffline(await exported(world, la, log), verifierKey, [signed.note])
    t.match(offline, { status: 'verified', faults: [] }, `${log}, with neither service nor database`)
    if (log === 'decisions') t.equal(offline.erased.length, after.erased)
  }
  const [{ elsewhere = 0 } = {}] = await world.sql(
    `select cardinality(erased_elsewhere) as elsewhere from disposals where authority_id = '${la.id}'`,
  )
  t.ok(Number(elsewhere) > 0, 'some of them entries about the other referral vouch for')
  const replayed = await la.on('supervisor', 'disposeReferral', destroying)
  t.match(
    replayed,
    { status: 201, data: { disposal: { id: data.disposal.id } } },
    'asked again, it says that it was done',
  )

  for (const who of ['referrer', 'screener', 'supervisor', 'panel', 'system'] as const)
    t.match(await la.on(who, 'referral', { params: { referralId } }), { status: 404, code: 'not_found' }, who)
  for (const [operation, params] of [
    ['decision', { decisionId: decision.id }],
    ['recommendation', { recommendationId: decision.recommendationId }],
    ['referralHistory', { referralId }],
    ['clocks', { referralId }],
    ['milestones', { referralId }],
  ] as const)
    t.match(await la.on('screener', operation, { params }), { status: 404, code: 'not_found' }, operation)
  t.equal((await la.on('screener', 'referral', { params: { referralId: other } })).status, 200, 'the other is there')
  t.match((await done(la, 'screener', 'referralHistory', { referralId: other })).children.length, 1)
  t.match(await done(la, 'auditor', 'disposals', {}), { edges: [{ node: data.disposal }] })
  const told = (await done(la, 'system', 'events', { referral: referralId, first: 100 })).edges
  t.equal(told.at(-1).node.type, 'threshold.referral.disposed.v1', 'those outside are told')
  t.match(await la.on('administrator', 'proposeDisposal', { params: { referralId } }), { status: 404 })
})

onBoth(
  t,
  world,
  'nothing is due without a rule for each outcome; the longest of all children counts',
  async (t, la) => {
    const two = [
      { ...levelTwo().children[0], id: 'older', dateOfBirth: '2012-02-29' },
      { ...levelTwo().children[0], id: 'younger', dateOfBirth: '2019-05-01' },
    ]
    const decision = await closedReferral(la, { ...levelTwo(), children: two as never })
    const { referralId } = decision
    until('2060-01-01')
    t.strictSame(await due(la), [], 'nothing is built in')
    await setRule(la, 'early-help', 6)
    t.match(await due(la), [{ referralId, dueOn: '2032-11-24', countedOn: '2026-11-24', ruleCode: 'early-help' }])
    t.notMatch(JSON.stringify(await due(la)), /Hillside|worried/, 'ids and dates')
    await setRule(la, 'to-25', 25, { countedFrom: 'birth' })
    t.match(await due(la, 'supervisor'), [{ dueOn: '2044-05-01', countedOn: '2019-05-01', countedFrom: 'birth' }])
    await done(
      la,
      'supervisor',
      'classifyForRetention',
      { referralId },
      {
        ...{ child: 'older', class: 'looked_after', reason: 'Accommodated on 1 February 2027.' },
      },
    )
    t.strictSame(await due(la), [], 'there is no rule for what became of one child')
    const looked = await setRule(la, 'looked-after', 75, { class: 'looked_after', countedFrom: 'birth' })
    t.strictSame(await due(la), [], 'and by the rule it is not yet due')
    until('2087-02-28')
    t.strictSame(await due(la), [])
    until('2087-03-01')
    t.match(await due(la), [{ dueOn: '2087-03-01', class: 'looked_after', ruleId: looked.id }], 'born on 29 February')
    await setRule(la, 'looked-after', 100, { class: 'looked_after', countedFrom: 'birth' })
    t.strictSame(await due(la), [], 'a rule of the same code replaces it')
    const rules = (await done(la, 'auditor', 'retentionRules', { current: true })).edges.map(({ node }: Json) => node)
    t.strictSame(rules.map(({ code, sequence }: Json) => `${code} ${sequence}`).sort(), [
      'early-help 1',
      'looked-after 2',
      'to-25 1',
    ])
    const withdraw = (ruleId: string) =>
      la.on('administrator', 'withdrawRetentionRule', {
        params: { ruleId },
        body: { reason: 'Withdrawn by the board.' },
      })
    t.match(await withdraw(looked.id), { status: 409, code: 'already_withdrawn' })
    t.equal((await withdraw(rules.find(({ code }: Json) => code === 'to-25').id)).status, 201)
    const refused = await la.on('supervisor', 'setRetentionRule', { body: rule('x-1', 1) })
    t.match(refused, { status: 403, code: 'forbidden' })
    t.match((await done(la, 'auditor', 'auditVerification', {})) as Json, { isIntact: true })
  },
)

onBoth(t, world, 'what is open, challenged or joined to what is open is never due', async (t, la) => {
  await setRule(la, 'early-help', 1)
  await setRule(la, 'in-need', 1, { class: 'child_in_need' })
  const known = { identifiers: [{ scheme: 'upn', value: 'A123456789012' }] }
  const { referralId } = await closedReferral(la, withChild(levelTwo(), known))
  const [waiting] = await recommended(la.on, levelThree())
  until('2030-01-01')
  t.strictSame(
    (await due(la)).map((one) => one.referralId),
    [referralId],
    'what nobody decided is kept',
  )
  const propose = (id: string) => la.on('administrator', 'proposeDisposal', { params: { referralId: id } })
  t.match(await propose(waiting.referralId), { status: 409, code: 'not_due' })
  const later = await received(la.on, withChild(levelTwo(), known))
  t.strictSame(await due(la), [], 'the same child is referred again')
  t.match(await propose(referralId), { status: 409, code: 'not_due' })
  await close(la, later)
  t.strictSame(
    (await due(la)).map((one) => one.referralId),
    [referralId],
  )
  const { escalation } = await done(
    la,
    'screener',
    'raiseEscalation',
    { referralId },
    {
      ...{ about: 'delay', ground: 'too_slow', concern: 'Nobody came.', wanted: 'An answer.', urgent: false },
      challenger: { name: 'Morag Finch', role: 'Teacher' },
    },
  )
  t.strictSame(await due(la), [], 'it is challenged')
  await done(la, 'screener', 'withdrawEscalation', { escalationId: escalation.id }, { reasons: 'Settled.' })
  t.equal((await due(la)).length, 1)
})

onBoth(t, world, 'a hold overrides every rule until it is released', async (t, la) => {
  await setRule(la, 'early-help', 1)
  const { referralId } = await closedReferral(la)
  const reference = await referenceOf(la, referralId)
  until('2030-01-01')
  const place = (body: object, who: AccountName = 'supervisor') =>
    la.on(who, 'placeHold', { body: { inquiry: 'The public inquiry', reason: 'It asks for everything.', ...body } })
  t.match(await place({}, 'screener'), { status: 403 })
  t.match(await place({ referral: randomUUID() }), { status: 404 })
  const proposed = await proposal(la, referralId)
  const { hold } = (await place({}, 'administrator')).data
  t.match(hold, { referralId: null, release: null, placedBy: { displayName: 'The administrator' } })
  t.match(await due(la), [{ referralId, isHeld: true, proposalId: proposed.id }], 'it is listed, and says so')
  t.match(await dispose(la, proposed.id, reference), { status: 409, code: 'on_hold' })
  t.match(await la.on('administrator', 'proposeDisposal', { params: { referralId } }), { status: 409, code: 'on_hold' })
  const own = (await place({ referral: referralId })).data.hold
  const release = (holdId: string) =>
    la.on('supervisor', 'releaseHold', { params: { holdId }, body: { reason: 'The inquiry has reported.' } })
  t.match(await release(hold.id), {
    status: 201,
    data: { hold: { release: { by: { displayName: 'The supervisor' } } } },
  })
  t.match(await release(hold.id), { status: 409, code: 'already_withdrawn' })
  t.match(await dispose(la, proposed.id, reference), { status: 409, code: 'on_hold' }, 'the other stands')
  const standing = (await done(la, 'auditor', 'legalHolds', { standing: true })).edges
  t.match(standing, [{ node: { id: own.id, referralId } }])
  t.equal((await release(own.id)).status, 201)
  t.match(
    await dispose(la, proposed.id, reference),
    { status: 409, code: 'revision_conflict' },
    'something happened since',
  )
  t.equal((await dispose(la, (await proposal(la, referralId)).id, reference)).status, 201)
  t.strictSame(
    (await done(la, 'auditor', 'legalHolds', { referral: referralId })).edges.length,
    1,
    'its own went with it',
  )
})

onBoth(t, world, 'one proposes, another who sees the record carries out, and only what was proposed', async (t, la) => {
  await setRule(la, 'early-help', 1)
  const { referralId } = await closedReferral(la)
  const reference = await referenceOf(la, referralId)
  const propose = (who: AccountName) => la.on(who, 'proposeDisposal', { params: { referralId } })
  t.match(await propose('administrator'), { status: 409, code: 'not_due', text: /2027-11-24/ })
  until('2030-01-01')
  t.match(await propose('supervisor'), { status: 403, code: 'forbidden' })
  const first = await proposal(la, referralId)
  t.match(first, {
    referralId,
    dueOn: '2027-11-24',
    disposalId: null,
    proposedBy: { displayName: 'The administrator' },
  })
  const wrong = [{ pointer: '/reference', code: 'other_reference' }]
  t.match(await dispose(la, first.id, 'ABCDE-FGHJK'), { status: 422, code: 'unprocessable', errors: wrong })
  t.match(await dispose(la, randomUUID(), reference), { status: 404, code: 'not_found' })
  await grantRole(world, la.accounts.administrator.id, 'supervisor')
  t.match(await dispose(la, first.id, reference, 'administrator'), { status: 403, code: 'own_proposal' })
  const accounts = [la.accounts.supervisor.id]
  const restriction = { category: 'other', reason: 'Known here.', reviewOn: '2030-02-01', accounts }
  await done(la, 'supervisor', 'restrictReferral', { referralId }, restriction)
  t.match(await due(la), [{ referralId }], 'what is restricted is kept no longer than the rest')
  t.match(await dispose(la, first.id, reference), { status: 409, code: 'revision_conflict' })
  const second = await proposal(la, referralId)
  t.match(await dispose(la, first.id, reference), { status: 409, code: 'revision_conflict' }, 'the newest counts')
  t.match(await dispose(la, second.id, reference, 'secondSupervisor'), { status: 403, code: 'restricted' })
  await setRule(la, 'early-help', 2)
  t.match(await dispose(la, second.id, reference), { status: 409, code: 'revision_conflict' }, 'by another rule')
  const third = await proposal(la, referralId)
  t.equal((await dispose(la, third.id, reference)).status, 201)
  t.match(await dispose(la, third.id, reference, 'secondSupervisor'), { status: 404 })
  const listed = (await done(la, 'auditor', 'disposalProposals', { referral: referralId })).edges
  t.equal(listed.length, 3)
  t.match(listed[0].node, { id: third.id, disposalId: /./ })
  // All is vouched for but the role, which was given behind the log’s back.
  const { faults } = (await done(la, 'auditor', 'auditVerification', {})) as Json
  t.match(faults, [{ table: 'account_changes' }])
  t.equal(faults.length, 1)
})

onBoth(t, world, 'what is missing without a disposal is a fault, and kin destroy nothing', async (t, la) => {
  await setRule(la, 'early-help', 1)
  const { referralId } = await closedReferral(la)
  await done(la, 'administrator', 'declareConflict', {}, { relationship: 'family', referral: referralId })
  until('2030-01-01')
  t.strictSame(await due(la), [], 'kin do not see that it is there')
  t.match(await la.on('administrator', 'proposeDisposal', { params: { referralId } }), { status: 404 })
  t.match(await due(la, 'supervisor'), [{ referralId }])
  const removed = async (...statements: string[]) => {
    const { sql } = await import('../../src/db/drizzle.ts')
    await world.database.asOwner(async (tx) => {
      await tx.execute(sql.raw(`set local session_replication_role = 'replica'`))
      for (const statement of statements) await tx.execute(sql.raw(statement))
    })
  }
  await removed(`delete from referral_keys where id = '${referralId}'`)
  const keyless = (await done(la, 'auditor', 'auditVerification', {})) as Json
  t.match(keyless, { isIntact: false, erased: 0 })
  t.match(keyless.faults[0], { fault: /changed, or its key is not here/ })
  await removed(
    `delete from audit_payloads where referral_id = '${referralId}'`,
    `delete from referral_revisions where referral_id = '${referralId}'`,
  )
  const gone = (await done(la, 'auditor', 'auditVerification', {})) as Json
  t.match(gone, { isIntact: false, erased: 0 })
  t.ok(
    gone.faults.some(({ table, fault }: Json) => table === 'referral_revisions' && fault === 'the record is gone'),
    'removed with its payload, it is still missed',
  )
})

t.test('the guide can be carried out as it stands', async (t) => {
  const la = await world.authority()
  const on: Claimed['on'] = (who, operation, request) => la.call('REST', who, operation, request)
  const { referralId } = await closedReferral({ ...la, on })
  const names: Record<string, string> = { referralId, reference: await referenceOf({ ...la, on }, referralId) }
  const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole)
  const requests = [...GUIDE.matchAll(/^```\n(GET|POST) (\S+) +as the (\w+)\n([\s\S]*?)```$/gm)]
  t.equal(requests.length, 9)
  for (const [, method = '', path = '', who = '', body = ''] of requests) {
    if (path === '/v1/retention/due') until('2033-01-01')
    if (path.includes('subject-access')) continue
    const sent = body.trim() === '' ? undefined : JSON.parse(filled(body))
    const answer = await la.rest(who as AccountName, method, filled(path), sent)
    t.equal(answer.status, method === 'GET' ? 200 : 201, `${method} ${path} ${answer.text.slice(0, 200)}`)
    names['holdId'] = answer.body.hold?.id ?? names['holdId'] ?? ''
    names['proposalId'] = answer.body.proposal?.id ?? names['proposalId'] ?? ''
    if (path === '/v1/retention/due') t.match(answer.body.edges, [{ node: { referralId, ruleCode: 'early-help' } }])
    if (path === '/v1/disposals') t.match(answer.body.edges, [{ node: { referralId } }])
  }
  const other = await closedReferral({ ...la, on })
  const asked = /^GET (\S+subject-access\S+)/m.exec(GUIDE)?.[1] ?? ''
  const answer = await la.rest('supervisor', 'GET', asked.replace('{referralId}', other.referralId))
  t.equal(answer.status, 200)
})
