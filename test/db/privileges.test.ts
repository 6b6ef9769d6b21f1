import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import { testDatabase } from '../support/database.ts'

// What the service may do, table by table. A change here is a change of what an intruder could do: review it.
const EXPECTED: Record<string, string> = {
  'drizzle.__drizzle_migrations': 'SELECT',
  'public.access_entries': 'INSERT SELECT',
  'public.access_heads': 'INSERT SELECT UPDATE',
  'public.account_conflict_withdrawals': 'INSERT SELECT',
  'public.account_conflicts': 'INSERT SELECT',
  'public.account_changes': 'INSERT SELECT',
  'public.account_records': 'INSERT SELECT',
  'public.account_roles': 'SELECT',
  'public.accounts': 'SELECT',
  'public.audit_anchorings': 'INSERT SELECT',
  'public.audit_checkpoints': 'INSERT SELECT',
  'public.audit_entries': 'INSERT SELECT',
  'public.audit_heads': 'INSERT SELECT UPDATE',
  'public.audit_payloads': 'INSERT SELECT',
  'public.referral_keys': 'INSERT SELECT',
  'public.authorities': 'SELECT',
  'public.break_glass_grants': 'INSERT SELECT',
  'public.break_glass_reviews': 'INSERT SELECT',
  'public.child_identifiers': 'INSERT SELECT',
  'public.consents': 'INSERT SELECT',
  'public.child_match_keys': 'INSERT SELECT',
  'public.child_matches': 'INSERT SELECT',
  'public.child_traits': 'INSERT SELECT',
  'public.decision_completions': 'INSERT SELECT',
  'public.decision_proposals': 'INSERT SELECT',
  'public.decision_returns': 'INSERT SELECT',
  'public.decisions': 'INSERT SELECT',
  'public.escalation_steps': 'INSERT SELECT',
  'public.escalations': 'INSERT SELECT',
  'public.help_arrangements': 'INSERT SELECT',
  'public.household_match_keys': 'INSERT SELECT',
  'public.idempotency_keys': 'INSERT SELECT',
  'public.judgements': 'INSERT SELECT',
  'public.milestones': 'INSERT SELECT',
  'public.overdue_notices': 'INSERT SELECT',
  'public.help_updates': 'INSERT SELECT',
  'public.letter_decisions': 'INSERT SELECT',
  'public.letter_deliveries': 'INSERT SELECT',
  'public.letter_receipts': 'INSERT SELECT',
  'public.letters': 'INSERT SELECT',
  'public.outbox_events': 'INSERT SELECT',
  'public.policy_draft_revisions': 'INSERT SELECT',
  'public.policy_drafts': 'INSERT SELECT',
  'public.policy_publications': 'INSERT SELECT',
  'public.policy_retirements': 'INSERT SELECT',
  'public.policy_reviews': 'INSERT SELECT',
  'public.policy_sources': 'INSERT SELECT',
  'public.policy_submissions': 'INSERT SELECT',
  'public.policy_versions': 'INSERT SELECT',
  'public.recommendations': 'INSERT SELECT',
  'public.reconciliations': 'INSERT SELECT',
  'public.referral_children': 'INSERT SELECT',
  'public.referral_link_verdicts': 'INSERT SELECT',
  'public.referral_links': 'INSERT SELECT',
  'public.referral_revisions': 'INSERT SELECT',
  'public.referrals': 'INSERT SELECT',
  'public.rehearsal_acceptances': 'INSERT SELECT',
  'public.rehearsal_batches': 'INSERT SELECT',
  'public.rehearsal_children': 'INSERT SELECT',
  'public.rehearsal_events': 'INSERT SELECT',
  'public.rehearsals': 'INSERT SELECT',
  'public.retention_rules': 'INSERT SELECT',
  'public.retention_classes': 'INSERT SELECT',
  'public.legal_holds': 'INSERT SELECT',
  'public.legal_hold_releases': 'INSERT SELECT',
  'public.disposal_proposals': 'INSERT SELECT',
  'public.disposals': 'INSERT SELECT',
  'public.restriction_accounts': 'INSERT SELECT',
  'public.restrictions': 'INSERT SELECT',
  'public.sharing_decisions': 'INSERT SELECT',
  'public.sharing_mark_liftings': 'INSERT SELECT',
  'public.sharing_marks': 'INSERT SELECT',
  'public.screening_pickups': 'INSERT SELECT',
  'public.screening_task_results': 'INSERT SELECT',
  'public.screening_tasks': 'INSERT SELECT',
  'public.sign_offs': 'INSERT SELECT',
  'public.webhook_attempts': 'INSERT SELECT',
  'public.webhook_changes': 'INSERT SELECT',
  'public.webhook_cursors': 'INSERT SELECT UPDATE',
  'public.webhook_deliveries': 'INSERT SELECT UPDATE',
  'public.webhook_secrets': 'INSERT SELECT',
  'public.webhooks': 'INSERT SELECT',
}

const database = await testDatabase(t)

t.test('the service may do exactly what is listed, and everybody else nothing', async (t) => {
  const { rows } = await database.db.execute<{ name: string; grantee: string; may: string }>(sql`
    select n.nspname || '.' || c.relname as name, coalesce(r.rolname, 'public') as grantee,
      string_agg(g.privilege_type || case when g.is_grantable then '*' else '' end, ' '
        order by g.privilege_type) as may
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
    where n.nspname in ('public', 'drizzle') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and g.grantee <> c.relowner
    group by 1, 2 order by 1`)
  t.ok(rows.every(({ grantee }) => grantee === 'threshold_app'))
  t.same(Object.fromEntries(rows.map(({ name, may }) => [name, may])), EXPECTED)
})

t.test('nothing is granted by column or by default', async (t) => {
  const { rows } = await database.db.execute(sql`
    select a.attrelid::regclass::text as place from pg_attribute a join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and a.attacl is not null
    union all select 'default' from pg_default_acl`)
  t.same(rows, [])
})

t.test('the role of the service has no rights of its own', async (t) => {
  const { rows } = await database.db.execute(sql`
    select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin or rolreplication or rolinherit
        as any,
      has_schema_privilege(rolname, 'public', 'create') as creates,
      exists (select from pg_class where relowner = r.oid)
        or exists (select from pg_proc where proowner = r.oid) as owns,
      exists (select from pg_auth_members where member = r.oid) as belongs
    from pg_roles r where rolname = 'threshold_app'`)
  t.same(rows, [{ any: false, creates: false, owns: false, belongs: false }])
})

t.test('each transaction works as that role, and the connection is itself again afterwards', async (t) => {
  const who = sql`select current_user as role, coalesce(current_setting('app.authority', true), '') as authority`
  const { rows: before } = await database.pool.query('select current_user as role')
  const authorityId = '00000000-0000-7000-8000-000000000001'
  const { rows: during } = await database.withTenant(authorityId, (tx) => tx.execute(who))
  t.same(during, [{ role: 'threshold_app', authority: authorityId }])
  const { rows: after } = await database.asOwner((tx) => tx.execute(who))
  t.same(after, [{ role: before[0].role, authority: '' }])
})
