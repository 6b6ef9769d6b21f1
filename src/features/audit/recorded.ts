/** What the log vouches for. */
import { accountChanges, accountRecords } from '../../db/tables/accounts.ts'
import { childMatches, childTraits, referralLinks, referralLinkVerdicts } from '../../db/tables/children.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { escalationSteps, escalations } from '../../db/tables/escalations.ts'
import {
  decisionCompletions,
  decisionProposals,
  decisionReturns,
  helpArrangements,
  judgements,
  reconciliations,
  screeningPickups,
  screeningTaskResults,
  screeningTasks,
  signOffs,
} from '../../db/tables/front-door.ts'
import { helpUpdates } from '../../db/tables/help.ts'
import { letterDecisions, letterDeliveries, letterReceipts, letters } from '../../db/tables/letters.ts'
import { policyDraftRevisions, policyDrafts, policyReviews, policySubmissions } from '../../db/tables/policy-drafts.ts'
import { policyPublications, policyRetirements, policySources } from '../../db/tables/policy-publications.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { milestones, overdueNotices } from '../../db/tables/queue.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { childIdentifiers, referralChildren, referralRevisions, referrals } from '../../db/tables/referrals.ts'
import {
  rehearsalAcceptances,
  rehearsalBatches,
  rehearsalChildren,
  rehearsalEvents,
  rehearsals,
} from '../../db/tables/rehearsals.ts'
import {
  accountConflicts,
  accountConflictWithdrawals,
  breakGlassGrants,
  breakGlassReviews,
  restrictionAccounts,
  restrictions,
} from '../../db/tables/restrictions.ts'
import {
  disposalProposals,
  disposals,
  legalHoldReleases,
  legalHolds,
  retentionClasses,
  retentionRules,
} from '../../db/tables/retention.ts'
import { consents, sharingDecisions, sharingMarkLiftings, sharingMarks } from '../../db/tables/sharing.ts'
import { webhookChanges, webhookSecrets, webhooks } from '../../db/tables/webhooks.ts'

/** Tables of which every row has to be vouched for by an entry. */
export const RECORDED = [
  accountRecords,
  accountChanges,
  policyVersions,
  policySources,
  policyDrafts,
  policyDraftRevisions,
  policySubmissions,
  policyReviews,
  policyPublications,
  policyRetirements,
  referrals,
  referralRevisions,
  referralChildren,
  childIdentifiers,
  childTraits,
  childMatches,
  referralLinks,
  referralLinkVerdicts,
  recommendations,
  judgements,
  decisionProposals,
  decisions,
  screeningPickups,
  reconciliations,
  decisionReturns,
  signOffs,
  decisionCompletions,
  screeningTasks,
  screeningTaskResults,
  helpArrangements,
  escalations,
  escalationSteps,
  milestones,
  overdueNotices,
  helpUpdates,
  letters,
  letterDecisions,
  letterDeliveries,
  letterReceipts,
  rehearsals,
  rehearsalBatches,
  rehearsalEvents,
  rehearsalChildren,
  rehearsalAcceptances,
  restrictions,
  restrictionAccounts,
  breakGlassGrants,
  breakGlassReviews,
  accountConflicts,
  accountConflictWithdrawals,
  consents,
  sharingDecisions,
  sharingMarks,
  sharingMarkLiftings,
  retentionRules,
  retentionClasses,
  legalHolds,
  legalHoldReleases,
  disposalProposals,
  disposals,
  webhooks,
  webhookSecrets,
  webhookChanges,
] as const
export type Recorded = (typeof RECORDED)[number]
