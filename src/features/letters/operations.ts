import { z } from 'zod'
import { LETTER_KINDS } from '../../engine/letters/facts.ts'
import { line } from '../../engine/text.ts'
import { PROTECTIVE_TYPES } from '../../engine/vocabulary.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { lockReferral } from '../referrals/index.ts'
import { revealedBy, withheldFrom } from '../sharing/index.ts'
import { calendarNow, dueFrom, overdueBefore } from './due.ts'
import {
  LETTER_STATES,
  Letter,
  LetterDone,
  LetterDuePage,
  LetterInput,
  LetterPage,
  LetterPreview,
  which,
} from './model.ts'
import { listOwed, untoldDecisions } from './owed.ts'
import { getLetterShown, listLetters, STAFF } from './queries.ts'
import { type Composed, compose, storeLetter } from './write.ts'

export const READERS = ['referrer', ...STAFF] as const
export const WRITERS = ['screener', 'supervisor'] as const
const kind = z.enum(LETTER_KINDS)

export const previewLetter = defineOperation({
  name: 'letterPreview',
  kind: 'query',
  summary: 'A letter as it would be sent now',
  description:
    'An acknowledgement; feedback to the referrer with a part for each child decided that they have not been told; or the same of one child, safe for the family. Also as text and as a page to print.',
  allow: WRITERS,
  route: 'GET /v1/referrals/{referralId}/letter-preview',
  params: { referralId: Id, ...which },
  output: LetterPreview,
  forms: { text: ({ text }) => text, html: ({ html }) => html },
  async run(context, { referralId, kind, child }) {
    requireChild({ kind, child }, 'query')
    const composed = await compose(context, { referralId, kind, child })
    const { title, to, text, html } = composed.letter
    return { ...saidOf(composed), to, title, text, html, reveals: await revealed(context, composed) }
  },
})

/** @throws Refusal invalid_input: a family hears of one child in a letter, since another may be of another family. */
function requireChild({ kind, child }: Pick<LetterInput, 'kind' | 'child'>, where: Wrong['in']): void {
  if ((kind === 'family_feedback') === (child !== undefined)) return
  const detail =
    child === undefined
      ? 'Name the child whom the family’s letter is about.'
      : 'A letter to the referrer tells of every child. Leave “child” out.'
  const code = child === undefined ? 'missing_property' : 'unknown_property'
  throw new Refusal('invalid_input', detail, { errors: [{ in: where, pointer: '/child', code, detail }] })
}

function saidOf({ referralId, reference, kind, told, dueAt }: Composed) {
  return {
    ...{ referralId, reference, kind, dueAt },
    decisions: told.map(({ decision }) => decision.id),
    children: told.map(({ decision }) => decision.child),
  }
}

export const sendLetter = defineOperation({
  name: 'sendLetter',
  kind: 'command',
  summary: 'Send a letter: it is kept word for word, and the referrer can read it here',
  description: 'Each decision is told once to each reader. What went out by other means is recorded as a delivery.',
  allow: WRITERS,
  route: 'POST /v1/referrals/{referralId}/letters',
  status: 201,
  params: { referralId: Id },
  body: LetterInput,
  output: LetterDone,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    requireChild(body, 'body')
    await lockReferral(tx, actor, referralId)
    const composed = await compose(context, { referralId, ...body })
    requireSafe(composed, body)
    await requireNothingRevealed(context, composed)
    const newId = () => context.newId()
    const writing = { tx, authorityId: actor.authorityId, now, newId, writer: actor }
    const { id, records, contentHash } = await storeLetter(writing, composed, body.tellingIsSafe ?? null)
    const facts = { letter: id, referral: referralId, kind: body.kind, decisions: composed.told.length, contentHash }
    const audit = await context.record({ event: 'letter.sent', facts, records })
    return { letter: await getLetterShown(tx, actor, { id, now }), audit }
  },
})

/**
 * What a family that harms a child must not learn before the child is safe.
 * @throws Refusal unprocessable unless somebody says why the family may hear of protection
 */
function requireSafe({ kind, told }: Composed, { tellingIsSafe }: LetterInput): void {
  const isDelicate = told.some(({ decision, policy }) =>
    PROTECTIVE_TYPES.includes(policy.responses.get(decision.response ?? '')?.type ?? ''),
  )
  if (kind !== 'family_feedback' || !isDelicate || tellingIsSafe !== undefined) return
  const detail = 'Telling the family could put the child at risk. Say why it is safe, or do not send this.'
  throw new Refusal('unprocessable', detail, {
    errors: [{ in: 'body', pointer: '/tellingIsSafe', code: 'missing_property', detail }],
  })
}

/** The marks of which a letter says something to a reader who must not know. */
async function revealed({ tx, actor }: Context, { kind, referralId, letter }: Composed): Promise<string[]> {
  const audience = kind === 'family_feedback' ? 'family' : 'referrer'
  const marks = await withheldFrom(tx, actor, referralId, audience)
  return revealedBy(`${letter.title}\n${letter.to}\n${letter.text}`, marks)
}

/** @throws Refusal letter_reveals */
async function requireNothingRevealed(context: Context, composed: Composed): Promise<void> {
  const marks = await revealed(context, composed)
  if (marks.length === 0) return
  const detail = 'The letter says what was marked as not to be shared with its reader. It is not sent.'
  const errors = marks.map((mark) => ({ in: 'body' as const, pointer: '', code: 'revealed', detail: `Mark ${mark}.` }))
  throw new Refusal('letter_reveals', detail, { errors })
}

export const getLetter = defineOperation({
  name: 'letter',
  kind: 'query',
  summary: 'A letter as it was sent, and what became of it',
  description: 'A referrer reads those that are for them. Also as text and as a page to print.',
  allow: READERS,
  route: 'GET /v1/letters/{letterId}',
  params: { letterId: Id },
  output: Letter,
  forms: { text: ({ text }) => text ?? '', html: ({ html }) => html ?? '' },
  async run({ tx, actor, now }, { letterId }) {
    const found = await getLetterShown(tx, actor, { id: letterId, now })
    if (found.hidden === null) return found
    throw new Refusal(
      'own_judgement_first',
      'The letter tells of a decision that is being screened a second time. Whoever screens it writes down their own view first.',
    )
  },
})

export const listLettersSent = defineOperation({
  name: 'letters',
  kind: 'query',
  summary: 'Letters that were sent, newest first',
  allow: READERS,
  route: 'GET /v1/letters',
  params: {
    ...pageParams,
    kind: kind.optional(),
    state: z.enum(LETTER_STATES).optional(),
    referral: Id.optional(),
    overdue: z.boolean().optional().describe('Those of which nobody knows in time that they came, or all others.'),
  },
  output: LetterPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listLetters(tx, actor, { filter, now, page: { first, after: decodeCursor(after) } })
    return toPage(
      rows,
      first,
      ({ writtenAt, id }) => ({ at: writtenAt, id }),
      (letter) => letter,
    )
  },
})

export const listLettersDue = defineOperation({
  name: 'lettersDue',
  kind: 'query',
  summary: 'What referrers have not been told, longest first',
  description: 'That their referral came, and what was decided once it is complete: each within one working day.',
  allow: STAFF,
  route: 'GET /v1/letters-due',
  params: {
    ...pageParams,
    kind: kind.optional(),
    referral: Id.optional(),
    agency: line(200).optional().describe('The agency that referred.'),
    overdue: z.boolean().optional().describe('Only those whose time has run out, or only the others.'),
  },
  output: LetterDuePage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, kind, referral, agency, overdue }) {
    const calendar = await calendarNow(tx, { authorityId: actor.authorityId, now })
    const bound = overdueBefore(now, calendar)
    const filter = {
      ...{ kind, referral, agency },
      before: overdue === true ? bound : undefined,
      from: overdue === false ? bound : undefined,
    }
    const owed = await listOwed(tx, actor, { filter, page: { first, after: decodeCursor(after) } })
    const referralIds = owed.flatMap(({ kind, referralId }) => (kind === 'feedback' ? [referralId] : []))
    const untold = await untoldDecisions(tx, actor, { kind: 'feedback', referralIds })
    return toPage(
      owed,
      first,
      ({ since, referralId }) => ({ at: since, id: referralId }),
      (row) => {
        const own = untold.filter(({ referralId }) => row.kind === 'feedback' && referralId === row.referralId)
        const dueAt = dueFrom(row.since, calendar)
        const decisions = own.map(({ decisionId }) => decisionId)
        return { ...row, decisions, children: own.map(({ childKey }) => childKey), dueAt, isOverdue: dueAt < now }
      },
    )
  },
})
