/** What a recommendation says of practice, for policies whose document does. All of it is left out where the document does not. */
import { z } from 'zod'
import { Instant } from '../text.ts'
import { CONSENT_EFFECTS } from '../vocabulary.ts'
import { CitationRef, LevelRef } from './refs.ts'

export const MatrixRef = z
  .object({ id: z.string(), title: z.string(), column: z.string(), label: z.string() })
  .meta({ id: 'MatrixColumn' })

export const ConsentEffectRef = z
  .object({
    effect: z.enum(CONSENT_EFFECTS),
    from: z.string().nullable().describe('Whose consent it is.'),
    heldUntil: Instant.nullable().describe('No longer than this is it held while consent is asked for.'),
  })
  .meta({ id: 'ConsentEffect' })

export const SplitRef = z
  .object({
    code: z.string(),
    label: z.string(),
    description: z.string().nullable(),
    possible: z.array(z.string()).describe('Codes of the splits that it may be instead, if what is uncertain is so.'),
    citation: CitationRef.nullable(),
  })
  .meta({ id: 'LevelSplit' })

export const RequirementRef = z
  .object({
    id: z.string(),
    met: z.boolean(),
    needs: z.array(
      z
        .object({
          assessment: z.string(),
          label: z.string(),
          state: z.enum(['there', 'missing', 'too_old', 'other_version', 'not_by_trained']),
        })
        .meta({ id: 'RequiredAssessment' }),
    ),
    because: z.string(),
    citation: CitationRef,
  })
  .meta({ id: 'RequiredEvidence' })

export const TransitionRef = z
  .object({
    id: z.string(),
    direction: z.enum(['up', 'down']),
    to: LevelRef,
    value: z.enum(['yes', 'maybe']).describe('Whether the condition of the document holds, or may.'),
    criteria: z.array(z.string()),
    approver: z.string(),
    qualification: z.string().nullable(),
    reviewWeeks: z.int().nullable(),
    because: z.string(),
    citation: CitationRef,
  })
  .meta({ id: 'StepUpOrDown' })

export const GuidanceRef = z
  .object({ id: z.string(), title: z.string(), text: z.string(), citation: CitationRef.nullable() })
  .meta({ id: 'Guidance' })

export const ForbiddenRef = z
  .object({
    id: z.string(),
    response: z.string(),
    together: z.array(z.string()),
    because: z.string(),
    citation: CitationRef,
  })
  .meta({ id: 'ForbiddenCombination' })

export const LevelPractice = z
  .object({
    split: SplitRef.nullable(),
    reviewWeeks: z.int().nullable(),
    limitWeeks: z.int().nullable(),
    requirements: z.array(RequirementRef),
    transitions: z.array(TransitionRef),
    forbidden: z.array(ForbiddenRef).describe('What the document says must not be done at this level.'),
    guidance: z.array(GuidanceRef),
    secondScreening: z
      .boolean()
      .describe('The document asks for a second screening of this child, whatever the response.'),
    signOff: z.boolean().describe('The document asks for a sign-off for this child, whatever the response.'),
  })
  .meta({ id: 'LevelPractice' })
export type LevelPractice = z.output<typeof LevelPractice>
