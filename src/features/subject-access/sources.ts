/** Where something of a child is held: one line a table, with what it is, when it was recorded and by whom. */
import type { PgTable } from 'drizzle-orm/pg-core'
import { and, eq, getTableColumns, getTableName, inArray, sql } from '../../db/drizzle.ts'
import { childTraits } from '../../db/tables/children.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { escalationSteps, escalations } from '../../db/tables/escalations.ts'
import {
  decisionProposals,
  decisionReturns,
  helpArrangements,
  judgements,
  reconciliations,
  screeningTaskResults,
  screeningTasks,
  signOffs,
} from '../../db/tables/front-door.ts'
import { helpUpdates } from '../../db/tables/help.ts'
import { letterDeliveries, letters } from '../../db/tables/letters.ts'
import { milestones, overdueNotices } from '../../db/tables/queue.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { childIdentifiers } from '../../db/tables/referrals.ts'
import { restrictions } from '../../db/tables/restrictions.ts'
import { retentionClasses } from '../../db/tables/retention.ts'
import { consents, sharingDecisions } from '../../db/tables/sharing.ts'
import type { TenantTx } from '../../db/tenant.ts'

export interface Source {
  readonly table: PgTable
  readonly what: string
  /** Columns with the time, and with the name or the account of who did it. */
  readonly at?: string
  readonly by?: string
  /** The column of the parent's id, and the parent, where the table does not name the referral. */
  readonly of?: readonly [column: string, parent: PgTable]
  /** Part of what may still be screened by somebody who must not know it. */
  readonly isJudgement?: true
}

export const SOURCES: readonly Source[] = [
  { table: childIdentifiers, what: 'Identifier' },
  { table: childTraits, what: 'Kept so that the child is known again' },
  { table: recommendations, what: 'Recommendation of the policy', at: 'createdAt', by: 'createdBy', isJudgement: true },
  { table: judgements, what: 'Judgement', at: 'judgedAt', by: 'judgedByName', isJudgement: true },
  { table: decisionProposals, what: 'Prepared decision', at: 'preparedAt', by: 'preparedByName', isJudgement: true },
  { table: decisions, what: 'Decision', at: 'decidedAt', by: 'decidedByName', isJudgement: true },
  ...(
    [
      [reconciliations, 'Reconciliation', 'reconciledAt', 'reconciledByName'],
      [decisionReturns, 'Returned decision', 'returnedAt', 'returnedByName'],
      [signOffs, 'Sign-off', 'signedAt', 'signedByName'],
    ] as const
  ).map(
    ([table, what, at, by]): Source => ({
      ...{ table, what, at, by, of: ['decisionId', decisions], isJudgement: true },
    }),
  ),
  { table: screeningTasks, what: 'Task', at: 'setAt', by: 'setByName' },
  {
    ...{ table: screeningTaskResults, what: 'Result of a task', at: 'finishedAt', by: 'finishedByName' },
    of: ['taskId', screeningTasks],
  },
  { table: helpArrangements, what: 'Help', at: 'arrangedAt', by: 'arrangedByName' },
  {
    ...{ table: helpUpdates, what: 'What became of help', at: 'updatedAt', by: 'updatedByName' },
    of: ['arrangementId', helpArrangements],
  },
  { table: milestones, what: 'What happened', at: 'recordedAt', by: 'recordedByName' },
  { table: overdueNotices, what: 'Clock that ran over', at: 'noticedAt' },
  { table: letters, what: 'Letter', at: 'writtenAt', by: 'writtenByName', isJudgement: true },
  {
    ...{ table: letterDeliveries, what: 'Delivery of a letter', at: 'recordedAt', by: 'recordedByName' },
    of: ['letterId', letters],
  },
  { table: escalations, what: 'Challenge', at: 'raisedAt', by: 'raisedByName' },
  {
    ...{ table: escalationSteps, what: 'Step of a challenge', at: 'actedAt', by: 'actedByName' },
    of: ['escalationId', escalations],
  },
  { table: consents, what: 'Consent', at: 'recordedAt', by: 'recordedBy' },
  { table: sharingDecisions, what: 'Sharing of information', at: 'decidedAt', by: 'decidedByName' },
  { table: restrictions, what: 'Restriction of who may see it', at: 'recordedAt', by: 'recordedBy' },
  { table: retentionClasses, what: 'What decides how long it is kept', at: 'recordedAt', by: 'recordedBy' },
]

export interface Held {
  readonly source: Source
  readonly row: Readonly<Record<string, unknown>>
}

/** Rows about one child of a referral, or about the whole of it, table by table. */
export async function heldOf(
  tx: TenantTx,
  authorityId: string,
  { referralId, child }: { readonly referralId: string; readonly child: string },
): Promise<Held[]> {
  const ids = new Map<PgTable, string[]>()
  const held: Held[] = []
  for (const source of SOURCES) {
    const columns = getTableColumns(source.table)
    const [parentColumn, parent] = source.of ?? []
    const parentIds = parent ? (ids.get(parent) ?? []) : []
    if (parent && parentIds.length === 0) continue
    const { authorityId: authority, referralId: referral, childKey, id } = columns
    const ofChild = childKey ? sql`(${childKey} is null or ${childKey} = ${child})` : undefined
    const belongs =
      parentColumn && columns[parentColumn]
        ? inArray(columns[parentColumn], parentIds)
        : and(referral && eq(referral, referralId), ofChild)
    const rows = (await tx
      .select()
      .from(source.table)
      .where(and(authority && eq(authority, authorityId), belongs))
      .orderBy(sql`${id}`)) as Record<string, unknown>[]
    ids.set(
      source.table,
      rows.map((row) => String(row['id'])),
    )
    held.push(...rows.map((row) => ({ source, row })))
  }
  return held
}

export const nameOf = ({ table }: Source): string => getTableName(table)
