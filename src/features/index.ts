/** The list of operations and tasks; the only file that names them all. Order is the order of the documents. */
import type { Operation } from '../kernel/operation.ts'
import type { Task } from '../kernel/task.ts'
import { listAuditEntries, verifyAudit } from './audit/operations.ts'
import {
  judgeLink,
  judgeMatch,
  listCandidates,
  listLinks,
  listVerdicts,
  referralHistory,
} from './children/operations.ts'
import { decisionConsent } from './decisions/consent.ts'
import { getDecision, listDecisions, recordDecision, recordDecisions } from './decisions/operations.ts'
import { listProposals, prepareDecision } from './decisions/proposals.ts'

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
import { listSubmissions, showSubmission, submitDraft, withdrawSubmission } from './drafts/submit.ts'
import {
  answerEscalation,
  closeEscalation,
  moveEscalationUp,
  skipEscalation,
  withdrawEscalation,
} from './escalations/moves.ts'
import { getEscalation, listEscalations, raiseEscalation } from './escalations/operations.ts'
import { moveUpOverdue } from './escalations/task.ts'
import {
  arrangeHelp,
  getHelpArranged,
  listHelp,
  listHelpFollowUps,
  listWithoutHelp,
  updateHelp,
} from './help/operations.ts'

import { me } from './identity/operations.ts'
import { judge, listJudgements } from './judgements/operations.ts'
import { confirmLetter, recordDelivery } from './letters/deliveries.ts'
import { getLetter, listLettersDue, listLettersSent, previewLetter, sendLetter } from './letters/operations.ts'
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
import { breakGlass, listBreakGlass, reviewBreakGlass } from './restrictions/break-glass.ts'
import { declareConflict, listConflicts, withdrawConflict } from './restrictions/conflicts.ts'
import {
  liftRestriction,
  listRestrictions,
  restrictionNotice,
  restrictReferral,
  showRestriction,
} from './restrictions/operations.ts'
import {
  getAgreement,
  judgeSecond,
  pickUp,
  reconcile,
  release,
  returnDecision,
  signOff,
} from './screenings/operations.ts'
import { finishTask, listTasks, setTask } from './screenings/tasks.ts'
import { listConsents, recordConsent } from './sharing/consents.ts'
import { liftMark, listMarks, listSharing, markWithheld, recordSharing, showSharing } from './sharing/operations.ts'
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
  referralHistory,
  listCandidates,
  judgeMatch,
  listVerdicts,
  listLinks,
  judgeLink,
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
  listDecisions,
  pickUp,
  release,
  judgeSecond,
  getAgreement,
  reconcile,
  returnDecision,
  signOff,
  setTask,
  finishTask,
  listTasks,
  raiseEscalation,
  answerEscalation,
  moveEscalationUp,
  skipEscalation,
  closeEscalation,
  withdrawEscalation,
  getEscalation,
  listEscalations,
  queue,
  queueCounts,
  clocks,
  recordMilestone,
  listMilestones,
  arrangeHelp,
  updateHelp,
  getHelpArranged,
  listHelp,
  listHelpFollowUps,
  listWithoutHelp,
  previewLetter,
  sendLetter,
  getLetter,
  listLettersSent,
  listLettersDue,
  recordDelivery,
  confirmLetter,
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
  restrictReferral,
  liftRestriction,
  showRestriction,
  listRestrictions,
  restrictionNotice,
  breakGlass,
  reviewBreakGlass,
  listBreakGlass,
  declareConflict,
  withdrawConflict,
  listConflicts,
  recordConsent,
  listConsents,
  recordSharing,
  showSharing,
  listSharing,
  markWithheld,
  liftMark,
  listMarks,
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

/** What the service does by itself, in turn. */
export const tasks: readonly Task[] = [
  makingTraits(),
  acknowledgeReferrals,
  moveUpOverdue,
  noticingOverdue(),
  advanceRehearsals,
  deliverWebhooks,
]
