// What a policy document may not be, over REST and over GraphQL alike: rows 53 to 63. What cannot be read becomes no draft; what
// can be read and is wrong may be a draft, which a check tells of and nobody can submit.
import t from 'tap'
import { EMPTY, NOWHERE, TOO_LARGE, UNREADABLE, WRONG } from '../support/bad-policies.ts'
import { drafted, type Files, small } from '../support/policy-flow.ts'
import { rowsOf, type Tried } from '../support/rows.ts'
import { type Call, SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const rows = rowsOf(t, 'test/features/policy-text-rows.test.ts')
const callOver =
  (surface: (typeof SURFACES)[number]): Call =>
  (who, operation, request) =>
    la.call(surface, who, operation, request)

/** Each text is refused as a draft and as its revision, as policy, base or cases, with its code and place; a check tells of it. */
async function unreadable(tried: Tried, row: number): Promise<void> {
  const texts = Object.entries(UNREADABLE[row] ?? {}).flatMap(([code, named]) =>
    Object.entries(named).map(([name, text]) => ({ code, name, text })),
  )
  for (const surface of SURFACES) {
    const on = callOver(surface)
    const { id: draftId } = await drafted(on, { policy: 'a: 1' })
    const before = JSON.stringify(await world.counts())
    for (const [i, { code, name, text }] of texts.entries()) {
      const part = (['policy', 'base', 'cases'] as const)[i % 3] ?? 'policy'
      const files = { policy: 'a: 1', [part]: text }
      const revision = { params: { draftId }, body: { basedOn: 1, reason: 'New.', files } }
      for (const answer of [
        await on('author', 'createPolicyDraft', { body: { files } }),
        await on('author', 'revisePolicyDraft', revision),
      ]) {
        const isPlaced = answer.errors.some(
          (wrong) =>
            wrong.pointer === `/files/${part}` &&
            wrong.code === code &&
            new RegExp(`^${part}\\.yaml:\\d+:\\d+ `).test(wrong.detail),
        )
        const isRefused = answer.status === 400 && answer.code === 'invalid_input'
        tried(isRefused && isPlaced, `${surface}: ${name} (${answer.status} ${answer.code})`)
      }
      const { data } = await on('author', 'checkPolicy', { body: { policy: text } })
      const problems: readonly { code: string }[] = data.problems
      tried(!data.isSubmittable && problems.some((problem) => problem.code === code), `${surface}: ${name}, in a check`)
    }
    tried(JSON.stringify(await world.counts()) === before, `${surface}: nothing was stored`)
  }
}

/** Each is a draft, whose check has the code, and which is refused when it is submitted. */
async function unsubmittable(tried: Tried, drafts: Readonly<Record<string, { files: Files; code?: string }>>) {
  for (const surface of SURFACES) {
    const on = callOver(surface)
    for (const [name, { files, code }] of Object.entries(drafts)) {
      const params = { draftId: (await drafted(on, files)).id }
      const { data: check } = await on('author', 'checkPolicyDraft', { params })
      const found: readonly { code: string; severity: string }[] = check.problems
      const isFound = found.some((one) => one.severity === 'error' && (code === undefined || one.code === code))
      tried(isFound && !check.isSubmittable, `${surface}: ${name}, in a check`)
      const submission = await on('author', 'submitPolicyDraft', { params, body: { revision: 1 } })
      const isTold = submission.errors.some((wrong) => code === undefined || wrong.code === code)
      tried(
        submission.status === 422 && submission.code === 'policy_has_errors' && isTold,
        `${surface}: ${name}, submitted (${submission.status} ${submission.code})`,
      )
    }
  }
}

const changed = (...edit: readonly [from: string, to: string]): Files => small('1', '2026-12-01', edit)

function wrong(row: number): Readonly<Record<string, { files: Files; code: string }>> {
  const changes = Object.entries(WRONG[row] ?? {})
  return Object.fromEntries(changes.map(([name, [from, to, code]]) => [name, { files: changed(from, to), code }]))
}

rows.row(53, 'refused unfolded', (tried) => unreadable(tried, 53))

rows.row(54, 'refused', (tried) => unreadable(tried, 54))

rows.row(55, 'refused', (tried) => unreadable(tried, 55))

rows.row(56, 'refused, known or not', (tried) => unreadable(tried, 56))

rows.row(57, 'refused where another type belongs', (tried) =>
  unsubmittable(tried, {
    ...wrong(57),
    'a version that would lose its nought': { files: changed('version: "1"', 'version: 1.10'), code: 'shape' },
  }),
)

rows.row(58, 'refused before it is parsed', (tried) => unreadable(tried, 58))

rows.row(59, 'refused, or read as documented', async (tried) => {
  await unreadable(tried, 59)
  for (const surface of SURFACES) {
    const on = callOver(surface)
    const { status, code } = await on('author', 'createPolicyDraft', { body: { files: { policy: TOO_LARGE } } })
    tried(status === 413 && code === 'payload_too_large', `${surface}: two megabytes`)
    for (const policy of ['a: 1\r\nb: two\r\n', '\ufeffa: 1\n']) {
      const { id: draftId } = await drafted(on, { policy })
      const { data } = await on('author', 'policyDraftFiles', { params: { draftId } })
      tried(data.files.policy === policy, `${surface}: kept as sent`)
    }
  }
})

rows.row(60, 'refused, never nought', (tried) => unsubmittable(tried, wrong(60)))

rows.row(61, 'refused, and nothing is changed by it', async (tried) => {
  await unreadable(tried, 61)
  tried(({} as { b?: unknown }).b === undefined, 'no object has it')
})

rows.row(62, 'refused with their place', (tried) => unsubmittable(tried, wrong(62)))

rows.row(63, 'refused', async (tried) => {
  const nowhere = Object.entries(NOWHERE).map(([name, edit]) => [name, { files: changed(...edit) }])
  const empty = EMPTY.map((policy) => [`${policy} as a policy`, { files: { policy } }])
  const law = changed('triggers: [immediate-danger,', 'triggers: [')
  const left = [['a trigger of the law that is left out', { files: law }]]
  await unsubmittable(tried, Object.fromEntries([...nowhere, ...empty, ...left]))
})
rows.end()
