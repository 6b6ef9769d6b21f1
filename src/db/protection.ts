/** What keeps authorities apart, read back from the catalogue of the database: asked before serving, and by readiness. */
import type pg from 'pg'

export interface Weakness {
  /** The check that noticed. */
  readonly check: string
  /** A sentence that names what is wrong. */
  readonly what: string
  /** SQL, or what to do. */
  readonly mend: string
  readonly weighs: Weight
}

/**
 * `always`: nothing is served with it. `in production`: a development server is told, a real one refuses. `told`: the
 * operator is told.
 */
export type Weight = 'always' | 'in production' | 'told'

export interface Check {
  readonly name: string
  /** Of the login that asks, which on the embedded database is all there is; or of the schema. */
  readonly of: 'login' | 'schema'
  readonly weighs: Weight
  /** A select of `what` and `mend`; no row where all is well. */
  readonly query: string
}

/** Tables that belong to no authority, each looked at: the register holds public names only. */
const OF_NO_AUTHORITY = ['authorities']
/** Functions that may run with the rights of their owner: none. */
const DEFINERS: readonly string[] = ['dispose_of_referral']

const list = (names: readonly string[]): string => `('${['', ...names].join("', '")}')`
/** In schemas of ours: not the catalogue, not the register of migrations, not what one session made for itself. */
export const OURS = `n.nspname not in ('pg_catalog', 'information_schema', 'drizzle') and n.nspname !~ '^pg_(toast|temp)'`
const TABLES = `pg_class c join pg_namespace n on n.oid = c.relnamespace`
const OF_TENANT = `exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'authority_id' and not a.attisdropped)`
const OWN = `authority_id = nullif(current_setting(''app.authority'', true), '''')::uuid`
const SHOWN = `(authority_id = (NULLIF(current_setting(''app.authority''::text, true), ''''::text))::uuid)`
const LOGIN = `pg_roles l where l.rolname = session_user`
const ANOTHER = `Serve as a login of its own: create role threshold_service login noinherit password ''…''; grant threshold_app to threshold_service with inherit false, set true;`
const OWNED = `select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
  and (d.dbid = (select oid from pg_database where datname = current_database())
    or d.classid = 'pg_database'::regclass and d.objid = (select oid from pg_database where datname = current_database()))`

const LOGIN_CHECKS: readonly Check[] = [
  {
    name: 'login_is_bound',
    of: 'login',
    weighs: 'in production',
    query: `select format('The login %I is a superuser or may bypass row-level security, which is void for it.', l.rolname) as what,
        '${ANOTHER}' as mend
      from ${LOGIN} and (l.rolsuper or l.rolbypassrls)`,
  },
  {
    name: 'login_makes_nothing',
    of: 'login',
    weighs: 'in production',
    query: `select format('The login %I may create roles or databases, or replicate.', l.rolname),
        format('alter role %I nocreaterole nocreatedb noreplication;', l.rolname)
      from ${LOGIN} and not l.rolsuper and (l.rolcreaterole or l.rolcreatedb or l.rolreplication)`,
  },
  {
    name: 'login_owns_nothing',
    of: 'login',
    weighs: 'in production',
    query: `select format('The login %I owns the database or something in it.', l.rolname), '${ANOTHER}'
      from ${LOGIN} and not l.rolsuper and exists (${OWNED} and d.refobjid = l.oid)`,
  },
  {
    name: 'login_is_nobody_else',
    of: 'login',
    weighs: 'in production',
    query: `select format('The login %I can become %I, which may do more than the service must.', l.rolname, r.rolname),
        format('revoke %I from %I;', r.rolname, l.rolname)
      from pg_roles l join pg_roles r on pg_has_role(l.oid, r.oid, 'member')
      where l.rolname = session_user and not l.rolsuper and r.rolname not in (l.rolname, 'threshold_app')
        and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
          or r.rolname ~ '^pg_' or exists (${OWNED} and d.refobjid = r.oid))`,
  },
  {
    name: 'login_touches_nothing_itself',
    of: 'login',
    weighs: 'in production',
    query: `select format('The login %I may use the table %s without becoming threshold_app.', l.rolname, c.oid::regclass),
        format('revoke all on all tables in schema %I from %I, public; grant threshold_app to %2$I with inherit false, set true;',
          n.nspname, l.rolname)
      from ${TABLES} join pg_roles l on l.rolname = session_user
      where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') and not l.rolsuper and c.relowner <> l.oid
        and has_table_privilege(l.oid, c.oid, 'select, insert, update, delete, truncate')`,
  },
  {
    name: 'login_can_serve',
    of: 'login',
    weighs: 'always',
    query: `select format('The login %I cannot become threshold_app, as which every request works.', l.rolname),
        format('grant threshold_app to %I with inherit false, set true;', l.rolname)
      from ${LOGIN} and not exists (
        select from pg_roles r where r.rolname = 'threshold_app' and pg_has_role(l.oid, r.oid, 'set'))`,
  },
]

const SCHEMA_CHECKS: readonly Check[] = [
  {
    name: 'app_is_bound',
    of: 'schema',
    weighs: 'always',
    query: `select 'The role threshold_app has more rights than it may have.' as what,
        'alter role threshold_app nosuperuser nobypassrls nocreaterole nocreatedb noreplication nologin noinherit;' as mend
      from pg_roles where rolname = 'threshold_app'
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolcanlogin or rolinherit)`,
  },
  {
    name: 'app_belongs_nowhere',
    of: 'schema',
    weighs: 'always',
    query: `select format('The role threshold_app is a member of %I.', r.rolname), format('revoke %I from threshold_app;', r.rolname)
      from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles a on a.oid = m.member
      where a.rolname = 'threshold_app'`,
  },
  {
    name: 'app_owns_nothing',
    of: 'schema',
    weighs: 'always',
    query: `select 'The role threshold_app owns something in the database.', 'reassign owned by threshold_app to threshold_owner;'
      from pg_roles r where r.rolname = 'threshold_app' and exists (${OWNED} and d.refobjid = r.oid)`,
  },
  {
    name: 'app_creates_nothing',
    of: 'schema',
    weighs: 'always',
    query: `select format('The role threshold_app, or everybody, may create in the schema %I.', n.nspname),
        format('revoke create on schema %I from threshold_app, public;', n.nspname)
      from pg_namespace n where n.nspname !~ '^pg_(toast|temp)' and has_schema_privilege('threshold_app', n.oid, 'create')
      union all
      select format('The role threshold_app, or everybody, may create schemas in the database %I.', d.datname),
        format('revoke create on database %I from threshold_app, public;', d.datname)
      from pg_database d where d.datname = current_database() and has_database_privilege('threshold_app', d.oid, 'create')`,
  },
  {
    name: 'app_makes_no_temporary_tables',
    of: 'schema',
    weighs: 'told',
    query: `select format('Everybody may make temporary tables in the database %I.', d.datname),
        format('revoke temporary on database %I from public, threshold_app;', d.datname)
      from pg_database d where d.datname = current_database() and has_database_privilege('threshold_app', d.oid, 'temporary')`,
  },
  {
    name: 'tables_are_of_tenants',
    of: 'schema',
    weighs: 'always',
    query: `select format('The table %s belongs to no authority.', c.oid::regclass), 'Ask who made it, and drop it.'
      from ${TABLES} where ${OURS} and c.relkind in ('r', 'p', 'f') and not ${OF_TENANT}
        and c.relname not in ${list(OF_NO_AUTHORITY)}`,
  },
  {
    name: 'rows_are_guarded',
    of: 'schema',
    weighs: 'always',
    query: `select format('Row-level security is not enabled and forced on %s.', c.oid::regclass),
        format('alter table %s enable row level security, force row level security;', c.oid::regclass)
      from ${TABLES} where ${OURS} and c.relkind in ('r', 'p', 'f') and ${OF_TENANT}
        and not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    name: 'one_policy_admits',
    of: 'schema',
    weighs: 'always',
    query: `select format('The table %s is not kept by the one policy that asks for the authority.', c.oid::regclass),
        format('drop every permissive policy on %1$s; create policy tenant on %1$s using (${OWN}) with check (${OWN});',
          c.oid::regclass)
      from ${TABLES} where ${OURS} and c.relkind in ('r', 'p') and ${OF_TENANT} and 1 <> (
        select count(*) + count(*) filter (where p.cmd <> 'ALL' or p.roles <> '{public}' or p.policyname <> 'tenant'
          or p.qual is distinct from '${SHOWN}' or p.with_check is distinct from '${SHOWN}')
        from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname and p.permissive = 'PERMISSIVE')`,
  },
  {
    name: 'no_privilege_looks_past',
    of: 'schema',
    weighs: 'always',
    query: `select format('%s is granted %s on %s.', coalesce(r.rolname, 'Everybody'), g.privilege_type, c.oid::regclass),
        format('revoke %s on %s from %s;', g.privilege_type, c.oid::regclass, coalesce(quote_ident(r.rolname), 'public'))
      from ${TABLES} cross join aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
      where ${OURS} and g.grantee <> c.relowner and (g.is_grantable
        or coalesce(r.rolname, 'public') = 'public'
        or r.rolname = 'threshold_app' and g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))`,
  },
  {
    name: 'no_function_lends_rights',
    of: 'schema',
    weighs: 'always',
    query: `select format('The function %s runs with the rights of its owner.', p.oid::regprocedure),
        format('alter function %s security invoker;', p.oid::regprocedure)
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${OURS} and p.prosecdef and p.proname not in ${list(DEFINERS)}`,
  },
  {
    name: 'no_view_lends_rights',
    of: 'schema',
    weighs: 'always',
    query: `select format('The view %s reads with the rights of its owner.', c.oid::regclass),
        format('alter view %s set (security_invoker = true);', c.oid::regclass)
      from ${TABLES} where ${OURS} and (c.relkind = 'm'
        or c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))`,
  },
  {
    name: 'no_setting_stands_for_an_authority',
    of: 'schema',
    weighs: 'always',
    query: `select 'A setting of a role or of the database stands in for what a transaction must say: ' || split_part(given, '=', 1) || '.',
        'alter role … reset, or alter database … reset.'
      from pg_db_role_setting s cross join unnest(s.setconfig) given
      where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
        and given ~ '^(app[.]|role=|row_security=|search_path=|session_replication_role=)'`,
  },
]

export const CHECKS: readonly Check[] = [...LOGIN_CHECKS, ...SCHEMA_CHECKS]

/** Everything that is weak, in the order of the checks; of an embedded database its login is not asked. */
export async function weaknessesOn(
  client: Pick<pg.ClientBase, 'query'>,
  engine: 'postgres' | 'pglite',
): Promise<Weakness[]> {
  const asked = CHECKS.filter(({ of }) => engine === 'postgres' || of === 'schema')
  const query = asked.map((check, i) => `select ${i} as position, found.* from (${check.query}) as found (what, mend)`)
  const { rows } = await client.query<{ position: number; what: string; mend: string }>(
    `${query.join(' union all ')} order by 1, 2`,
  )
  return rows.flatMap(({ position, what, mend }) => {
    const check = asked[position]
    return check ? [{ check: check.name, what, mend, weighs: check.weighs }] : []
  })
}

/** Those for which nothing is served. */
export function refusing(weaknesses: readonly Weakness[], { isProduction }: { isProduction: boolean }): Weakness[] {
  return weaknesses.filter(({ weighs }) => weighs === 'always' || (weighs === 'in production' && isProduction))
}
