import { z } from 'zod'
import { ROLES } from '../../db/tables/accounts.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { CivilDate, line } from '../../engine/text.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { filesOf } from './files.ts'
import { PolicyDetail, PolicyPage, PolicyVersion, VersionSource } from './model.ts'
import { getVersion, listVersions, sourceOf, versionInForce } from './queries.ts'
import { APPROVALS, approvalOf, registerOf } from './register.ts'
import { shownVersion } from './shown.ts'
import { stateOn, VERSION_STATES } from './timeline.ts'

export const listPolicies = defineOperation({
  name: 'policies',
  kind: 'query',
  summary: 'Published versions of the authority’s threshold document, newest first',
  allow: [...ROLES],
  route: 'GET /v1/policies',
  params: {
    ...pageParams,
    policy: line(60).optional().describe('Only versions of this policy document.'),
    state: z.enum(VERSION_STATES).optional().describe('Only those that are this today.'),
    approval: z.enum(APPROVALS).optional().describe('`awaited` and `overdue` are hotfixes that wait for approval.'),
    author: Id.optional().describe('Account of an author of any revision.'),
    from: Bound.optional().describe('Published at or after this instant.'),
    to: Bound.optional().describe('Published before this instant.'),
  },
  output: PolicyPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, state, approval, ...filter }) {
    const register = await registerOf(tx, actor.authorityId)
    const today = londonDate(now)
    const wanted = register.filter(
      (version) =>
        (state === undefined || stateOn(register, version, today) === state) &&
        (approval === undefined || approvalOf(version, now) === approval),
    )
    const ids = state === undefined && approval === undefined ? undefined : wanted.map(({ id }) => id)
    const page = { first, after: decodeCursor(after) }
    const rows = await listVersions(tx, actor.authorityId, { ...filter, ids }, page)
    return toPage(
      rows,
      first,
      (row) => ({ at: row.recordedAt, id: row.id }),
      (row) => shownVersion(row, register, { on: today, now }),
    )
  },
})

export const getPolicyVersion = defineOperation({
  name: 'policyVersion',
  kind: 'query',
  summary: 'One published version with its whole document',
  allow: [...ROLES],
  route: 'GET /v1/policies/{policy}/versions/{version}',
  params: { policy: line(60), version: line(30) },
  output: PolicyDetail,
  async run({ tx, actor, now }, { policy, version }) {
    const row = await getVersion(tx, actor.authorityId, { policy, version })
    const register = await registerOf(tx, actor.authorityId)
    return { ...shownVersion(row, register, { on: londonDate(now), now }), document: JSON.parse(row.document) }
  },
})

export const getVersionFiles = defineOperation({
  name: 'policyVersionFiles',
  kind: 'query',
  summary: 'The files of a published version, byte for byte, with its base and its cases',
  allow: [...ROLES],
  route: 'GET /v1/policies/{policy}/versions/{version}/files',
  params: { policy: line(60), version: line(30) },
  output: VersionSource,
  async run({ tx, actor }, { policy, version }) {
    const row = await getVersion(tx, actor.authorityId, { policy, version })
    const source = await sourceOf(tx, actor.authorityId, row.id)
    // A version provided before files were kept has some once it is provided again.
    if (!source) throw notFound('source')
    return { policy, version, contentHash: row.contentHash, filesHash: source.filesHash, files: filesOf(source) }
  },
})

export const resolvePolicy = defineOperation({
  name: 'policyInForce',
  kind: 'query',
  summary: 'The version that applies on a date; today where none is given',
  allow: [...ROLES],
  route: 'GET /v1/policy-in-force',
  params: {
    on: CivilDate.optional(),
    receivedOn: CivilDate.optional().describe(
      'The day on which the referral came in: it may go on under an earlier version. The same day where left out.',
    ),
  },
  output: PolicyVersion,
  async run({ tx, actor, now }, { on, receivedOn }) {
    const date = on ?? londonDate(now)
    const row = await versionInForce(tx, actor.authorityId, date, receivedOn)
    if (!row) throw new Refusal('no_policy_in_force', `No policy of this authority is in force on ${date}.`)
    return shownVersion(row, await registerOf(tx, actor.authorityId), { on: date, now })
  },
})
