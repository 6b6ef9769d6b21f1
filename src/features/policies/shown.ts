/** A stored version → what is shown of it. */
import { compiledPolicy } from './compiled.ts'
import type { PolicyVersion } from './model.ts'
import type { PolicyRow } from './queries.ts'
import { approvalDueAt, approvalOf, type RegisteredVersion } from './register.ts'
import { stateOn } from './timeline.ts'

/** A version as it is shown, with what it is on a day. */
export function shownVersion(
  row: PolicyRow,
  register: readonly RegisteredVersion[],
  { on, now }: { on: string; now: string },
): PolicyVersion {
  const registered = register.find(({ id }) => id === row.id)
  if (!registered) throw new Error('A version is not in the register')
  const { levels } = compiledPolicy(row)
  return {
    id: row.id,
    policy: row.policyId,
    version: row.version,
    title: row.title,
    contentHash: row.contentHash,
    statutory: row.statutoryId,
    statutoryVersion: row.statutoryVersion,
    statutoryHash: row.statutoryHash,
    effectiveFrom: row.effectiveFrom,
    recordedAt: row.recordedAt,
    state: stateOn(register, registered, on),
    approval: approvalOf(registered, now),
    approvalDueAt: approvalDueAt(registered),
    isHotfix: registered.isHotfix,
    supersedes: registered.supersedes,
    legacyUntil: registered.legacyUntil,
    retiredFrom: registered.retirement?.from ?? null,
    levels: levels.map(({ code, label, description, common }) => ({ code, label, description, common })),
  }
}
