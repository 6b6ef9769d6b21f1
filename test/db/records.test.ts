import { randomUUID } from 'node:crypto'
import t from 'tap'
import { eq, sql } from '../../src/db/drizzle.ts'
import * as tables from '../../src/db/tables/index.ts'
import { setAuthority, type TenantTx } from '../../src/db/tenant.ts'
import { testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'
import * as rehearsed from './rehearsal-fixtures.ts'
import * as sent from './webhook-fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)

const RECORDS = [
  'access_entries',
  'account_changes',
  'account_conflict_withdrawals',
  'account_conflicts',
  'account_records',
  'audit_anchorings',
  'audit_checkpoints',
  'audit_entries',
  'audit_payloads',
  'break_glass_grants',
  'break_glass_reviews',
  'child_identifiers',
  'consents',
  'child_match_keys',
  'child_matches',
  'child_traits',
  'decision_completions',
  'decision_proposals',
  'decision_returns',
  'decisions',
  'escalation_steps',
  'escalations',
  'help_arrangements',
  'household_match_keys',
  'judgements',
  'milestones',
  'overdue_notices',
  'outbox_events',
  'policy_draft_revisions',
  'policy_drafts',
  'policy_publications',
  'policy_retirements',
  'policy_reviews',
  'policy_sources',
  'policy_submissions',
  'policy_versions',
  'recommendations',
  'reconciliations',
  'referral_children',
  'referral_keys',
  'referral_link_verdicts',
  'referral_links',
  'referral_revisions',
  'referrals',
  'rehearsal_acceptances',
  'rehearsal_batches',
  'rehearsal_children',
  'rehearsal_events',
  'rehearsals',
  'retention_rules',
  'retention_classes',
  'legal_holds',
  'legal_hold_releases',
  'disposal_proposals',
  'disposals',
  'restriction_accounts',
  'restrictions',
  'sharing_decisions',
  'sharing_mark_liftings',
  'sharing_marks',
  'screening_pickups',
  'screening_task_results',
  'screening_tasks',
  'sign_offs',
  'webhook_attempts',
  'webhook_changes',
  'webhook_secrets',
  'webhooks',
]

t.test('what is recorded cannot be changed, removed or emptied, by the service or by the owner', async (t) => {
  for (const name of RECORDS) {
    const table = sql.identifier(name)
    const statements = [
      sql`update ${table} set authority_id = authority_id`,
      sql`update ${table} set authority_id = authority_id where false`,
      sql`delete from ${table}`,
      sql`truncate ${table} cascade`,
    ]
    for (const statement of statements) {
      const byService = database.withTenant(world.authorityId, (tx) => tx.execute(statement))
      await t.rejects(byService, { name: 'DatabaseError', sqlstate: '42501' }, `${name}, service`)
      const byOwner = database.asOwner((tx) => tx.execute(statement))
      await t.rejects(
        byOwner,
        { name: 'DatabaseError', sqlstate: '23001', constraint: /_append_only$/ },
        `${name}, owner`,
      )
    }
  }
})

t.test('an insert that would change a record on conflict is refused as well', async (t) => {
  const row = fixtures.referralRow(world, { id: world.referralId, reference: 'R-1' })
  const changed = database.asOwner(async (tx) => {
    await setAuthority(tx, world.authorityId)
    await tx
      .insert(tables.referrals)
      .values(row)
      .onConflictDoUpdate({ target: [tables.referrals.authorityId, tables.referrals.id], set: { agency: 'other' } })
  })
  await t.rejects(changed, { name: 'DatabaseError', sqlstate: '23001', constraint: 'referrals_append_only' })
})

t.test('nobody but a qualified person decides', async (t) => {
  const second = { sequence: 2, supersedes: world.decisionId }
  const cases = [
    { ...second, decidedBy: world.clerkId },
    { ...second, decidedBy: world.systemId },
    { ...second, decidedBy: randomUUID() },
  ]
  for (const given of cases) {
    const decided = database.withTenant(world.authorityId, (tx) =>
      tx.insert(tables.decisions).values(fixtures.decisionRow(world, given)),
    )
    await t.rejects(decided, {
      name: 'DatabaseError',
      sqlstate: '23514',
      constraint: 'decisions_by_qualified_human',
      table: 'decisions',
    })
  }
})

t.test(
  'a policy that nobody else looked at cannot be approved or published, by the service or by the owner',
  async (t) => {
    const submissionId = randomUUID()
    const approvalId = randomUUID()
    const versionId = randomUUID()
    const { authorityId, clerkId, systemId, socialWorkerId } = world
    await database.withTenant(authorityId, async (tx) => {
      await tx.insert(tables.policySubmissions).values(fixtures.submissionRow(world, { id: submissionId, sequence: 2 }))
      const other = { id: versionId, version: '2026-05', contentHash: 'other' }
      await tx.insert(tables.policyVersions).values(fixtures.policyRow(world, other))
    })
    const review = (given: object) => fixtures.reviewRow(world, { submissionId, ...given })
    const publication = (given: object) =>
      fixtures.publicationRow(world, { sequence: 2, submissionId, approvalId, ...given })
    const refused: [string, (tx: TenantTx) => Promise<unknown>][] = [
      ['policy_reviews_by_another', (tx) => tx.insert(tables.policyReviews).values(review({ reviewedBy: clerkId }))],
      ['policy_reviews_by_person', (tx) => tx.insert(tables.policyReviews).values(review({ reviewedBy: systemId }))],
      ['policy_reviews_bytes_fkey', (tx) => tx.insert(tables.policyReviews).values(review({ contentHash: 'other' }))],
      ['policy_reviews_bytes_fkey', (tx) => tx.insert(tables.policyReviews).values(review({ casesHash: 'other' }))],
      [
        'policy_reviews_refusal_has_reason',
        (tx) => tx.insert(tables.policyReviews).values(review({ outcome: 'rejected' })),
      ],
      ['policy_publications_approved', (tx) => tx.insert(tables.policyPublications).values(publication({}))],
      [
        'policy_publications_approved_has_approval',
        (tx) => tx.insert(tables.policyPublications).values(publication({ kind: 'hotfix', reason: 'Now.' })),
      ],
    ]
    const approved: [string, object][] = [
      ['policy_publications_by_another', { publishedBy: clerkId }],
      ['policy_publications_by_person', { publishedBy: systemId }],
      ['policy_publications_version_fkey', { policyVersionId: versionId }],
      ['policy_publications_version_key', {}],
      ['policy_publications_sequence_check', { sequence: 0 }],
    ]
    for (const [constraint, attempt] of refused)
      await t.rejects(database.withTenant(authorityId, attempt), { name: 'DatabaseError', constraint }, constraint)
    await database.withTenant(authorityId, (tx) => tx.insert(tables.policyReviews).values(review({ id: approvalId })))
    for (const [constraint, given] of approved) {
      const published = database.asOwner(async (tx) => {
        await setAuthority(tx, authorityId)
        await tx.insert(tables.policyPublications).values(publication({ publishedBy: socialWorkerId, ...given }))
      })
      await t.rejects(published, { name: 'DatabaseError', constraint }, constraint)
    }
    await database.withTenant(authorityId, (tx) =>
      tx
        .insert(tables.policyDraftRevisions)
        .values(fixtures.draftRevisionRow(world, { revision: 2, changeReason: 'Changed after the approval.' })),
    )
    const overtaken = database.withTenant(authorityId, (tx) =>
      tx.insert(tables.policyPublications).values(publication({})),
    )
    await t.rejects(overtaken, { name: 'DatabaseError', constraint: 'policy_publications_of_latest' })
  },
)

t.test('a rehearsal that must not exist cannot be stored, and the constraint says why', async (t) => {
  const { clerkId, systemId, policyVersionId: versionId } = world
  const other = randomUUID()
  const refused: [string, (tx: TenantTx) => Promise<unknown>][] = [
    ...[{ versionId }, { draftId: null }, { draftId: null, revision: null }].map(
      (given): [string, (tx: TenantTx) => Promise<unknown>] => [
        'rehearsals_of_draft_or_version',
        (tx) => tx.insert(tables.rehearsals).values(rehearsed.rehearsalRow(world, given)),
      ],
    ),
    [
      'rehearsals_sample_whole',
      (tx) => tx.insert(tables.rehearsals).values(rehearsed.rehearsalRow(world, { sampleSize: 5, coversYear: false })),
    ],
    [
      'rehearsals_sample_covers_nothing',
      (tx) => {
        const sample = { sampleSize: 5, sampleSeed: 1, sampleCutoff: 'f' }
        return tx.insert(tables.rehearsals).values(rehearsed.rehearsalRow(world, sample))
      },
    ],
    [
      'rehearsals_against_fkey',
      (tx) => tx.insert(tables.rehearsals).values(rehearsed.rehearsalRow(world, { againstHash: 'other' })),
    ],
    ['rehearsal_batches_number_key', (tx) => tx.insert(tables.rehearsalBatches).values(rehearsed.batchRow(world))],
    [
      'rehearsal_events_completed_once',
      (tx) => tx.insert(tables.rehearsalEvents).values(rehearsed.eventRow(world, { sequence: 2 })),
    ],
    [
      'rehearsal_events_completed_has_result',
      (tx) => tx.insert(tables.rehearsalEvents).values(rehearsed.eventRow(world, { sequence: 2, kind: 'cancelled' })),
    ],
    [
      'rehearsal_children_child_key',
      (tx) => tx.insert(tables.rehearsalChildren).values(rehearsed.rehearsalChildRow(world)),
    ],
    [
      'rehearsal_children_down_has_ways',
      (tx) => tx.insert(tables.rehearsalChildren).values(rehearsed.rehearsalChildRow(world, { ways: [] })),
    ],
    ...(
      [
        ['rehearsal_acceptances_by_another', { acceptedBy: clerkId }],
        ['rehearsal_acceptances_by_person', { acceptedBy: systemId }],
        ['rehearsal_acceptances_by_person', { acceptedBy: other }],
        ['rehearsal_acceptances_movement_fkey', { movementHash: 'other' }],
        ['rehearsal_acceptances_movement_key', {}],
        ['rehearsal_acceptances_reason_check', { reason: ' ' }],
      ] as const
    ).map(([constraint, given]): [string, (tx: TenantTx) => Promise<unknown>] => [
      constraint,
      (tx) => tx.insert(tables.rehearsalAcceptances).values(rehearsed.acceptanceRow(world, given)),
    ]),
  ]
  for (const [constraint, attempt] of refused) {
    const stored = database.withTenant(world.authorityId, attempt)
    await t.rejects(stored, { name: 'DatabaseError', constraint }, constraint)
  }
})

t.test('a webhook or delivery that must not exist cannot be stored, and the constraint says why', async (t) => {
  const { webhookId } = world
  const insert = (table: Parameters<TenantTx['insert']>[0], row: object) => (tx: TenantTx) =>
    tx.insert(table).values(row as never)
  const refused: [string, (tx: TenantTx) => Promise<unknown>][] = [
    ['webhooks_url_check', insert(tables.webhooks, sent.webhookRow(world, { url: 'ftp://receiver.example' }))],
    ['webhooks_events_check', insert(tables.webhooks, sent.webhookRow(world, { events: [] }))],
    ['webhook_secrets_sequence_key', insert(tables.webhookSecrets, sent.secretRow(world))],
    [
      'webhook_secrets_secret_check',
      insert(tables.webhookSecrets, sent.secretRow(world, { secret: 'x', sequence: 2 })),
    ],
    ['webhook_changes_sequence_key', insert(tables.webhookChanges, sent.changeRow(world))],
    [
      'webhook_changes_by_somebody',
      insert(tables.webhookChanges, sent.changeRow(world, { sequence: 2, kind: 'removed', recordedBy: null })),
    ],
    ['webhook_deliveries_pkey', insert(tables.webhookDeliveries, sent.deliveryRow(world))],
    ['webhook_attempts_number_key', insert(tables.webhookAttempts, sent.attemptRow(world))],
    [
      'webhook_attempts_failed_is_retried',
      insert(tables.webhookAttempts, sent.attemptRow(world, { number: 2, outcome: 'failed', error: 'timeout' })),
    ],
    [
      'webhook_attempts_failure_has_error',
      insert(tables.webhookAttempts, sent.attemptRow(world, { number: 2, outcome: 'parked' })),
    ],
    ['outbox_events_entry_fkey', insert(tables.outboxEvents, sent.outboxRow(world, { position: 7 }))],
    ...[{ dueAt: null }, { deliveredAt: fixtures.AT }, { parkedAt: fixtures.AT }].map(
      (set): [string, (tx: TenantTx) => Promise<unknown>] => [
        'webhook_deliveries_one_state',
        (tx) => tx.update(tables.webhookDeliveries).set(set).where(eq(tables.webhookDeliveries.webhookId, webhookId)),
      ],
    ),
  ]
  for (const [constraint, attempt] of refused) {
    const stored = database.withTenant(world.authorityId, attempt)
    await t.rejects(stored, { name: 'DatabaseError', constraint }, constraint)
  }
})

t.test('the owner too records no decision by a system', async (t) => {
  const decided = database.asOwner(async (tx) => {
    await setAuthority(tx, world.authorityId)
    await tx.insert(tables.decisions).values(fixtures.decisionRow(world, { decidedBy: world.systemId }))
  })
  await t.rejects(decided, { name: 'DatabaseError', constraint: 'decisions_by_qualified_human' })
})

const second = { sequence: 2, supersedes: world.decisionId }
const IMPOSSIBLE_DECISIONS = {
  decisions_override_has_reason: [
    { ...second, departure: 'lowered' },
    { ...second, departure: 'other_response' },
  ],
  decisions_rationale_check: [
    { ...second, rationale: '' },
    { ...second, rationale: '   ' },
  ],
  decisions_first_supersedes_none: [{ sequence: 2 }, { sequence: 1, supersedes: world.decisionId }],
  decisions_sequence_check: [{ ...second, sequence: 0 }],
  decisions_sequence_key: [{ sequence: 1 }],
  decisions_departure_check: [{ ...second, departure: 'whim' as never }],
  decisions_recommendation_fkey: [
    { ...second, revision: 2 },
    { ...second, childKey: 'c2' },
  ],
  decisions_supersedes_fkey: [{ sequence: 2, supersedes: randomUUID() }],
} satisfies Record<string, Partial<typeof tables.decisions.$inferInsert>[]>

t.test('a decision that must not exist cannot be stored, and the constraint says why', async (t) => {
  for (const [constraint, cases] of Object.entries(IMPOSSIBLE_DECISIONS)) {
    for (const given of cases) {
      const decided = database.withTenant(world.authorityId, (tx) =>
        tx.insert(tables.decisions).values(fixtures.decisionRow(world, given)),
      )
      await t.rejects(decided, { name: 'DatabaseError', constraint }, constraint)
    }
  }
})

t.test('a decision is superseded once, and an override with its reason is accepted', async (t) => {
  const lowered = { ...second, departure: 'lowered', overrideReason: 'new_information' } as const
  await database.withTenant(world.authorityId, (tx) =>
    tx.insert(tables.decisions).values(fixtures.decisionRow(world, lowered)),
  )
  const again = database.withTenant(world.authorityId, (tx) =>
    tx.insert(tables.decisions).values(fixtures.decisionRow(world, { ...lowered, sequence: 3 })),
  )
  await t.rejects(again, { name: 'DatabaseError', sqlstate: '23505', constraint: 'decisions_supersedes_key' })
})

t.test('a correction needs a reason, and only a withheld recommendation has no level', async (t) => {
  const corrected = database.withTenant(world.authorityId, (tx) =>
    tx.insert(tables.referralRevisions).values(fixtures.revisionRow(world, { revision: 2 })),
  )
  await t.rejects(corrected, { name: 'DatabaseError', constraint: 'referral_revisions_change_has_reason' })
  const unlevelled = database.withTenant(world.authorityId, (tx) =>
    tx.insert(tables.recommendations).values(fixtures.recommendationRow(world, { level: null, sequence: 2 })),
  )
  await t.rejects(unlevelled, { name: 'DatabaseError', constraint: 'recommendations_level_stated' })
  await database.withTenant(world.authorityId, async (tx) => {
    const reason = { revision: 2, changeReason: 'date of birth corrected' }
    await tx.insert(tables.referralRevisions).values(fixtures.revisionRow(world, reason))
    const withheld = { revision: 2, sequence: 2, outcome: 'withheld', level: null } as const
    await tx.insert(tables.recommendations).values(fixtures.recommendationRow(world, withheld))
  })
})

t.test('moments, bytes, lists and dates come back as they were given', async (t) => {
  const [decision] = await database.withTenant(world.authorityId, (tx) =>
    tx.query.decisions.findMany({ where: (row, { eq }) => eq(row.id, world.decisionId) }),
  )
  t.equal(decision?.decidedAt, fixtures.AT)
  const [entry] = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.auditEntries))
  t.same(entry?.body, Buffer.from('{}'))
  t.equal(entry?.position, 0)
  const [advice] = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.recommendations))
  t.same(advice?.categories, ['neglect', 'missing'])
  const [policy] = await database.withTenant(world.authorityId, (tx) =>
    tx.select().from(tables.policyVersions).where(eq(tables.policyVersions.id, world.policyVersionId)),
  )
  t.equal(policy?.effectiveFrom, '2026-04-01')
})

t.test('a moment is shown in UTC with milliseconds whatever was given and wherever the session is', async (t) => {
  const given = {
    '2026-07-01T10:00:00+01:00': '2026-07-01T09:00:00.000Z',
    '2026-07-01T09:00:00.0006Z': '2026-07-01T09:00:00.001Z',
  }
  for (const [receivedAt, shown] of Object.entries(given)) {
    const rows = await database.withTenant(world.authorityId, async (tx) => {
      await tx.execute(sql`set local timezone to 'Asia/Kolkata'`)
      return tx.insert(tables.referrals).values(fixtures.referralRow(world, { receivedAt })).returning()
    })
    t.equal(rows[0]?.receivedAt, shown)
  }
})

t.test('an account that is no human holds no qualification', async (t) => {
  const account = {
    id: randomUUID(),
    subject: 's-4',
    displayName: 'D',
    kind: 'system',
    qualification: 'social_work',
  } as const
  const created = database.asOwner(async (tx) => {
    await setAuthority(tx, world.authorityId)
    await tx
      .insert(tables.accountRecords)
      .values({ ...account, authorityId: world.authorityId, createdAt: fixtures.AT })
  })
  await t.rejects(created, { name: 'DatabaseError', constraint: 'accounts_qualified_human' })
})
