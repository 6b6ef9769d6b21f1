/** Reviews as a field of a submission; reviews and the submission that it was as fields of a version. */
import { z } from 'zod'
import type { Context } from '../../kernel/operation.ts'
import { defineRelation, type Relation } from '../../kernel/relation.ts'
import { getSubmissions, READERS, Submission, shownSubmission } from '../drafts/index.ts'
import { registerOf } from '../policies/index.ts'
import { Review } from './model.ts'
import { reviewsOf } from './queries.ts'
import { shownReview } from './review.ts'

export const submissionReviews = defineRelation({
  on: 'PolicySubmission',
  name: 'reviews',
  summary: 'Who approved, rejected or withdrew it, newest first',
  allow: READERS,
  output: z.array(Review),
  async load({ tx, actor }, parents) {
    const ids = parents.map(({ id }) => String(id))
    const rows = await reviewsOf(tx, actor.authorityId, ids)
    return ids.map((id) => rows.filter(({ submissionId }) => submissionId === id).map(shownReview))
  },
})

/** The submission that each version was, if any: what was provided at set-up was none. */
async function sourcesOf(
  { tx, actor }: Context,
  versions: readonly { id?: unknown }[],
): Promise<(string | undefined)[]> {
  const register = await registerOf(tx, actor.authorityId)
  return versions.map(({ id }) => register.find((version) => version.id === id)?.publication?.submissionId)
}

export const versionReviews: Relation = defineRelation({
  on: 'PolicyVersion',
  name: 'reviews',
  summary: 'Who approved it, or refused it afterwards, newest first',
  allow: READERS,
  output: z.array(Review),
  async load(context, parents) {
    const sources = await sourcesOf(context, parents)
    const ids = sources.filter((id) => id !== undefined)
    const rows = await reviewsOf(context.tx, context.actor.authorityId, ids)
    return sources.map((id) => rows.filter(({ submissionId }) => submissionId === id).map(shownReview))
  },
})

export const versionSource: Relation = defineRelation({
  on: 'PolicyVersion',
  name: 'source',
  summary: 'The submission that it was; none for what was provided at set-up',
  allow: READERS,
  output: z.array(Submission),
  async load(context, parents) {
    const sources = await sourcesOf(context, parents)
    const ids = sources.filter((id) => id !== undefined)
    const rows = await getSubmissions(context.tx, context.actor.authorityId, ids)
    return sources.map((id) => rows.filter((row) => row.id === id).map(shownSubmission))
  },
})
