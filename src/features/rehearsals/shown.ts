/** Rows → what is shown of them. */
import type { z } from 'zod'
import { onCommonScale } from '../../engine/rehearsal/common.ts'
import type { Comparison } from '../../engine/rehearsal/compare.ts'
import { suppressed, type Table } from '../../engine/rehearsal/suppress.ts'
import type { Result } from './advance.ts'
import type { Rehearsal, RehearsalResult } from './model.ts'
import type { RehearsalRow } from './queries.ts'

export function shownRehearsal(found: RehearsalRow): Rehearsal {
  const { row, state, lastAt } = found
  const isOver = state === 'completed' || state === 'cancelled' || state === 'failed'
  return {
    id: row.id,
    state,
    draftId: row.draftId,
    revision: row.revision,
    candidate: { policy: row.policyId, version: row.version, contentHash: row.contentHash, versionId: row.versionId },
    against: {
      policy: found.againstPolicy,
      version: found.againstVersion,
      contentHash: row.againstHash,
      versionId: row.againstVersionId,
    },
    receivedFrom: row.receivedFrom,
    receivedTo: row.receivedTo,
    sampleSize: row.sampleSize,
    sampleSeed: row.sampleSeed,
    coversYear: row.coversYear,
    done: found.done,
    total: row.referrals,
    down: found.down,
    unaccepted: found.unaccepted,
    withheld: found.withheld,
    stated: found.stated,
    requestedAt: row.requestedAt,
    requestedBy: { accountId: row.requestedBy, displayName: found.requesterName },
    startedAt: found.startedAt,
    finishedAt: isOver ? lastAt : null,
    failure: state === 'failed' ? found.failure : null,
  }
}

/** With small numbers hidden: nobody is shown the counts as they are stored. */
export function shownResult(
  rehearsalId: string,
  { ladder }: Comparison,
  { referrals, counts, cases }: Result,
): z.output<typeof RehearsalResult> {
  const { children, tables } = suppressed(new Map(Object.entries(counts)))
  return {
    rehearsalId,
    referrals,
    children,
    levels: plainTable(tables.level),
    commonScale: ladder.isSame ? null : plainTable(onCommonScale(ladder, tables.level)),
    responses: plainTable(tables.response),
    cases: { total: cases.total, moved: [...cases.moved] },
  }
}

function plainTable({ whole, groups }: Table) {
  return { whole: [...whole], groups: groups.map((group) => ({ ...group, cells: [...group.cells] })) }
}
