/** Clocks as fields of a referral and of its children. */
import { z } from 'zod'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Context } from '../../kernel/operation.ts'
import { defineRelation } from '../../kernel/relation.ts'
import { entriesOf } from './entries.ts'
import { factsOf } from './facts.ts'
import { Clock } from './model.ts'
import { shownClock } from './shown.ts'
import { timingFor } from './timing.ts'

const READERS = ['system', 'screener', 'supervisor', 'panel_member'] as const

/** The clocks of referrals, by id: that of the whole referral once, then those of each child. */
export async function clocksOfReferrals(
  { tx, actor, now }: Context,
  referralIds: readonly string[],
): Promise<Map<string, Clock[]>> {
  const children = await factsOf(tx, actor.authorityId, { scope: 'all', referralIds })
  children.sort((a, b) => (a.id < b.id ? -1 : 1))
  const entryOf = entriesOf({ actor }, await timingFor(tx, actor.authorityId, children, londonDate(now)))
  const found = new Map<string, Clock[]>()
  for (const facts of children) {
    const clocks = entryOf(facts, now).clocks.map((clock) => shownClock(facts, clock))
    const known = found.get(facts.referralId)
    // Each child has worked out the clock of the whole referral; it is told once.
    found.set(facts.referralId, known ? [...known, ...clocks.filter(({ child }) => child !== null)] : clocks)
  }
  return found
}

export const referralClocks = defineRelation({
  on: 'Referral',
  name: 'clocks',
  summary: 'Every clock of the referral and its children, as it stands now',
  allow: READERS,
  output: z.array(Clock),
  async load(context, parents) {
    const ids = parents.map(({ id }) => String(id))
    const found = await clocksOfReferrals(context, ids)
    return ids.map((id) => found.get(id) ?? [])
  },
})

export const childClocks = defineRelation({
  on: 'ReferralChild',
  name: 'clocks',
  summary: 'Clocks of the child in this referral, as they stand now',
  allow: READERS,
  output: z.array(Clock),
  async load(context, parents) {
    const found = await clocksOfReferrals(context, [...new Set(parents.map(({ referralId }) => String(referralId)))])
    return parents.map(({ referralId, key }) =>
      (found.get(String(referralId)) ?? []).filter(({ child }) => child === key),
    )
  },
})
