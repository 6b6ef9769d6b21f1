import type { childMatches } from '../../db/tables/children.ts'
import type { ChildRef } from '../referrals/index.ts'
import type { ChildMatch, ReferralLink } from './model.ts'
import type { LinkRow } from './queries.ts'

export function shownLink({ link, verdict }: LinkRow): ReferralLink {
  return {
    ...{ id: link.id, kind: link.kind, referrals: [link.firstReferralId, link.secondReferralId] },
    ...{ because: link.because, madeAt: link.madeAt },
    state: verdict?.verdict ?? 'open',
    judgedAt: verdict?.judgedAt ?? null,
    judgedBy: verdict?.judgedBy ?? null,
    reason: verdict?.reason ?? null,
  }
}

export interface MatchRow {
  readonly match: typeof childMatches.$inferSelect
  readonly judgeName: string
  readonly isStanding: boolean
}

/** A verdict as it reads from the one of the two children. */
export function shownMatch({ match, judgeName, isStanding }: MatchRow, from: ChildRef): ChildMatch {
  const first = { referralId: match.firstReferralId, childKey: match.firstChildKey }
  const second = { referralId: match.secondReferralId, childKey: match.secondChildKey }
  const other = first.referralId === from.referralId ? second : first
  return {
    ...{ id: match.id, referralId: from.referralId, child: from.childKey },
    ...{ otherReferral: other.referralId, otherChild: other.childKey },
    ...{ verdict: match.verdict, standing: match.standing, score: match.score, reason: match.reason },
    judgedBy: { accountId: match.judgedBy, displayName: judgeName },
    ...{ judgedAt: match.judgedAt, isStanding },
  }
}
