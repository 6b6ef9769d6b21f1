/** What must hold of every table, key and function, asked of the catalogue: each question finds what breaks it, as `what`. */
import { CHECKS, OURS } from '../../src/db/protection.ts'

export interface Claim {
  readonly name: string
  /** A select of one column, `what`; no row where the claim holds. */
  readonly query: string
}

// Policies are evaluated with the rights of whoever asks, so what they ask has to be callable.
// The last is the one function with the rights of the owner; it looks for itself whether it may.
const CALLED = `('has_conflicts', 'is_own_or_kin', 'lets_in', 'dispose_of_referral')`
const TABLES = `pg_class c join pg_namespace n on n.oid = c.relnamespace`
const OF_TENANT = `exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'authority_id')`
const TYPES = `('uuid', 'text', 'text[]', 'integer', 'bigint', 'boolean', 'bytea', 'date', 'timestamp(3) with time zone')`

/** What the service asks before it serves. */
const ASKED_AT_THE_START: readonly Claim[] = CHECKS.filter(({ of, name }) => {
  // A copied database does not copy what was revoked on the first: test/db/logins.test.ts asks a fresh one.
  return of === 'schema' && name !== 'app_makes_no_temporary_tables'
}).map(({ name, query }) => ({ name, query: `select what from (${query}) as found (what, mend)` }))

export const CLAIMS: readonly Claim[] = [
  ...ASKED_AT_THE_START,
  {
    name: 'every tenant table has an owner other than the service',
    query: `select c.relname as what from ${TABLES} join pg_roles r on r.oid = c.relowner
      where ${OURS} and r.rolname = 'threshold_app'`,
  },
  {
    name: 'every primary, unique and foreign key leads with the authority, on both sides',
    query: `select con.conname as what
      from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum = con.conkey[1]
        left join pg_class f on f.oid = con.confrelid
        left join pg_attribute fa on fa.attrelid = con.confrelid and fa.attnum = con.confkey[1]
      where ${OURS} and con.contype in ('p', 'u', 'f', 'x') and ${OF_TENANT} and (a.attname <> 'authority_id'
        or con.contype = 'f' and fa.attname <> case f.relname when 'authorities' then 'id' else 'authority_id' end)`,
  },
  {
    name: 'no foreign key leads out of the tenant tables but to the register',
    query: `select con.conname as what
      from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_class f on f.oid = con.confrelid
      where ${OURS} and con.contype = 'f' and f.relname <> 'authorities'
        and not exists (select from pg_attribute a where a.attrelid = f.oid and a.attname = 'authority_id')`,
  },
  {
    name: 'every unique index leads with the authority, constraint or not',
    query: `select i.relname as what
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
      where ${OURS} and x.indisunique and ${OF_TENANT} and a.attname is distinct from 'authority_id'`,
  },
  {
    name: 'no row is without an authority',
    query: `select c.relname as what from ${TABLES} join pg_attribute a on a.attrelid = c.oid and a.attname = 'authority_id'
      where ${OURS} and c.relkind in ('r', 'p') and not a.attnotnull`,
  },
  {
    name: 'every table has a primary key and a comment',
    query: `select c.relname as what from ${TABLES} where ${OURS} and c.relkind in ('r', 'p') and (
        obj_description(c.oid, 'pg_class') is null or obj_description(c.oid, 'pg_class') !~ '[.]$'
        or not exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'p'))`,
  },
  {
    name: 'a policy reads a setting so that an empty one is none',
    query: `select tablename || '.' || policyname as what from pg_policies
      where schemaname not in ('pg_catalog', 'information_schema') and (
        coalesce(qual, '') || coalesce(with_check, '') ~ 'current_setting[(]''[^'']*''::text[)]'
        or coalesce(qual, '') || coalesce(with_check, '') ~ '(^|[^F])[(]current_setting[(][^)]*[)][)]::')`,
  },
  {
    name: 'every other policy only takes away, from everybody, what is read and what is written',
    query: `select tablename || '.' || policyname as what from pg_policies
      where schemaname not in ('pg_catalog', 'information_schema') and policyname <> 'tenant'
        and (permissive <> 'RESTRICTIVE' or cmd <> 'ALL' or roles <> '{public}' or with_check is not null)`,
  },
  {
    name: 'every function pins its search path, and the service calls none but disposal and what policies ask',
    query: `select p.proname as what from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${OURS} and (
        has_function_privilege('threshold_app', p.oid, 'execute') <> (p.proname in ${CALLED})
        or not exists (select from unnest(p.proconfig) setting where setting ~ '^search_path=pg_catalog, '))`,
  },
  {
    name: 'nothing is rewritten, published or handed on beside the policies',
    query: `select r.rulename::text as what from pg_rewrite r join pg_class c on c.oid = r.ev_class
        join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('r', 'p')
      union all select pubname::text from pg_publication
      union all select evtname::text from pg_event_trigger
      union all select srvname::text from pg_foreign_server
      union all select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid`,
  },
  {
    name: 'no number tells how much there is: there are no sequences',
    query: `select c.relname as what from ${TABLES} where ${OURS} and c.relkind = 'S'
      union all select c.relname from ${TABLES} where n.nspname = 'drizzle' and case c.relkind when 'S'
        then has_sequence_privilege('threshold_app', c.oid, 'select, usage, update') end`,
  },
  {
    name: 'nothing is granted by default',
    query: `select coalesce(n.nspname, 'everywhere') || ' ' || d.defaclobjtype::text as what
      from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace`,
  },
  {
    name: 'no trigger is switched off',
    query: `select c.relname || '.' || g.tgname as what from pg_trigger g join pg_class c on c.oid = g.tgrelid
        join pg_namespace n on n.oid = c.relnamespace where ${OURS} and g.tgenabled <> 'O'`,
  },
  {
    name: 'every moment is stored in milliseconds with its time zone, and every key is text, uuid or integer',
    query: `select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as what
      from ${TABLES} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where ${OURS} and c.relkind in ('r', 'p') and format_type(a.atttypid, a.atttypmod) not in ${TYPES}`,
  },
]
