/** The list of operations, relations and tasks; the only file that names them all. Order is the order of the documents. */
import type { Operation } from '../kernel/operation.ts'
import type { Relation } from '../kernel/relation.ts'
import type { Task } from '../kernel/task.ts'
import { listAuditEntries, verifyAudit } from './audit/operations.ts'
import { getDecision, listDecisions, recordDecision } from './decisions/operations.ts'
import { childDecisions, recommendationDecisions, referralDecisions } from './decisions/relations.ts'
import {
  checkDraft,
  checkPolicy,
  createDraft,
  getDraft,
  getRevision,
  listRevisions as listDraftRevisions,
  listDrafts,
  reviseDraft,
} from './drafts/operations.ts'
import { draftRevisions, draftSubmissions } from './drafts/relations.ts'
import { listSubmissions, showSubmission, submitDraft, withdrawSubmission } from './drafts/submit.ts'
import { me } from './identity/operations.ts'
import { getPolicyVersion, getVersionFiles, listPolicies, resolvePolicy } from './policies/operations.ts'
import { diff } from './publication/compare.ts'
import { publish, publishHotfix, retire } from './publication/operations.ts'
import { submissionReviews, versionReviews, versionSource } from './publication/relations.ts'
import { approve, listReviews, reject } from './publication/review.ts'
import {
  explainRecommendation,
  explainScore,
  explanationHtml,
  explanationText,
} from './recommendations/explanations.ts'
import {
  getRecommendation,
  listRecommendations,
  recommend,
  replayRecommendation,
  scoreReferral,
} from './recommendations/operations.ts'
import { childRecommendations, referralRecommendations } from './recommendations/relations.ts'
import { getReferral, listReferrals, listRevisions, receiveReferral, reviseReferral } from './referrals/operations.ts'
import { compareReferral } from './rehearsals/comparison.ts'
import {
  cancelRehearsal,
  listRehearsals,
  resumeRehearsal,
  showRehearsal,
  startRehearsal,
} from './rehearsals/operations.ts'
import { acceptDowngrade, listRehearsalChildren, rehearsalResult } from './rehearsals/results.ts'
import { advanceRehearsals } from './rehearsals/task.ts'
import { deliverWebhooks } from './webhooks/deliver.ts'
import { listAttempts, listDeliveries, listEvents, replayDeliveries, webhookBacklog } from './webhooks/deliveries.ts'
import {
  addWebhook,
  listWebhooks,
  pauseWebhook,
  removeWebhook,
  resumeWebhook,
  rotateWebhookSecret,
  showWebhook,
} from './webhooks/operations.ts'

export const operations: readonly Operation[] = [
  scoreReferral,
  explainScore,
  receiveReferral,
  reviseReferral,
  getReferral,
  listReferrals,
  listRevisions,
  recommend,
  listRecommendations,
  getRecommendation,
  replayRecommendation,
  explainRecommendation,
  recordDecision,
  getDecision,
  listDecisions,
  listPolicies,
  getPolicyVersion,
  getVersionFiles,
  resolvePolicy,
  checkPolicy,
  createDraft,
  reviseDraft,
  getDraft,
  listDrafts,
  listDraftRevisions,
  getRevision,
  checkDraft,
  submitDraft,
  withdrawSubmission,
  showSubmission,
  listSubmissions,
  approve,
  reject,
  listReviews,
  publish,
  publishHotfix,
  retire,
  diff,
  startRehearsal,
  showRehearsal,
  listRehearsals,
  cancelRehearsal,
  resumeRehearsal,
  rehearsalResult,
  listRehearsalChildren,
  acceptDowngrade,
  compareReferral,
  listEvents,
  addWebhook,
  showWebhook,
  listWebhooks,
  rotateWebhookSecret,
  pauseWebhook,
  resumeWebhook,
  removeWebhook,
  listDeliveries,
  listAttempts,
  replayDeliveries,
  webhookBacklog,
  listAuditEntries,
  verifyAudit,
  me,
]

export const relations: readonly Relation[] = [
  childRecommendations,
  referralRecommendations,
  childDecisions,
  referralDecisions,
  recommendationDecisions,
  explanationText,
  explanationHtml,
  draftRevisions,
  draftSubmissions,
  submissionReviews,
  versionReviews,
  versionSource,
]

/** What the service does by itself, in turn. */
export const tasks: readonly Task[] = [advanceRehearsals, deliverWebhooks]
