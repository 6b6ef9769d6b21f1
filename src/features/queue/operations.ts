import { z } from 'zod'
import { line } from '../../engine/text.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { PAGE_DEFAULT, pageParams } from '../../kernel/page.ts'
import { getReferralRow } from '../referrals/index.ts'
import { decodeQueueCursor, encodeQueueCursor } from './cursor.ts'
import { compare, entriesAt } from './entries.ts'
import { hiddenCounts } from './hidden.ts'
import { Clocks, OPEN_STATES, QueueCounts, QueuePage } from './model.ts'
import { clocksOfReferrals } from './relations.ts'
import { shownEntries } from './shown.ts'
import { STEPS } from './steps.ts'

export const queue = defineOperation({
  name: 'queue',
  kind: 'query',
  summary: 'What is to be done next about each child, most urgent first',
  description:
    'By urgency, then by what is due first, then by level. Further pages keep the order of the moment of the first; what became urgent since is at the head of a new first page.',
  allow: ['system', 'screener', 'supervisor'],
  route: 'GET /v1/queue',
  params: {
    ...pageParams,
    what: z
      .enum(STEPS)
      .optional()
      .describe(
        'Only where this is to be done. Children of whom all is decided, and nothing is challenged, are listed for carry_out alone.',
      ),
    state: z.enum(OPEN_STATES).optional().describe('State of the clock that is due first.'),
    urgency: line(60).optional().describe('Code of the band by which it is dealt with now.'),
    mine: z.boolean().optional().describe('Only what you may do now, or only what you may not.'),
    agency: line(200).optional().describe('The agency that referred.'),
    referral: Id.optional(),
  },
  output: QueuePage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, ...filter }) {
    const cursor = decodeQueueCursor(after, now)
    const at = cursor?.at ?? now
    const scope = filter.what === 'carry_out' ? 'all' : 'open'
    const { entries, entryOf } = await entriesAt(tx, actor, { ...filter, scope }, at)
    const rest = cursor ? entries.filter(({ key }) => compare(key, cursor.key) > 0) : entries
    const page = rest.slice(0, first)
    // In the order of the first page, and each as it stands now.
    const rows = await shownEntries(
      tx,
      actor,
      page.map(({ facts }) => entryOf(facts, now)),
      now,
    )
    const cursors = page.map(({ key }) => encodeQueueCursor({ at, key }))
    return {
      edges: rows.map((node, i) => ({ cursor: cursors[i] ?? '', node })),
      pageInfo: { hasNextPage: rest.length > first, endCursor: cursors.at(-1) ?? null },
    }
  },
})

export const queueCounts = defineOperation({
  name: 'queueCounts',
  kind: 'query',
  summary: 'How many children wait for what, by the state of the clock that is due first',
  allow: ['system', 'screener', 'supervisor'],
  route: 'GET /v1/queue/counts',
  params: {
    mine: z.boolean().optional().describe('Only what you may do now, or only what you may not.'),
    agency: line(200).optional(),
  },
  output: QueueCounts,
  async run({ tx, actor, now }, filter) {
    const { entries } = await entriesAt(tx, actor, { ...filter, scope: 'all' }, now)
    const counts = new Map<string, QueueCounts['counts'][number]>()
    for (const { steps, next } of entries) {
      const state = OPEN_STATES.find((open) => open === next?.state) ?? null
      for (const step of steps) {
        const key = `${STEPS.indexOf(step)}/${state}`
        counts.set(key, { step, state, children: (counts.get(key)?.children ?? 0) + 1 })
      }
    }
    const place = ({ step, state }: QueueCounts['counts'][number]): number =>
      STEPS.indexOf(step) * 10 + (state === null ? 9 : OPEN_STATES.indexOf(state))
    return {
      children: entries.length,
      counts: [...counts.values()].sort((a, b) => place(a) - place(b)),
      restricted: isSupervisor(actor) ? await hiddenCounts(tx, actor, now) : null,
    }
  },
})

/** A system that has the role sees no more than it is let in to. */
const isSupervisor = (actor: Actor): boolean => actor.kind === 'human' && hasRole(actor, 'supervisor')

export const clocks = defineOperation({
  name: 'clocks',
  kind: 'query',
  summary: 'Every clock of a referral and its children, as it stands now',
  description: 'Response clocks of what is recommended are left out while the recommendation is not shown to you.',
  allow: ['system', 'screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/referrals/{referralId}/clocks',
  params: { referralId: Id },
  output: Clocks,
  async run(context, { referralId }) {
    await getReferralRow(context.tx, context.actor, referralId)
    return { clocks: (await clocksOfReferrals(context, [referralId])).get(referralId) ?? [] }
  },
})
