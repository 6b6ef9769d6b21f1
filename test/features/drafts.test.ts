import t from 'tap'
import { edited } from '../support/policies.ts'
import { drafted, inForce, NORTHMOOR, OAKHAVEN, small, submitted } from '../support/policy-flow.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)

const AWKWARD = [
  'format: threshold.policy/1\r\n# a comment — with “quotes”, emoji 🧸 and trailing spaces   \r\ndocument: {} # \t\r\n\r\n',
  '\ufeffformat: x\n\n\n',
  'no newline at the end, e\u0301 decomposed',
]

onBoth(t, world, 'a draft is given back byte for byte, whatever it says', async (t, la) => {
  for (const policy of AWKWARD) {
    const files = { policy, base: `${policy}# base`, cases: `${policy}# cases` }
    const { id } = await drafted(la.on, files)
    const { data } = await la.on('author', 'policyDraftFiles', { params: { draftId: id } })
    t.strictSame({ ...data.files }, files)
    const { data: check } = await la.on('author', 'checkPolicyDraft', { params: { draftId: id } })
    t.match(check, { isSubmittable: false, contentHash: null })
    t.ok(check.errors > 0, 'and its errors are named')
  }
  const { id } = await drafted(la.on, { policy: 'x: 1' })
  const { data } = await la.on('author', 'policyDraftFiles', { params: { draftId: id } })
  t.strictSame({ ...data.files }, { policy: 'x: 1', base: null, cases: null }, 'what was not given is not there')
})

onBoth(t, world, 'a policy goes in and comes out again with its base and its cases', async (t, la) => {
  for (const files of [NORTHMOOR, OAKHAVEN]) {
    const draft = await drafted(la.on, files)
    const { data } = await la.on('approver', 'policyDraftFiles', { params: { draftId: draft.id, revision: 1 } })
    t.strictSame({ ...data.files }, { base: null, ...files })
    const { data: check } = await la.on('approver', 'checkPolicyDraft', { params: { draftId: draft.id } })
    t.match(check, { isSubmittable: true, errors: 0, policy: draft.latest.policy, version: draft.latest.version })
    t.ok(check.cases.length > 0 && check.cases.every(({ failures }: Json) => failures.length === 0))
  }
})

onBoth(t, world, 'a check names every problem with its place, and stores nothing', async (t, la) => {
  const before = await world.counts()
  const body = small(
    '2026-11',
    '2026-12-01',
    ['level: N,', 'level: X,'],
    ['levels:\n  - { code: U', 'levels:\n  - { cod: U'],
  )
  const { data } = await la.on('author', 'checkPolicy', { body })
  t.equal(data.isSubmittable, false)
  const line = body.policy.slice(0, body.policy.indexOf('- { cod: U')).split('\n').length
  t.ok(
    data.problems.some(
      (problem: Json) => problem.line === line && problem.pointer === '/levels/0/cod' && problem.column > 1,
    ),
    JSON.stringify(data.problems.slice(0, 3)),
  )
  const good = await la.on('author', 'checkPolicy', { body: NORTHMOOR })
  t.match(good.data, { isSubmittable: true, contentHash: /^[0-9a-f]{64}$/, errors: 0 })
  t.match((await la.on('author', 'checkPolicy', { body: { policy: OAKHAVEN.policy } })).data, {
    isSubmittable: false,
    problems: [{ code: 'document-not-found', pointer: '/document/extends', message: /base/ }],
  })
  t.strictSame(await world.counts(), before)
})

onBoth(t, world, 'text that nests without end is a problem and not a defect', async (t, la) => {
  for (const policy of [
    '['.repeat(4000),
    '- '.repeat(4000),
    '{a: '.repeat(4000),
    'document: {extends: '.repeat(4000),
  ]) {
    const { status, data } = await la.on('author', 'checkPolicy', { body: { policy } })
    t.equal(status, 200)
    t.equal(data.isSubmittable, false)
  }
})

onBoth(t, world, 'revisions are added one after the other, and none is lost', async (t, la) => {
  const draft = await drafted(la.on, { policy: 'a: 1' })
  const revise = (basedOn: number, text: string) =>
    la.on('author', 'revisePolicyDraft', {
      params: { draftId: draft.id },
      body: { basedOn, reason: `Now ${text}.`, files: { policy: text } },
    })
  t.match((await revise(1, 'a: 2')).data.draft, { state: 'draft', latest: { revision: 2, reason: 'Now a: 2.' } })
  for (const basedOn of [1, 3]) t.match(await revise(basedOn, 'a: 3'), { status: 409, code: 'revision_conflict' })
  const { data } = await la.on('auditor', 'policyDraftRevisions', { params: { draftId: draft.id } })
  t.match(data.revisions, [
    { revision: 1, reason: null, recordedBy: { accountId: la.accounts.author.id, displayName: 'The author' } },
    { revision: 2, reason: 'Now a: 2.' },
  ])
  const first = await la.on('auditor', 'policyDraftFiles', { params: { draftId: draft.id, revision: 1 } })
  t.equal(first.data.files.policy, 'a: 1', 'the first is as it was')
})

onBoth(t, world, 'of two revisions at once one is next, and the other is told', async (t, la) => {
  const { id } = await drafted(la.on, { policy: 'a: 1' })
  const answers = await Promise.all(
    ['a: 2', 'a: 3'].map((policy) =>
      la.on('author', 'revisePolicyDraft', {
        params: { draftId: id },
        body: { basedOn: 1, reason: 'At once.', files: { policy } },
      }),
    ),
  )
  t.strictSame(answers.map(({ code }) => code).sort(), [null, 'revision_conflict'].sort())
})

onBoth(t, world, 'a draft may start from a published version, with the files of that version', async (t, la) => {
  await la.publish('oakhaven/2026-02')
  const version = (await la.on('author', 'policyVersion', { params: { policy: 'oakhaven', version: '2026-02' } })).data
  const { data } = await la.on('author', 'createPolicyDraft', { body: { fromVersion: version.id } })
  t.match(data.draft, { fromVersion: version.id, latest: { policy: 'oakhaven', version: '2026-02' } })
  const { data: read } = await la.on('author', 'policyDraftFiles', { params: { draftId: data.draft.id } })
  t.strictSame({ ...read.files }, OAKHAVEN)
  for (const [body, status] of [
    [{}, 400],
    [{ fromVersion: version.id, files: { policy: 'a: 1' } }, 400],
    [{ fromVersion: data.draft.id }, 404],
  ] as const)
    t.match(await la.on('author', 'createPolicyDraft', { body }), { status, data: null })
})

onBoth(t, world, 'only what is sound is submitted, and only the latest revision', async (t, la) => {
  const submit = async (files: object, revision = 1) => {
    const { data } = await la.on('author', 'createPolicyDraft', { body: { files } })
    return await la.on('author', 'submitPolicyDraft', { params: { draftId: data.draft.id }, body: { revision } })
  }
  const good = small('2026-11', '2026-12-01')
  const table: [string, object, string, object][] = [
    [
      'an error',
      { ...good, policy: edited(good.policy, ['levels:\n  - { code: U', 'levels:\n  - { cod: U']) },
      'policy_has_errors',
      { errors: [{ detail: /policy\.yaml:\d+:\d+ / }] },
    ],
    ['no cases', { policy: good.policy }, 'cases_fail', {}],
    [
      'cases of another version',
      { ...good, cases: NORTHMOOR.cases },
      'policy_has_errors',
      { errors: [{ detail: /cases\.yaml/ }] },
    ],
    [
      'a case that fails',
      {
        ...good,
        cases: edited(good.cases ?? '', ['level: P', 'level: N']),
      },
      'cases_fail',
      { errors: [{ code: 'case_fails', detail: /one: level: expected N, got P/ }] },
    ],
  ]
  for (const [name, files, code, more] of table)
    t.match(await submit(files), { status: 422, code, data: null, ...more }, name)
  t.match(await submit(good, 2), { status: 409, code: 'revision_conflict' })
  const { status, data } = await submit(good)
  t.equal(status, 201)
  t.match(data.submission, {
    state: 'submitted',
    revision: 1,
    policy: 'small',
    version: '2026-11',
    effective: '2026-12-01',
    contentHash: /^[0-9a-f]{64}$/,
    casesHash: /^[0-9a-f]{64}$/,
    statutory: 'working-together-2023',
    submittedBy: { accountId: la.accounts.author.id },
  })
})

onBoth(t, world, 'a submission stands until it is withdrawn or the draft is revised', async (t, la) => {
  const files = small('2026-11', '2026-12-01')
  const { id, draftId } = await submitted(la.on, files)
  const submit = () => la.on('author', 'submitPolicyDraft', { params: { draftId }, body: { revision: 1 } })
  const withdraw = (submissionId: string) =>
    la.on('author', 'withdrawPolicySubmission', { params: { submissionId }, body: { reason: 'A slip on page 4.' } })
  t.match(await submit(), { status: 409, code: 'already_submitted' })
  t.match((await withdraw(id)).data.submission, { id, state: 'withdrawn' })
  t.match(await withdraw(id), { status: 409, code: 'not_submitted' })
  world.clock.now += 1000
  const again = (await submit()).data.submission
  t.match(again, { state: 'submitted', draftId })
  await la.on('author', 'revisePolicyDraft', {
    params: { draftId },
    body: { basedOn: 1, reason: 'Only a comment.', files: { ...files, policy: `${files.policy}# A comment\n` } },
  })
  const states = async () =>
    (await la.on('approver', 'policySubmissions')).data.edges.map(({ node }: Json) => `${node.state} ${node.id === id}`)
  t.strictSame(await states(), ['void false', 'withdrawn true'], 'a comment is a change too')
  t.equal((await la.on('auditor', 'policyDraft', { params: { draftId } })).data.state, 'draft')
})

onBoth(t, world, 'lists are filtered and paged', async (t, la) => {
  const one = await drafted(la.on, { policy: 'document: { id: alpha, version: "1" }' })
  world.clock.now += 1000
  const middle = new Date(world.clock.now).toISOString()
  const two = await submitted(la.on, small('2026-11', '2026-12-01'))
  const list = async (params: object) =>
    (await la.on('approver', 'policyDrafts', { params: { ...params } })).data.edges.map(({ node }: Json) => node.id)
  t.strictSame(await list({}), [two.draftId, one.id])
  t.strictSame(await list({ policy: 'alpha' }), [one.id])
  t.strictSame(await list({ state: 'submitted' }), [two.draftId])
  t.strictSame(await list({ state: 'published' }), [])
  t.strictSame(await list({ author: la.accounts.author.id }), [two.draftId, one.id])
  t.strictSame(await list({ author: la.accounts.approver.id }), [])
  t.strictSame(await list({ from: middle }), [two.draftId])
  t.strictSame(await list({ to: middle }), [one.id])
  const { pageInfo } = (await la.on('approver', 'policyDrafts', { params: { first: 1 } })).data
  t.equal(pageInfo.hasNextPage, true)
  t.strictSame(await list({ first: 1, after: pageInfo.endCursor }), [one.id])
  const submissions = async (params: object) =>
    (await la.on('approver', 'policySubmissions', { params: { ...params } })).data.edges.map(
      ({ node }: Json) => node.id,
    )
  t.strictSame(await submissions({ policy: 'small', state: 'submitted', author: la.accounts.author.id }), [two.id])
  t.strictSame(await submissions({ state: 'withdrawn' }), [])
  t.strictSame(await submissions({ to: middle }), [])
})

onBoth(t, world, 'authors write; approvers, supervisors and auditors read; nobody else sees a draft', async (t, la) => {
  const submission = await submitted(la.on, small('2026-11', '2026-12-01'))
  const params = { draftId: submission.draftId }
  const body = { basedOn: 1, reason: 'Other.', files: { policy: 'a: 1' } }
  const reads: [string, object][] = [
    ['policyDraft', { params }],
    ['policyDrafts', {}],
    ['policyDraftRevisions', { params }],
    ['policyDraftFiles', { params }],
    ['checkPolicyDraft', { params }],
    ['checkPolicy', { body: { policy: 'a: 1' } }],
    ['policySubmission', { params: { submissionId: submission.id } }],
    ['policySubmissions', {}],
  ]
  const writes: [string, object][] = [
    ['createPolicyDraft', { body: { files: { policy: 'a: 1' } } }],
    ['revisePolicyDraft', { params, body }],
    ['submitPolicyDraft', { params, body: { revision: 1 } }],
    ['withdrawPolicySubmission', { params: { submissionId: submission.id }, body: { reason: 'No.' } }],
  ]
  const refusal = { status: 403, code: 'forbidden', data: null }
  for (const who of ['referrer', 'system', 'screener', 'panel', 'administrator'] satisfies AccountName[])
    for (const [operation, request] of [...reads, ...writes])
      t.match(await la.on(who, operation, request), refusal, `${who} ${operation}`)
  for (const who of ['approver', 'supervisor', 'auditor'] satisfies AccountName[]) {
    for (const [operation, request] of reads)
      t.equal((await la.on(who, operation, request)).status, 200, `${who} ${operation}`)
    for (const [operation, request] of writes)
      t.match(await la.on(who, operation, request), refusal, `${who} ${operation}`)
  }
})

t.test('GraphQL shows a draft with its revisions and submissions', async (t) => {
  const la = await world.authority()
  const on = (...args: Parameters<typeof la.call> extends [unknown, ...infer R] ? R : never) => la.call('REST', ...args)
  const submission = await submitted(on, small('2026-11', '2026-12-01'))
  const query = `{ policyDrafts { edges { node { id state revisions { revision } submissions { id state } } } } }`
  const { body } = await la.graphql('author', query)
  t.strictSame(body.data.policyDrafts.edges, [
    {
      node: {
        id: submission.draftId,
        state: 'submitted',
        revisions: [{ revision: 1 }],
        submissions: [{ id: submission.id, state: 'submitted' }],
      },
    },
  ])
  t.ok(await inForce(on))
})

onBoth(t, world, 'every step is in the log, with hashes and no text, and the log is intact', async (t, la) => {
  const { id, draftId } = await submitted(la.on, small('2026-11', '2026-12-01'))
  await la.on('author', 'withdrawPolicySubmission', { params: { submissionId: id }, body: { reason: 'Secret words.' } })
  await la.on('author', 'revisePolicyDraft', {
    params: { draftId },
    body: { basedOn: 1, reason: 'More.', files: { policy: 'a: 1' } },
  })
  const { data } = await la.on('auditor', 'auditEntries')
  const events = data.edges.map(({ node }: Json) => node.event).reverse()
  t.strictSame(events, [
    'account.provided',
    'policy.published',
    'policy.drafted',
    'policy.submitted',
    'policy.withdrawn',
    'policy.revised',
  ])
  for (const { node } of data.edges) t.notMatch(node.body, /Secret|Meeting Need|a: 1/)
  t.match((await la.on('auditor', 'auditVerification')).data, { isIntact: true, faults: [] })
})
