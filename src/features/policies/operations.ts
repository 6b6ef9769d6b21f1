import { ROLES } from '../../db/tables/accounts.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { CivilDate, line } from '../../engine/text.ts'
import { Refusal } from '../../kernel/errors.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { compiledPolicy } from './compiled.ts'
import { PolicyDetail, PolicyPage, PolicyVersion } from './model.ts'
import { getVersion, listVersions, type PolicyRow, versionInForce } from './queries.ts'

export const listPolicies = defineOperation({
  name: 'policies',
  kind: 'query',
  summary: 'Published versions of the authority’s threshold document, newest first',
  allow: [...ROLES],
  route: 'GET /v1/policies',
  params: { ...pageParams, policy: line(60).optional().describe('Only versions of this policy document.') },
  output: PolicyPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, policy }) {
    const rows = await listVersions(tx, actor.authorityId, { first, after: decodeCursor(after), policy })
    return toPage(rows, first, (row) => ({ at: row.recordedAt, id: row.id }), summaryOf)
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
  async run({ tx, actor }, { policy, version }) {
    const row = await getVersion(tx, actor.authorityId, { policy, version })
    return { ...summaryOf(row), document: JSON.parse(row.document) }
  },
})

export const resolvePolicy = defineOperation({
  name: 'policyInForce',
  kind: 'query',
  summary: 'The version that applies on a date; today where none is given',
  allow: [...ROLES],
  route: 'GET /v1/policy-in-force',
  params: { on: CivilDate.optional() },
  output: PolicyVersion,
  async run({ tx, actor, now }, { on }) {
    const date = on ?? londonDate(now)
    const row = await versionInForce(tx, actor.authorityId, date)
    if (!row) throw new Refusal('no_policy_in_force', `No policy of this authority is in force on ${date}.`)
    return summaryOf(row)
  },
})

function summaryOf(row: PolicyRow): PolicyVersion {
  const { levels } = compiledPolicy(row)
  return {
    id: row.id,
    policy: row.policyId,
    version: row.version,
    title: row.title,
    contentHash: row.contentHash,
    statutory: row.statutoryId,
    statutoryVersion: row.statutoryVersion,
    statutoryHash: row.statutoryHash,
    effectiveFrom: row.effectiveFrom,
    recordedAt: row.recordedAt,
    levels: levels.map(({ code, label, description, common }) => ({ code, label, description, common })),
  }
}
