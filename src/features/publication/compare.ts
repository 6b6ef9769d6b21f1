/** What changed, in words: between two versions, or from the version in force to a draft. */
import { z } from 'zod'
import { londonDate } from '../../engine/calendar/civil.ts'
import { diffMarkdown, diffPolicies, type Policy } from '../../engine/index.ts'
import { onlyRaises } from '../../engine/policy/raises.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { draftPolicy, getDraftRevision, READERS } from '../drafts/index.ts'
import { compiledPolicy, getVersion, versionInForce } from '../policies/index.ts'
import { DiffShown } from './model.ts'

export const diff = defineOperation({
  name: 'policyDiff',
  kind: 'query',
  summary: 'What changes from one version to another, or to a draft, in words',
  description:
    'From the version in force where none is named; to a version, or to a revision of a draft. `markdown` is a briefing for practitioners.',
  allow: READERS,
  route: 'GET /v1/policy-diff',
  params: {
    from: Id.optional().describe('Id of a published version; the one in force where left out.'),
    to: Id.optional().describe('Id of a published version.'),
    draft: Id.optional().describe('Id of a draft, instead of “to”.'),
    revision: z.int().min(1).optional().describe('Its revision; the latest where left out.'),
  },
  output: DiffShown,
  async run(context, { from, to, draft, revision }) {
    if ((to === undefined) === (draft === undefined))
      throw new Refusal('invalid_input', 'Name either a version or a draft to compare with.', {
        errors: [{ in: 'query', pointer: '/to', code: 'either', detail: 'One of “to” and “draft”.' }],
      })
    const before = await version(context, from)
    const { tx, actor } = context
    const after =
      draft === undefined
        ? await version(context, to)
        : draftPolicy(await getDraftRevision(tx, actor.authorityId, { draftId: draft, revision }))
    const said = diffPolicies(before.document, after.document)
    const { ok, because } = onlyRaises(before.document, after.document)
    return {
      ...said,
      changes: [...said.changes],
      fromHash: before.hash,
      toHash: after.hash,
      markdown: diffMarkdown(said),
      onlyRaises: ok,
      notRaising: [...because],
    }
  },
})

/** @throws Refusal not_found, no_policy_in_force */
async function version({ tx, actor, now }: Context, id: string | undefined): Promise<Policy> {
  if (id !== undefined) return compiledPolicy(await getVersion(tx, actor.authorityId, { id }))
  const row = await versionInForce(tx, actor.authorityId, londonDate(now))
  if (row) return compiledPolicy(row)
  throw new Refusal('no_policy_in_force', 'No policy is in force today. Name the version to compare from.')
}
