/** What is past the time for which it is kept. */
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { type Cursor, decodeCursor, encodeCursor, PAGE_DEFAULT, pageParams } from '../../kernel/page.ts'
import { dueOfReferrals, type Named, referralsAfter } from './facts.ts'
import { type RetentionDue, RetentionDuePage } from './model.ts'
import { heldAmong, newestProposals } from './queries.ts'

/** Referrals looked at together. */
const AT_ONCE = 100
/** Referrals looked at for one page, so that an answer does not take long where little is due. */
const LOOKED_AT_MAX = 1000

export const retentionDue = defineOperation({
  name: 'retentionDue',
  kind: 'query',
  summary: 'Referrals past the time for which they are kept, oldest first: ids and dates',
  description:
    'For each the rule, the day and the legal basis. What is open, challenged, or joined to a referral that is, is not listed; what a legal hold keeps is, and says so. A page may be shorter than asked for and not be the last: go on while hasNextPage says so.',
  allow: ['administrator', 'supervisor'],
  route: 'GET /v1/retention/due',
  params: pageParams,
  output: RetentionDuePage,
  async run(context, { first = PAGE_DEFAULT, after }) {
    const found: RetentionDue[] = []
    let cursor = decodeCursor(after)
    let hasMore = true
    for (let looked = 0; looked < LOOKED_AT_MAX && hasMore && found.length < first; looked += AT_ONCE) {
      const some = await referralsAfter(context.tx, context.actor, cursor, AT_ONCE)
      hasMore = some.length === AT_ONCE
      found.push(...(await dueAmong(context, some)))
      const last = some.at(-1)
      if (last) cursor = cursorOf(last)
    }
    const page = found.slice(0, first)
    const edges = page.map((node) => ({ cursor: encodeCursor(cursorAt(node)), node }))
    const isCut = found.length > first
    // Where nothing was cut off, the next page goes on after what was looked at last, due or not.
    const endCursor = isCut ? edges.at(-1)?.cursor : cursor && encodeCursor(cursor)
    return { edges, pageInfo: { hasNextPage: isCut || hasMore, endCursor: endCursor ?? null } }
  },
})

const cursorOf = ({ receivedAt, id }: Named): Cursor => ({ at: receivedAt, id })
const cursorAt = ({ receivedAt, referralId }: RetentionDue): Cursor => ({ at: receivedAt, id: referralId })

async function dueAmong({ tx, actor, now }: Context, some: readonly Named[]): Promise<RetentionDue[]> {
  const today = londonDate(now)
  const due = await dueOfReferrals(
    tx,
    actor,
    some.map(({ id }) => id),
  )
  const past = some.filter(({ id }) => (due.get(id)?.dueOn ?? '9999') <= today)
  const ids = past.map(({ id }) => id)
  const [held, proposals] = await heldAndProposed(tx, actor, ids)
  return past.flatMap(({ id, reference, receivedAt }): RetentionDue[] => {
    const found = due.get(id)
    if (!found) return []
    const { rule, dueOn, countedOn } = found
    return [
      {
        ...{
          referralId: id,
          reference,
          receivedAt,
          dueOn,
          class: rule.class,
          countedFrom: rule.countedFrom,
          countedOn,
        },
        ...{ years: rule.years, ruleId: rule.id, ruleCode: rule.code, legalBasis: rule.legalBasis },
        ...{ isHeld: held.has(id), proposalId: proposals.get(id) ?? null },
      },
    ]
  })
}

async function heldAndProposed(tx: Context['tx'], actor: Actor, ids: readonly string[]) {
  return [await heldAmong(tx, actor, ids), await newestProposals(tx, actor, ids)] as const
}
