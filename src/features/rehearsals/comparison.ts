import { londonDate } from '../../engine/calendar/civil.ts'
import { comparisonOf } from '../../engine/rehearsal/compare.ts'
import { line } from '../../engine/text.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { sightOf } from '../judgements/index.ts'
import { versionInForce } from '../policies/index.ts'
import { getReferralRow, type ReferralRow, shown as shownReferral } from '../referrals/index.ts'
import { compareChild, explained } from './compared.ts'
import { ReferralComparison } from './model.ts'
import { type Candidate, candidateOf, type Named } from './policies.ts'
import { storedChildren } from './reading.ts'

const version = { policy: line(60).optional(), version: line(30).optional() }

export const compareReferral = defineOperation({
  name: 'compareReferral',
  kind: 'query',
  summary: 'One stored referral under two policies: what is recommended by each, and what is less than before',
  description:
    'Both are of this authority: published versions, or a draft. Scored as it was scored last, or as it would be now; nothing is stored.',
  allow: ['screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/referrals/{referralId}/comparison',
  params: {
    referralId: Id,
    policy: version.policy.describe('The policy to look at: a published version …'),
    version: version.version,
    draft: Id.optional().describe('… or a draft.'),
    revision: ReferralComparison.shape.revision.min(1).optional().describe('Its latest where left out.'),
    againstPolicy: version.policy.describe('The policy to compare with; the one in force today where left out.'),
    againstVersion: version.version,
  },
  output: ReferralComparison,
  async run(context, { referralId, ...named }) {
    const { tx, actor } = context
    const found = await getReferralRow(tx, actor, referralId)
    await requireSight(context, found)
    const after = await candidateOf(tx, actor.authorityId, requireNamed(named))
    const before = await comparedWith(context, { policy: named.againstPolicy, version: named.againstVersion })
    const comparison = comparisonOf(before.policy, after.policy)
    const children = (await storedChildren(tx, comparison.before, [found])).map(({ child, snapshot }) => {
      const compared = compareChild(comparison, snapshot)
      return { child: child.id, list: compared.movement.list, ...explained(comparison, snapshot, compared) }
    })
    const { revision } = found.revision
    return { referralId, revision, before: shown(before), after: shown(after), children }
  },
})

/**
 * What two policies recommend is not for whoever has still to judge for themselves.
 * @throws Refusal own_judgement_first
 */
async function requireSight({ tx, actor }: Context, { referral, revision }: ReferralRow): Promise<void> {
  const sees = await sightOf(tx, actor, [referral.id])
  const keys = shownReferral({ referral, revision }).content.children.map(({ id }) => id)
  const unseen = keys.filter((childKey) => !sees({ referralId: referral.id, childKey, revision: revision.revision }))
  if (unseen.length > 0)
    throw new Refusal('own_judgement_first', `Write down your own judgement of ${unseen.join(', ')} first.`)
}

interface Asked {
  readonly policy?: string | undefined
  readonly version?: string | undefined
  readonly draft?: string | undefined
  readonly revision?: number | undefined
}

/** @throws Refusal invalid_input unless it is one whole name of a version, or a draft */
function requireNamed({ policy, version, draft, revision }: Asked): Named {
  if (draft !== undefined && policy === undefined && version === undefined) return { draftId: draft, revision }
  if (draft === undefined && revision === undefined && policy !== undefined && version !== undefined)
    return { policy, version }
  throw halfNamed(draft === undefined ? '/policy' : '/draft')
}

async function comparedWith({ tx, actor, now }: Context, { policy, version }: Asked): Promise<Candidate> {
  if (policy !== undefined && version !== undefined)
    return await candidateOf(tx, actor.authorityId, { policy, version })
  if (policy !== undefined || version !== undefined) throw halfNamed('/againstPolicy')
  const row = await versionInForce(tx, actor.authorityId, londonDate(now))
  if (!row) throw new Refusal('no_policy_in_force', 'No policy is in force today: name the version to compare with.')
  return await candidateOf(tx, actor.authorityId, { versionId: row.id })
}

function halfNamed(pointer: string): Refusal {
  return new Refusal('invalid_input', 'Name a policy together with its version, or a draft.', {
    errors: [{ in: 'query', pointer, code: 'one_of', detail: 'Policy and version go together, and not with a draft.' }],
  })
}

function shown({ policy, versionId }: Candidate) {
  return { policy: policy.id, version: policy.version, contentHash: policy.hash, versionId }
}
