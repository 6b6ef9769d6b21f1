/** The list of relations: the fields that later features add to the types of earlier ones. */
import type { Relation } from '../kernel/relation.ts'
import { childHistory, linksOfReferral, recommendationHistory, referralHistories } from './children/relations.ts'
import { childDecisions, recommendationDecisions, referralDecisions } from './decisions/relations.ts'
import { draftRevisions, draftSubmissions } from './drafts/relations.ts'
import { decisionEscalations, referralEscalations } from './escalations/relations.ts'
import { decisionHelp } from './help/relations.ts'
import { referralLetters } from './letters/relations.ts'
import { submissionReviews, versionReviews, versionSource } from './publication/relations.ts'
import { childClocks, referralClocks } from './queue/relations.ts'
import { explanationHtml, explanationText } from './recommendations/explanations.ts'
import { childRecommendations, referralRecommendations } from './recommendations/relations.ts'
import { referralConsents, referralSharing } from './sharing/relations.ts'

export const relations: readonly Relation[] = [
  referralHistories,
  childHistory,
  linksOfReferral,
  recommendationHistory,
  childRecommendations,
  referralRecommendations,
  childDecisions,
  referralDecisions,
  recommendationDecisions,
  referralEscalations,
  decisionEscalations,
  childClocks,
  referralClocks,
  decisionHelp,
  referralLetters,
  explanationText,
  explanationHtml,
  draftRevisions,
  draftSubmissions,
  submissionReviews,
  versionReviews,
  versionSource,
  referralConsents,
  referralSharing,
]
