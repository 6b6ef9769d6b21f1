/** Which decision stands for a child: the last in order. */
import { and, desc, eq } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { judgements } from '../../db/tables/front-door.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'

export interface StandingDecision {
  readonly id: string
  readonly sequence: number
  readonly revision: number
  /** What a colleague thought who screened it a second time. */
  readonly second: {
    readonly id: string
    readonly level: string
    readonly response: string | null
    readonly by: string
  } | null
}

/** Undefined where nobody has decided yet. */
export async function standingDecision(
  tx: TenantTx,
  actor: Actor,
  referralId: string,
  child: string,
): Promise<StandingDecision | undefined> {
  const [last] = await tx
    .select({
      id: decisions.id,
      sequence: decisions.sequence,
      revision: decisions.revision,
      second: { id: judgements.id, level: judgements.level, response: judgements.response, by: judgements.judgedBy },
    })
    .from(decisions)
    .leftJoin(
      judgements,
      and(eq(judgements.authorityId, decisions.authorityId), eq(judgements.decisionId, decisions.id)),
    )
    .where(
      and(
        eq(decisions.authorityId, actor.authorityId),
        eq(decisions.referralId, referralId),
        eq(decisions.childKey, child),
      ),
    )
    .orderBy(desc(decisions.sequence))
    .limit(1)
  return last
}

/** The children of a referral about whom somebody has decided. */
export async function decidedChildren(tx: TenantTx, actor: Actor, referralId: string): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ childKey: decisions.childKey })
    .from(decisions)
    .where(and(eq(decisions.authorityId, actor.authorityId), eq(decisions.referralId, referralId)))
  return rows.map(({ childKey }) => childKey)
}
