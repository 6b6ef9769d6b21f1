/** The list of operations and tasks; the only file that names them all. Order is the order of the documents. */
import type { Operation } from '../kernel/operation.ts'
import type { Task } from '../kernel/task.ts'
import { accountOperations } from './accounts/all.ts'
import { auditOperations } from './audit/all.ts'
import { signCheckpoints } from './audit/signing.ts'
import { childrenOperations } from './children/all.ts'
import { decisionConsent } from './decisions/consent.ts'
import { decisionEvidence } from './decisions/evidence.ts'
import { getDecision, listDecisions, recordDecision, recordDecisions } from './decisions/operations.ts'
import { listProposals, prepareDecision } from './decisions/proposals.ts'
import { draftOperations } from './drafts/all.ts'
import { escalationOperations } from './escalations/all.ts'
import { moveUpOverdue } from './escalations/task.ts'
import { helpOperations } from './help/all.ts'
import { me } from './identity/operations.ts'
import { judge, listJudgements } from './judgements/operations.ts'
import { letterOperations } from './letters/all.ts'
import { acknowledgeReferrals } from './letters/task.ts'
import { getPolicyVersion, getVersionFiles, listPolicies, resolvePolicy } from './policies/operations.ts'
import { diff } from './publication/compare.ts'
import { publish, publishHotfix, retire } from './publication/operations.ts'
import { approve, listReviews, reject } from './publication/review.ts'
import { listMilestones, recordMilestone } from './queue/milestones.ts'
import { clocks, queue, queueCounts } from './queue/operations.ts'
import { noticingOverdue } from './queue/overdue.ts'
import { explainRecommendation, explainScore } from './recommendations/explanations.ts'
import {
  getRecommendation,
  listRecommendations,
  recommend,
  replayRecommendation,
  scoreReferral,
} from './recommendations/operations.ts'
import { getReferral, listReferrals, listRevisions, receiveReferral, reviseReferral } from './referrals/operations.ts'
import { makingTraits } from './referrals/task.ts'
import { rehearsalOperations } from './rehearsals/all.ts'
import { advanceRehearsals } from './rehearsals/task.ts'
import { restrictionOperations } from './restrictions/all.ts'
import { retentionOperations } from './retention/all.ts'
import { screeningOperations } from './screenings/all.ts'
import { sharingOperations } from './sharing/all.ts'
import { subjectAccessOperations } from './subject-access/all.ts'
import { webhookOperations } from './webhooks/all.ts'
import { deliverWebhooks } from './webhooks/deliver.ts'
export const operations: readonly Operation[] = [
  scoreReferral,
  explainScore,
  receiveReferral,
  reviseReferral,
  getReferral,
  listReferrals,
  listRevisions,
  ...childrenOperations,
  recommend,
  listRecommendations,
  getRecommendation,
  replayRecommendation,
  explainRecommendation,
  judge,
  listJudgements,
  prepareDecision,
  listProposals,
  recordDecision,
  recordDecisions,
  getDecision,
  decisionConsent,
  decisionEvidence,
  listDecisions,
  ...screeningOperations,
  ...escalationOperations,
  queue,
  queueCounts,
  clocks,
  recordMilestone,
  listMilestones,
  ...helpOperations,
  ...letterOperations,
  listPolicies,
  getPolicyVersion,
  getVersionFiles,
  resolvePolicy,
  ...draftOperations,
  approve,
  reject,
  listReviews,
  publish,
  publishHotfix,
  retire,
  diff,
  ...rehearsalOperations,
  ...restrictionOperations,
  ...sharingOperations,
  ...retentionOperations,
  ...subjectAccessOperations,
  ...webhookOperations,
  ...accountOperations,
  ...auditOperations,
  me,
]

/** What the service does by itself, in turn. */
export const tasks: readonly Task[] = [
  makingTraits(),
  acknowledgeReferrals,
  moveUpOverdue,
  noticingOverdue(),
  advanceRehearsals,
  deliverWebhooks,
  signCheckpoints,
]
