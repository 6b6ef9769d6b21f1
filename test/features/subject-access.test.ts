// What is held of a child, where it comes from, and what somebody has to look at before it is released.
import t from 'tap'
import { decided, received, recommendedFor } from '../support/flow.ts'
import { child, referral } from '../support/referrals.ts'
import { type Claimed, close, done } from '../support/retaining.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)

/** A neighbour writes about two children. */
const told = (sourceCode = '1B') =>
  referral(
    [
      child(['SEN-01', 'FAM-01'], {
        name: { given: 'Ada', family: 'Fern' },
        narrative: 'Ada cries. Boris Grey shouts.',
      }),
      child(['SEN-01', 'FAM-01'], { id: 'b', name: { given: 'Cleo', family: 'Fern' }, narrative: 'Cleo is well.' }),
    ],
    {
      referrer: { agency: 'None', role: 'Neighbour', sourceCode, name: 'Nora Wick', telephone: '01632 960123' },
      household: {
        address: '4 Elm Street',
        members: [{ name: 'Boris Grey', relationship: "mother's partner", dateOfBirth: '1990-01-02' }],
      },
      parentsViews: 'The mother says that it is nothing.',
      noticedOn: '2026-11-20',
    },
  )

const asked = (la: Claimed, referralId: string, more: object = {}, who: AccountName = 'supervisor') =>
  la.on(who, 'subjectAccess', { params: { referralId, child: 'a', ...more } })
const fieldsOf = (data: Json, table: string): Json =>
  Object.fromEntries(
    data.items
      .filter((item: Json) => item.table === table)
      .flatMap(({ fields }: Json) =>
        fields.map(({ name, value, marks }: Json) => [name, [value, ...marks.map(({ kind }: Json) => kind)]]),
      ),
  )

onBoth(t, world, 'each field has its marks, and the redacted view leaves out what is marked', async (t, la) => {
  const referralId = await received(la.on, told())
  const mark = { audience: 'family', revision: 1, pointer: '/household/address', reason: 'A refuge.' }
  await done(la, 'supervisor', 'markWithheld', { referralId }, mark)
  await close(la, referralId, 'Nora Wick was right, and Ada has a place.')
  const { data } = await asked(la, referralId)
  t.match(data, {
    child: 'a',
    view: 'marked',
    preparedFor: { displayName: 'The supervisor' },
    notice: /A person decides/,
  })
  const [revision] = data.items
  t.match(revision, { table: 'referral_revisions', recordedAt: '2026-11-24T10:00:00.000Z', recordedBy: 'The referrer' })
  const marked = fieldsOf(data, 'referral_revisions')
  const expected: Record<string, string[]> = {
    '/referrer/name': ['Nora Wick', 'referrer_identity'],
    '/referrer/role': ['Neighbour', 'referrer_identity'],
    '/children/0/name/given': ['Ada'],
    '/children/0/dateOfBirth': ['2018-05-04'],
    '/children/0/narrative': ['Ada cries. Boris Grey shouts.', 'third_party', 'serious_harm_review'],
    '/children/1/name/given': ['Cleo', 'third_party'],
    '/children/1/narrative': ['Cleo is well.', 'third_party', 'serious_harm_review'],
    '/household/address': ['4 Elm Street', 'restricted_sharing'],
    '/household/members/0/name': ['Boris Grey', 'third_party'],
    '/parentsViews': ['The mother says that it is nothing.', 'third_party'],
    '/noticedOn': ['2026-11-20'],
  }
  for (const [name, wanted] of Object.entries(expected)) t.strictSame(marked[name], wanted, name)
  const decision = fieldsOf(data, 'decisions')
  t.strictSame(decision.decidedByName.slice(1), ['professional'], 'names of professionals stay')
  t.strictSame(decision.rationale.slice(1), ['referrer_identity', 'serious_harm_review'], 'it names who referred')
  const tables = new Set(data.items.map(({ table }: Json) => table))
  for (const table of ['recommendations', 'judgements', 'decisions', 'help_arrangements', 'letters'])
    t.ok(tables.has(table), table)
  for (const { table, recordedAt, recordedBy } of data.items)
    if (['judgements', 'decisions', 'help_arrangements'].includes(table)) t.ok(recordedAt && recordedBy, table)
  const made = data.items.filter(({ table }: Json) => table === 'decisions')
  t.equal(made.length, 1, 'the decision on the other child is not of this one')

  const redacted = (await asked(la, referralId, { view: 'redacted' })).data
  for (const word of ['Nora', 'Wick', 'Neighbour', '01632', 'Boris', 'Cleo', 'Elm Street', 'cries', 'nothing'])
    t.notMatch(JSON.stringify(redacted), word, word)
  t.strictSame(fieldsOf(redacted, 'referral_revisions')['/children/0/name/given'], ['Ada'])
  t.strictSame(fieldsOf(redacted, 'decisions').decidedByName[0], decision.decidedByName[0])
  const reviewed = (await asked(la, referralId, { view: 'redacted', harmReviewed: true })).data
  t.match(fieldsOf(reviewed, 'referral_revisions')['/reason'], [/worried/, 'serious_harm_review'])
  for (const word of ['Nora', 'Boris', 'Cleo', 'Elm Street']) t.notMatch(JSON.stringify(reviewed), word, word)
})

onBoth(t, world, 'a professional is named, and what somebody must not know yet is left out', async (t, la) => {
  const referralId = await received(la.on, told('2A'))
  const recommendations = await recommendedFor(la.on, referralId)
  for (const one of recommendations) await decided(la.on, one, { closing: { help: HELP } }, 'screener')
  const { data } = await asked(la, referralId)
  t.strictSame(fieldsOf(data, 'referral_revisions')['/referrer/name'], ['Nora Wick', 'professional'])
  t.strictSame(fieldsOf(data, 'referral_revisions')['/referrer/role'], ['Neighbour'])
  t.match(data.leftOut, [/other referrals/, /pending/], 'a supervisor may still have to judge')
  t.notOk(data.items.some(({ table }: Json) => ['decisions', 'judgements', 'recommendations'].includes(table)))
  const auditor = (await asked(la, referralId, {}, 'auditor')).data
  t.equal(auditor.leftOut.length, 1)
  t.ok(auditor.items.some(({ table }: Json) => table === 'decisions'))
  t.match(await asked(la, referralId, { child: 'z' }), { status: 404, code: 'not_found' })
  for (const who of ['screener', 'referrer', 'administrator', 'system'] as const)
    t.match(await asked(la, referralId, {}, who), { status: 403, code: 'forbidden' }, who)
  const restriction = { category: 'other', reason: 'Known here.', reviewOn: '2027-01-10' }
  const accounts = [la.accounts.supervisor.id]
  await done(la, 'supervisor', 'restrictReferral', { referralId }, { ...restriction, accounts })
  t.match(await asked(la, referralId, {}, 'auditor'), { status: 404 }, 'restricted, for whoever is not let in')
  t.match(await asked(la, referralId, {}, 'secondSupervisor'), { status: 403, code: 'restricted' })
  t.equal((await asked(la, referralId)).status, 200)
})

const HELP = [{ help: 'A place', heldBy: 'Hub', status: 'secured', consent: 'given', followUpOn: '2026-12-01' }]
