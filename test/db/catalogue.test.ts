import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import { testDatabase } from '../support/database.ts'

// What must hold of every table, read from the catalogue of the migrated schema: a new table is covered unasked.

const database = await testDatabase(t)

async function rows<T extends Record<string, unknown>>(query: ReturnType<typeof sql>): Promise<T[]> {
  return (await database.db.execute<T>(query)).rows as unknown as T[]
}

const OURS = sql`n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'drizzle')`
const TENANT = sql`exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'authority_id')`

t.test('every table but the register of authorities belongs to a tenant', async (t) => {
  const without = await rows<{ name: string }>(sql`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and c.relkind in ('r', 'p', 'f') and not ${TENANT}`)
  t.same(without, [{ name: 'authorities' }])
})

t.test(
  'every tenant table has row-level security enabled and forced, and an owner other than the service',
  async (t) => {
    const found = await rows<{ name: string; enabled: boolean; forced: boolean; owner: string }>(sql`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, r.rolname as owner
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
    where ${OURS} and c.relkind in ('r', 'p') and ${TENANT} order by 1`)
    t.ok(found.length >= 12, `${found.length} tables`)
    for (const { name, enabled, forced, owner } of found) {
      t.ok(enabled && forced && owner !== 'threshold_app', name)
    }
  },
)

t.test(
  'every tenant table has one policy that admits, for everybody and for all that is read and written',
  async (t) => {
    const found = await rows<{ name: string; policies: number; whole: number }>(sql`
    select c.relname as name, count(p.*) filter (where p.permissive = 'PERMISSIVE')::int as policies,
      count(p.*) filter (
        where p.permissive = 'PERMISSIVE' and p.cmd = 'ALL' and p.roles = '{public}' and p.qual = p.with_check
          and p.qual = '(authority_id = (NULLIF(current_setting(''app.authority''::text, true), ''''::text))::uuid)'
      )::int as whole
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_policies p on p.schemaname = n.nspname and p.tablename = c.relname
    where ${OURS} and c.relkind in ('r', 'p') and ${TENANT} group by 1 order by 1`)
    for (const { name, policies, whole } of found) t.same({ policies, whole }, { policies: 1, whole: 1 }, name)
  },
)

t.test('every primary, unique and foreign key of a tenant table leads with the authority, on both sides', async (t) => {
  const found = await rows<{ name: string; type: string; first: string; refers: string; referred: string | null }>(sql`
    select con.conname as name, con.contype::text as type, a.attname as first, f.relname as refers,
      fa.attname as referred
    from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum = con.conkey[1]
      left join pg_class f on f.oid = con.confrelid
      left join pg_attribute fa on fa.attrelid = con.confrelid and fa.attnum = con.confkey[1]
    where ${OURS} and con.contype in ('p', 'u', 'f', 'x') and ${TENANT} order by 1`)
  t.ok(found.length > 30, `${found.length} keys`)
  for (const { name, type, first, refers, referred } of found) {
    const target = refers === 'authorities' ? 'id' : 'authority_id'
    t.ok(first === 'authority_id' && (type !== 'f' || referred === target), name)
  }
})

t.test('every unique index of a tenant table leads with the authority, constraint or not', async (t) => {
  const found = await rows<{ name: string; first: string }>(sql`
    select i.relname as name, a.attname as first
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
    where ${OURS} and x.indisunique and ${TENANT}`)
  for (const { name, first } of found) t.equal(first, 'authority_id', name)
})

t.test('every table of a tenant has a primary key, and every table a comment', async (t) => {
  const found = await rows<{ name: string; has_key: boolean; comment: string | null }>(sql`
    select c.relname as name, obj_description(c.oid, 'pg_class') as comment,
      exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'p') as has_key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('r', 'p')`)
  for (const { name, comment, has_key } of found) t.ok(has_key && comment?.endsWith('.'), name)
})

// Policies are evaluated with the rights of whoever asks, so what they ask has to be callable. Both answer yes or no.
const ASKED_BY_POLICIES = ['is_own_or_kin', 'lets_in']
// The one function with the rights of the owner. Whatever is added here can undo every promise about records.
const AS_OWNER = ['dispose_of_referral']

t.test(
  'one function runs with the rights of its owner, and the service calls none but it and what policies ask',
  async (t) => {
    const found = await rows<{ name: string; definer: boolean; callable: boolean; path: string[] | null }>(sql`
    select p.proname as name, p.prosecdef as definer, p.proconfig as path,
      has_function_privilege('threshold_app', p.oid, 'execute') as callable
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS}`)
    t.ok(found.length >= 4)
    t.strictSame(
      found.filter(({ definer }) => definer).map(({ name }) => name),
      AS_OWNER,
    )
    for (const { name, definer, callable, path } of found) {
      const isOwners = AS_OWNER.includes(name)
      t.equal(callable, isOwners || ASKED_BY_POLICIES.includes(name), `who may call ${name}`)
      t.equal(definer, isOwners, `with whose rights ${name} runs`)
      // Where the path leaves them out, temporary tables come first: the service could put its own in the place of ours.
      const wanted = isOwners ? /^search_path=pg_catalog, pg_temp$/ : /^search_path=/
      t.ok(
        path?.some((setting) => wanted.test(setting)),
        `where ${name} looks`,
      )
    }
  },
)

t.test('no view looks past row-level security', async (t) => {
  const found = await rows(sql`
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and (c.relkind = 'm'
      or c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))`)
  t.same(found, [])
})

t.test(
  'every moment is stored in milliseconds with its time zone, and every key is text, uuid or integer',
  async (t) => {
    const found = await rows<{ name: string; type: string }>(sql`
    select distinct c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where ${OURS} and c.relkind in ('r', 'p')`)
    const known = [
      'uuid',
      'text',
      'text[]',
      'integer',
      'bigint',
      'boolean',
      'bytea',
      'date',
      'timestamp(3) with time zone',
    ]
    for (const { name, type } of found) t.ok(known.includes(type), `${name} ${type}`)
  },
)
