import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import * as tables from '../../src/db/tables/index.ts'
import { setAuthority } from '../../src/db/tenant.ts'
import { leafHash } from '../../src/engine/audit/merkle.ts'
import { plantChildren } from './children-fixtures.ts'
import { plantEscalation } from './escalation-fixtures.ts'
import { judgementRow, plantFrontDoor } from './front-door-fixtures.ts'
import { plantLetters } from './letter-fixtures.ts'
import { plantQueue } from './queue-fixtures.ts'
import { plantRehearsal } from './rehearsal-fixtures.ts'
import { plantRestriction } from './restriction-fixtures.ts'
import { plantRetention } from './retention-fixtures.ts'
import { plantWebhook } from './webhook-fixtures.ts'

/** How many referrals an authority is planted with. */
export const REFERRALS = 2
export const AT = '2026-11-21T09:30:00.120Z'

/** An authority with one row or more in every table. Natural keys are the same in all, which must not matter. */
export interface Planted {
  readonly authorityId: string
  readonly socialWorkerId: string
  readonly secondScreenerId: string
  readonly supervisorId: string
  readonly clerkId: string
  readonly systemId: string
  readonly policyVersionId: string
  readonly referralId: string
  readonly recommendationId: string
  readonly judgementId: string
  readonly decisionId: string
  readonly escalationId: string
  readonly draftId: string
  readonly submissionId: string
  readonly approvalId: string
  readonly rehearsalId: string
  readonly rehearsalChildId: string
  readonly webhookId: string
}

export async function plant(database: Database): Promise<Planted> {
  const id = (): string => randomUUID()
  const planted: Planted = {
    authorityId: id(),
    socialWorkerId: id(),
    secondScreenerId: id(),
    supervisorId: id(),
    clerkId: id(),
    systemId: id(),
    policyVersionId: id(),
    referralId: id(),
    recommendationId: id(),
    judgementId: id(),
    decisionId: id(),
    escalationId: id(),
    draftId: id(),
    submissionId: id(),
    approvalId: id(),
    rehearsalId: id(),
    rehearsalChildId: id(),
    webhookId: id(),
  }
  const { authorityId, clerkId, supervisorId } = planted
  await database.asOwner(async (tx) => {
    await tx.insert(tables.authorities).values({ id: authorityId, code: authorityId, name: 'Northmoor', createdAt: AT })
    await setAuthority(tx, authorityId)
    await tx.insert(tables.accountRecords).values(accountRows(planted))
    await tx
      .insert(tables.accountChanges)
      .values([
        roleRow({ authorityId, accountId: clerkId, role: 'screener' }),
        { ...roleRow({ authorityId, accountId: clerkId, role: 'administrator' }), sequence: 2 },
        roleRow({ authorityId, accountId: supervisorId, role: 'supervisor' }),
      ])
  })
  await plantRecords(database, planted)
  await plantLifecycle(database, planted)
  await plantRehearsal(database, planted)
  await plantRestriction(database, planted)
  await plantFrontDoor(database, planted)
  await plantChildren(database, planted)
  await plantEscalation(database, planted)
  await plantQueue(database, planted)
  await plantLetters(database, planted)
  await plantWebhook(database, planted)
  await plantRetention(database, planted)
  return planted
}

async function plantRecords(database: Database, planted: Planted): Promise<void> {
  const { authorityId, referralId, clerkId: recordedBy } = planted
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.policyVersions).values(policyRow(planted))
    await tx.insert(tables.referrals).values(referralRow(planted, { id: referralId, reference: 'R-1' }))
    await tx.insert(tables.referralRevisions).values(revisionRow(planted))
    await tx.insert(tables.referralChildren).values({ authorityId, id: randomUUID(), referralId, childKey: 'c1' })
    await tx.insert(tables.childIdentifiers).values(identifierRow(planted))
    await tx.insert(tables.recommendations).values(recommendationRow(planted, { id: planted.recommendationId }))
    await tx.insert(tables.judgements).values(judgementRow(planted, { id: planted.judgementId }))
    await tx.insert(tables.decisions).values(decisionRow(planted, { id: planted.decisionId }))
    await tx.insert(tables.auditEntries).values(auditRow(planted, 0))
    await tx.insert(tables.auditHeads).values({ authorityId, size: 1, frontier: leafHash(Buffer.from('{}')) })
    await tx.insert(tables.accessEntries).values(auditRow(planted, 0))
    await tx.insert(tables.accessHeads).values({ authorityId, size: 1, frontier: leafHash(Buffer.from('{}')) })
    await tx
      .insert(tables.referralKeys)
      .values({ authorityId, id: referralId, wrappedBy: '1', wrapped: Buffer.alloc(60) })
    await tx.insert(tables.auditPayloads).values({
      ...{ authorityId, position: 0, ordinal: 0, tableName: 'referrals', recordId: referralId, referralId },
      sealed: Buffer.alloc(60),
    })
    const checkpoint = { authorityId, log: 'decisions' as const, size: 1 }
    await tx
      .insert(tables.auditCheckpoints)
      .values({ ...checkpoint, root: leafHash(Buffer.from('{}')), note: 'a note', signedAt: AT })
    await tx.insert(tables.auditAnchorings).values({ ...checkpoint, anchor: 'file', anchoredAt: AT })
    await tx.insert(tables.idempotencyKeys).values({
      authorityId,
      accountId: recordedBy,
      key: 'k-1',
      operation: 'receive_referral',
      requestHash: 'h',
      response: '{}',
      recordedAt: AT,
    })
  })
}

/** A draft by the clerk, submitted by the clerk, approved and published by the social worker. */
async function plantLifecycle(database: Database, planted: Planted): Promise<void> {
  const { authorityId, policyVersionId } = planted
  const id = randomUUID
  await database.withTenant(authorityId, async (tx) => {
    await tx
      .insert(tables.policyDrafts)
      .values({ authorityId, id: planted.draftId, createdAt: AT, createdBy: planted.clerkId })
    await tx.insert(tables.policyDraftRevisions).values(draftRevisionRow(planted))
    await tx.insert(tables.policySubmissions).values(submissionRow(planted, { id: planted.submissionId }))
    await tx.insert(tables.policyReviews).values(reviewRow(planted, { id: planted.approvalId }))
    await tx.insert(tables.policyPublications).values(publicationRow(planted))
    const kept = { policyVersionId, files: '{}', filesHash: 't', recordedAt: AT }
    await tx.insert(tables.policySources).values({ authorityId, id: id(), ...kept })
    const retired = { policyVersionId, retiredFrom: '2026-12-01', reason: 'Old.', retiredAt: AT }
    await tx.insert(tables.policyRetirements).values({ authorityId, id: id(), ...retired, retiredBy: planted.clerkId })
  })
}

export function draftRevisionRow(
  { authorityId, draftId, clerkId }: Planted,
  given: Partial<typeof tables.policyDraftRevisions.$inferInsert> = {},
): typeof tables.policyDraftRevisions.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), draftId, revision: 1, files: '{}', filesHash: 't' }
  return { ...fixed, recordedAt: AT, recordedBy: clerkId, ...given }
}

export function submissionRow(
  { authorityId, draftId, clerkId }: Planted,
  given: Partial<typeof tables.policySubmissions.$inferInsert> = {},
): typeof tables.policySubmissions.$inferInsert {
  return {
    authorityId,
    id: randomUUID(),
    draftId,
    revision: 1,
    sequence: 1,
    policyId: 'northmoor',
    version: '2026-04',
    title: 'Thresholds',
    effective: '2026-04-01',
    contentHash: 'p',
    casesHash: 'c',
    filesHash: 't',
    document: '{}',
    statutoryId: 'england',
    statutoryVersion: '2026',
    statutoryHash: 's',
    statutoryDocument: '{}',
    submittedAt: AT,
    submittedBy: clerkId,
    ...given,
  }
}

export function reviewRow(
  { authorityId, submissionId, socialWorkerId }: Planted,
  given: Partial<typeof tables.policyReviews.$inferInsert> = {},
): typeof tables.policyReviews.$inferInsert {
  const bytes = { contentHash: 'p', casesHash: 'c' }
  const fixed = { authorityId, id: randomUUID(), submissionId, outcome: 'approved', ...bytes } as const
  return { ...fixed, reviewedAt: AT, reviewedBy: socialWorkerId, ...given }
}

export function publicationRow(
  { authorityId, policyVersionId, submissionId, approvalId, socialWorkerId }: Planted,
  given: Partial<typeof tables.policyPublications.$inferInsert> = {},
): typeof tables.policyPublications.$inferInsert {
  return {
    authorityId,
    id: randomUUID(),
    policyVersionId,
    submissionId,
    contentHash: 'p',
    sequence: 1,
    kind: 'approved',
    approvalId,
    publishedAt: AT,
    publishedBy: socialWorkerId,
    ...given,
  }
}

function accountRows({
  authorityId,
  socialWorkerId,
  secondScreenerId,
  supervisorId,
  clerkId,
  systemId,
}: Planted): (typeof tables.accountRecords.$inferInsert)[] {
  const shared = { authorityId, createdAt: AT }
  return [
    { ...shared, id: socialWorkerId, subject: 's-1', displayName: 'A', kind: 'human', qualification: 'social_work' },
    { ...shared, id: secondScreenerId, subject: 's-4', displayName: 'D', kind: 'human', qualification: 'social_work' },
    { ...shared, id: supervisorId, subject: 's-5', displayName: 'E', kind: 'human', qualification: 'social_work' },
    { ...shared, id: clerkId, subject: 's-2', displayName: 'B', kind: 'human', qualification: null },
    { ...shared, id: systemId, subject: 's-3', displayName: 'C', kind: 'system', qualification: null },
  ]
}

/** A role granted by the set-up, as the first change of an account. */
export function roleRow(
  given: Pick<typeof tables.accountChanges.$inferInsert, 'authorityId' | 'accountId' | 'role'>,
): typeof tables.accountChanges.$inferInsert {
  return { id: randomUUID(), sequence: 1, kind: 'role_granted', changedAt: AT, ...given }
}

export function policyRow(
  { authorityId, policyVersionId }: Planted,
  given: Partial<typeof tables.policyVersions.$inferInsert> = {},
): typeof tables.policyVersions.$inferInsert {
  return {
    authorityId,
    id: policyVersionId,
    policyId: 'northmoor',
    version: '2026-04',
    title: 'Thresholds',
    contentHash: 'p',
    statutoryId: 'england',
    statutoryVersion: '2026',
    statutoryHash: 's',
    document: '{}',
    statutoryDocument: '{}',
    effectiveFrom: '2026-04-01',
    recordedAt: AT,
    ...given,
  }
}

export function referralRow(
  { authorityId, clerkId }: Planted,
  given: Partial<typeof tables.referrals.$inferInsert> = {},
): typeof tables.referrals.$inferInsert {
  const id = randomUUID()
  const fixed = {
    authorityId,
    id,
    reference: id,
    receivedAt: AT,
    receivedBy: clerkId,
    sourceCode: '1A',
    agency: 'school',
  }
  return { ...fixed, ...given }
}

export function revisionRow(
  { authorityId, referralId, clerkId }: Planted,
  given: Partial<typeof tables.referralRevisions.$inferInsert> = {},
): typeof tables.referralRevisions.$inferInsert {
  const fixed = { authorityId, id: randomUUID(), referralId, revision: 1, content: '{}', contentHash: 'r' }
  return { ...fixed, recordedAt: AT, recordedBy: clerkId, ...given }
}

export function identifierRow(
  { authorityId, referralId }: Planted,
  given: Partial<typeof tables.childIdentifiers.$inferInsert> = {},
): typeof tables.childIdentifiers.$inferInsert {
  return { authorityId, id: randomUUID(), referralId, childKey: 'c1', scheme: 'nhs', value: '9434765919', ...given }
}

export function recommendationRow(
  { authorityId, referralId, policyVersionId, clerkId }: Planted,
  given: Partial<typeof tables.recommendations.$inferInsert> = {},
): typeof tables.recommendations.$inferInsert {
  return {
    authorityId,
    id: randomUUID(),
    referralId,
    revision: 1,
    childKey: 'c1',
    sequence: 1,
    policyVersionId,
    outcome: 'recommended',
    level: 'L3',
    low: 'L3',
    high: 'L4',
    levelRank: 3,
    provisional: true,
    primaryResponse: 'section_17_assessment',
    urgency: 'one_working_day',
    categories: ['neglect', 'missing'],
    content: '{}',
    contentHash: 'c',
    snapshot: '{}',
    snapshotHash: 's',
    engineSemantics: '1',
    createdAt: AT,
    createdBy: clerkId,
    ...given,
  }
}

export function decisionRow(
  { authorityId, recommendationId, referralId, socialWorkerId, judgementId }: Planted,
  given: Partial<typeof tables.decisions.$inferInsert> = {},
): typeof tables.decisions.$inferInsert {
  return {
    authorityId,
    id: randomUUID(),
    recommendationId,
    referralId,
    childKey: 'c1',
    revision: 1,
    sequence: 1,
    level: 'L3',
    response: 'section_17_assessment',
    departure: 'none',
    rationale: 'As recommended.',
    decidedBy: socialWorkerId,
    decidedByName: 'Decider',
    decidedByRole: 'supervisor',
    decidedByQualification: 'social_work',
    decidedAt: AT,
    judgementId,
    belowFloor: false,
    secondScreeningBecause: [],
    signOffBecause: ['policy'],
    ...given,
  }
}

export function auditRow({ authorityId, clerkId }: Planted, position: number): typeof tables.auditEntries.$inferInsert {
  return {
    authorityId,
    position,
    recordedAt: AT,
    actorId: clerkId,
    event: 'referral_received',
    body: Buffer.from('{}'),
    leafHash: leafHash(Buffer.from('{}')),
    subtrees: Buffer.alloc(0),
  }
}
