/** The policies and calendars by which the clocks of many children run: each read once. */
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { type WorkingCalendar, withOfficeHours } from '../../engine/calendar/working-time.ts'
import type { Policy } from '../../engine/index.ts'
import { appliesOn, compiledPolicy, getVersion, readCalendar, registerOf } from '../policies/index.ts'
import type { Timing } from './clocks.ts'
import type { ChildFacts } from './facts.ts'

interface Governed {
  readonly policy: Policy
  readonly calendar: WorkingCalendar
}

/** The timing of a child at an instant, for a reader who sees what is recommended or does not. */
export type TimingOf = (facts: ChildFacts, now: string, sees: boolean) => Timing

/** @throws Refusal integrity_violation for a stored policy that is not the one that was recorded */
export async function timingFor(
  tx: TenantTx,
  authorityId: string,
  children: readonly ChildFacts[],
  today: string,
): Promise<TimingOf> {
  const register = await registerOf(tx, authorityId)
  const unscored = (receivedAt: string) => appliesOn(register, { on: today, receivedOn: londonDate(receivedAt) })?.id
  const governing = (facts: ChildFacts) => facts.recommendation?.policyVersionId ?? unscored(facts.receivedAt)
  const ids = children.flatMap((facts) => [governing(facts), facts.completions.at(-1)?.policyVersionId])
  const governed = new Map<string | undefined, Governed>()
  for (const id of new Set(ids)) {
    if (id === undefined) continue
    const policy = compiledPolicy(await getVersion(tx, authorityId, { id }))
    governed.set(id, { policy, calendar: withOfficeHours(readCalendar().working, policy.document.officeHours) })
  }
  return (facts, now, sees) => {
    const own = governed.get(governing(facts))
    return {
      policy: own?.policy,
      decided: governed.get(facts.completions.at(-1)?.policyVersionId)?.policy,
      calendar: own?.calendar ?? readCalendar().working,
      now,
      // Where the policy asks for nobody's own judgement first, nothing is hidden.
      sees: sees || own?.policy.document.oversight.blindFirst === false,
    }
  }
}
