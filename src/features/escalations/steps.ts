/** What happens to a challenge, stored step by step: one function for people and for the service itself. */
import { escalationSteps } from '../../db/tables/escalations.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Policy } from '../../engine/index.ts'
import { stageDueAt } from '../../engine/policy/ladder.ts'
import { insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { readCalendar } from '../policies/index.ts'
import { nextSequence, type StepRow } from './queries.ts'
import type { Rung } from './rules.ts'

/** Whoever does something to a challenge; the service itself where there is no person. */
export interface Acting {
  readonly tx: TenantTx
  readonly authorityId: string
  readonly person: { readonly accountId: string; readonly displayName: string } | null
  readonly now: string
  newId(): string
}

type Given = Pick<StepRow, 'kind' | 'stage'> & Partial<StepRow>

/** The caller holds the lock of the challenge, and records the step. */
export async function storeStep(acting: Acting, escalationId: string, given: Given): Promise<StoredRecord> {
  const { tx, authorityId, person, now } = acting
  const { record } = await insertRecorded(tx, escalationSteps, {
    ...{ authorityId, id: acting.newId(), escalationId, sequence: await nextSequence(tx, authorityId, escalationId) },
    ...{ actedBy: person?.accountId ?? null, actedByName: person?.displayName ?? null, actedAt: now },
    ...given,
  })
  return record
}

interface Entry {
  readonly policy: Policy
  readonly rung: Rung
  readonly kind: 'entered' | 'moved_up' | 'skipped'
  readonly isUrgent: boolean
  readonly reasons?: string
}

/** Enters a stage: from now on its time runs. */
export async function enterStage(
  acting: Acting,
  escalationId: string,
  { policy, rung, kind, isUrgent, reasons }: Entry,
): Promise<StoredRecord> {
  const dueAt = stageDueAt(policy, rung, { at: acting.now, isUrgent }, readCalendar().working)
  return await storeStep(acting, escalationId, {
    ...{ kind, stage: rung.stage, office: rung.role, dueAt, reasons: reasons ?? null },
  })
}
