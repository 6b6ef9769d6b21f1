/** A decision is complete as soon as everything that it needs is there, in the transaction in which the last of it came. */
import { decisionCompletions } from '../../db/tables/front-door.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertRecorded, nextPosition } from '../../kernel/record.ts'
import { getDecisionBeforeRecording } from './queries.ts'

/** Completes a decision that lacks nothing any more; does nothing to any other. The database refuses one that lacks something. */
export async function completeWhenReady(context: Context, decisionId: string): Promise<void> {
  const { tx, actor, now } = context
  const decision = await getDecisionBeforeRecording(tx, actor, decisionId)
  const { state, signOffBecause, signOff } = decision
  // What is signed, or needs no signature, waits for nothing more in this state.
  if (state !== 'awaiting_sign_off' || (signOffBecause?.length !== 0 && signOff === null)) return
  const { record } = await insertRecorded(tx, decisionCompletions, {
    ...{ authorityId: actor.authorityId, id: context.newId(), decisionId, completedBy: actor.accountId },
    ...{ completedAt: now, auditPosition: await nextPosition(tx, actor) },
  })
  const facts = {
    decision: decisionId,
    referral: decision.referralId,
    child: decision.child,
    revision: decision.revision,
  }
  await context.record({ event: 'decision.completed', facts, records: [record] })
  if (decision.belowFloor) await context.record({ event: 'panel.notified', facts, records: [] })
}
