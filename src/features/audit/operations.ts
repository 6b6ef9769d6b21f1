import type { SQL } from 'drizzle-orm'
import { z } from 'zod'
import { and, desc, eq, lt, sql } from '../../db/drizzle.ts'
import { accessEntries, auditEntries } from '../../db/tables/audit.ts'
import { lookingPast } from '../../db/tenant.ts'
import { originOf } from '../../engine/audit/checkpoint.ts'
import { type LeafFacts, LOGS } from '../../engine/audit/leaf.ts'
import { readVerifierKey } from '../../engine/audit/note.ts'
import { Instant } from '../../engine/text.ts'
import { ACCESS_EVENTS, ALL_REFERRALS } from '../../kernel/access.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { EVENTS } from '../../kernel/event.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageOf, pageParams, toPage } from '../../kernel/page.ts'
import { UNSIGNED } from '../../kernel/signer.ts'
import { verifyLog } from './verify.ts'

export const AuditEntry = z
  .object({
    position: z.int(),
    recordedAt: Instant,
    actorId: z.string().nullable().describe('Null for what the service did at set-up.'),
    event: z.string(),
    body: z.string().describe('The exact canonical JSON that was hashed.'),
    leafHash: z.string().describe('SHA-256 of a zero byte and the body (RFC 6962).'),
  })
  .meta({ id: 'AuditEntry' })

export const listAuditEntries = defineOperation({
  name: 'auditEntries',
  kind: 'query',
  summary: 'Entries of the authority’s log, newest first',
  description:
    'Without those about the caller’s own and family records; for supervisors also without those of restricted referrals that do not let them in. Verification is of the whole log.',
  allow: ['auditor', 'supervisor'],
  route: 'GET /v1/audit/entries',
  params: { ...pageParams, event: z.enum(EVENTS).optional() },
  output: pageOf(AuditEntry, 'AuditEntry'),
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, event }) {
    const cursor = decodeCursor(after, 'position')
    const conditions: (SQL | undefined)[] = [eq(auditEntries.authorityId, actor.authorityId), forReader(actor)]
    if (event !== undefined) conditions.push(eq(auditEntries.event, event))
    if (cursor) conditions.push(lt(auditEntries.position, Number(cursor.id)))
    const rows = await tx
      .select()
      .from(auditEntries)
      .where(and(...conditions))
      .orderBy(desc(auditEntries.position))
      .limit(first + 1)
    return toPage(rows, first, (row) => ({ at: row.recordedAt, id: String(row.position) }), shown)
  },
})

/**
 * An entry holds ids and no content, and tells all the same that there is a record and what was done about it: so it is for
 * whoever may see the record. Auditors also look at what is restricted, and nobody at what is their own or their family's.
 */
function forReader(actor: Actor): SQL {
  const isOpen = (referral: SQL): SQL =>
    hasRole(actor, 'auditor')
      ? sql`not is_own_or_kin(${referral})`
      : sql`(${referral} is null or exists (
          select from referrals r where r.authority_id = ${actor.authorityId} and r.id = ${referral}))`
  // Of the body no more is read than has to be: somebody may have spoiled it, and an auditor has to see that.
  const subject = sql`(select case when o.subject like 'referrals/%' then substring(o.subject from 11)::uuid end
    from outbox_events o where o.authority_id = ${auditEntries.authorityId} and o.position = ${auditEntries.position})`
  const fact = (name: string): SQL => sql`convert_from(${auditEntries.body}, 'UTF8')::jsonb #>> array['facts', ${name}]`
  return sql`${isOpen(subject)} and case
    when ${auditEntries.event} = 'child.match_judged' then ${isOpen(sql`(${fact('otherReferral')})::uuid`)}
    when ${auditEntries.event} in ('conflict.declared', 'conflict.withdrawn')
      then ${fact('account')} is distinct from ${actor.accountId}
    else true end`
}

function shown(row: typeof auditEntries.$inferSelect): z.output<typeof AuditEntry> {
  return {
    position: row.position,
    recordedAt: row.recordedAt,
    actorId: row.actorId,
    event: row.event,
    body: Buffer.from(row.body).toString('utf8'),
    leafHash: Buffer.from(row.leafHash).toString('hex'),
  }
}

const AccessEntry = z
  .object({
    position: z.int(),
    recordedAt: Instant,
    actorId: z.string().nullable().describe('Null for the operator of the machine, who has no account.'),
    event: z.enum(ACCESS_EVENTS),
    operation: z.string(),
    isOfAll: z.boolean().describe('It told of every referral: the operator exported a whole log.'),
    referrals: z.array(z.string()).describe('Empty where it told of every one.'),
    leafHash: z.string(),
  })
  .meta({ id: 'AccessEntry' })

export const listAccesses = defineOperation({
  name: 'accessEntries',
  kind: 'query',
  summary: 'Who looked at which referrals, newest first',
  description:
    'Every answer that told of a referral, every export, and every look or act about a referral that was refused (403, 404); without those at the reader’s own and family records. With `referral` also the exports of whole logs, which told of every referral.',
  allow: ['auditor'],
  route: 'GET /v1/audit/accesses',
  params: { ...pageParams, event: z.enum(ACCESS_EVENTS).optional(), actor: Id.optional(), referral: Id.optional() },
  output: pageOf(AccessEntry, 'AccessEntry'),
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, event, actor: by, referral }) {
    const cursor = decodeCursor(after, 'position')
    const named = sql`convert_from(${accessEntries.body}, 'UTF8')::jsonb #>> '{facts,referrals}'`
    const told = sql`string_to_array(nullif(${named}, ${ALL_REFERRALS}), ' ')`
    const rows = await tx
      .select()
      .from(accessEntries)
      .where(
        and(
          eq(accessEntries.authorityId, actor.authorityId),
          sql`not exists (select from unnest(${told}) as one (id) where is_own_or_kin(one.id::uuid))`,
          event === undefined ? undefined : eq(accessEntries.event, event),
          by === undefined ? undefined : eq(accessEntries.actorId, by),
          referral === undefined ? undefined : sql`(${named} = ${ALL_REFERRALS} or ${referral} = any(${told}))`,
          cursor ? lt(accessEntries.position, Number(cursor.id)) : undefined,
        ),
      )
      .orderBy(desc(accessEntries.position))
      .limit(first + 1)
    return toPage(rows, first, (row) => ({ at: row.recordedAt, id: String(row.position) }), shownAccess)
  },
})

function shownAccess(row: typeof accessEntries.$inferSelect): z.output<typeof AccessEntry> {
  const { facts } = JSON.parse(Buffer.from(row.body).toString('utf8')) as LeafFacts
  const isOfAll = facts['referrals'] === ALL_REFERRALS
  return {
    position: row.position,
    recordedAt: row.recordedAt,
    actorId: row.actorId,
    event: row.event as (typeof ACCESS_EVENTS)[number],
    operation: String(facts['operation']),
    isOfAll,
    referrals: isOfAll ? [] : String(facts['referrals']).split(' '),
    leafHash: Buffer.from(row.leafHash).toString('hex'),
  }
}

const Verification = z
  .object({
    isIntact: z.boolean(),
    entries: z.int(),
    records: z.int(),
    erased: z.int().describe('Records that were disposed of, as the log says.'),
    root: z.string().describe('Root of the tree, built again from the entries.'),
    signed: z.int().describe('How many entries the newest fitting checkpoint covers.'),
    faults: z.array(
      z
        .object({
          position: z.int().nullable(),
          table: z.string().nullable(),
          id: z.string().nullable(),
          fault: z.string(),
        })
        .meta({ id: 'AuditFault' }),
    ),
    notProven: z.array(z.string()).describe('What this verification cannot show.'),
  })
  .meta({ id: 'AuditVerification' })

/** Said with every verification, so that nobody takes it for more than it is. */
const NOT_PROVEN = [
  'That the log is the only one: compare its checkpoints with those that are kept outside this database.',
  'That what was recorded is true, or that everything that happened was recorded.',
]

export function notProvenOf(hasKey: boolean): string[] {
  return [
    ...(hasKey ? [] : ['That the checkpoints are signed: there is no signer, or it does not answer.']),
    ...NOT_PROVEN,
  ]
}

export const verifyAudit = defineOperation({
  name: 'auditVerification',
  kind: 'query',
  summary: 'Walk the authority’s log and compare it with every record it vouches for',
  allow: ['auditor', 'supervisor'],
  route: 'GET /v1/audit/verification',
  params: { log: z.enum(LOGS).optional().describe('`decisions` where left out.') },
  output: Verification,
  isSnapshot: true,
  async run({ tx, actor: { authorityId }, settings }, { log = 'decisions' }) {
    const { service, keys: known } = settings.log ?? UNSIGNED
    const keys = (known.get(originOf(service, authorityId, log)) ?? []).map(readVerifierKey)
    const { faults, ...found } = await lookingPast(tx, () => verifyLog(tx, authorityId, { log, keys }))
    return { isIntact: faults.length === 0, ...found, faults: [...faults], notProven: notProvenOf(keys.length > 0) }
  },
})
