/**
 * What a principal can do to the rows of a table, found by doing it: select, insert, update, delete and truncate, each
 * undone. Triggers and keys are out of the way (they have tests of their own), so that privileges and policies alone answer.
 */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import { sql } from '../../src/db/drizzle.ts'
import * as tables from '../../src/db/tables/index.ts'
import type { Transaction } from '../../src/db/transaction.ts'
import { AT, type Planted } from '../db/fixtures.ts'
import { restrictionRow } from '../db/restriction-fixtures.ts'

/** Who tries, and whose rows: those of the own authority, or of the other. */
interface Principal {
  readonly role: string
  readonly authority: string
  readonly account: string
  readonly rowsOf: string
}

/** Nobody of these is kept from a row for the sake of one referral. */
export const PARTIES = ['own', 'other', 'none', 'public'] as const
/** Accounts of the own authority, each kept from one of its two referrals: not let in, or family. */
export const KEPT = ['shut out of one', 'shut out of another', 'kin of one', 'kin of another'] as const
export type PrincipalName = (typeof PARTIES)[number] | (typeof KEPT)[number]

export interface Ground {
  readonly principals: Readonly<Record<PrincipalName, Principal>>
  readonly tables: readonly string[]
}

/** Not a role that anybody is a member of: it has what everybody has. */
const ANYBODY = `probe_${randomUUID().replaceAll('-', '')}`
const APP = 'threshold_app'

/** Runs `work` in a transaction of the owner in which both referrals of an authority are restricted; all of it is undone. */
export async function onGround(
  database: Database,
  { ours, theirs }: { ours: Planted; theirs: Planted },
  work: (tx: Transaction, ground: Ground) => Promise<void>,
): Promise<void> {
  const undone = new Error('undone')
  const tried = database.asOwner(async (tx) => {
    await tx.execute(sql`select set_config('session_replication_role', 'replica', true)`)
    await tx.execute(sql.raw(`create role ${ANYBODY}`))
    await tx.execute(sql.raw(ATTEMPT))
    await restrictBoth(tx, ours)
    await work(tx, { principals: principalsOf(ours, theirs), tables: await tablesOf(tx) })
    throw undone
  })
  await tried.catch((error: unknown) => {
    if (error !== undone) throw error
  })
}

/** Tables are found in the catalogue, so that a new one is tried unasked. */
async function tablesOf(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.execute<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  )
  return rows.map(({ name }) => name)
}

function principalsOf(ours: Planted, theirs: Planted): Ground['principals'] {
  const own = { role: APP, authority: ours.authorityId, account: '', rowsOf: ours.authorityId }
  return {
    own,
    other: { ...own, rowsOf: theirs.authorityId },
    none: { ...own, authority: '' },
    public: { ...own, role: ANYBODY },
    'shut out of one': { ...own, account: ours.secondScreenerId },
    'shut out of another': { ...own, account: ours.socialWorkerId },
    'kin of one': { ...own, account: ours.supervisorId },
    'kin of another': { ...own, account: ours.systemId },
  }
}

/** Both referrals of an authority are restricted; of those who act each is kept from one of them, by one of the two policies. */
async function restrictBoth(tx: Transaction, ours: Planted): Promise<void> {
  const { authorityId, referralId: one, clerkId, secondScreenerId, socialWorkerId, supervisorId, systemId } = ours
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from referrals where authority_id = ${authorityId} and id <> ${one}`,
  )
  const another = rows[0]!.id
  const letIn = {
    [one]: [socialWorkerId, supervisorId, systemId],
    [another]: [secondScreenerId, supervisorId, systemId],
  }
  for (const [referralId, accounts] of Object.entries(letIn)) {
    const restriction = restrictionRow(ours, { referralId, sequence: 9 })
    await tx.insert(tables.restrictions).values(restriction)
    for (const accountId of accounts)
      await tx
        .insert(tables.restrictionAccounts)
        .values({ authorityId, id: randomUUID(), restrictionId: restriction.id, accountId })
  }
  for (const [accountId, referralId] of [
    [supervisorId, one],
    [systemId, another],
  ] as const) {
    const conflict = { authorityId, id: randomUUID(), accountId, relationship: 'family' as const, referralId }
    await tx.insert(tables.accountConflicts).values({ ...conflict, declaredAt: AT, declaredBy: clerkId })
  }
}

export const VERBS = ['select', 'insert', 'update', 'delete', 'truncate'] as const

/** What some principals can do to one table, each word a verb; nothing is an empty text. */
export async function reachedIn(
  tx: Transaction,
  ground: Ground,
  { table, names, verbs = VERBS }: { table: string; names: readonly PrincipalName[]; verbs?: readonly string[] },
): Promise<Record<PrincipalName, string>> {
  const tried = names.map((name) => {
    const { role, authority, account, rowsOf } = ground.principals[name]
    const who = sql`${role}, ${authority}, ${account}, ${rowsOf}`
    return sql`select ${name} as name, pg_temp.attempt(${table}, ${verbs.join(' ')}, ${who}) as reached`
  })
  const { rows } = await tx.execute<{ name: string; reached: string }>(sql.join(tried, sql` union all `))
  return Object.fromEntries(rows.map(({ name, reached }) => [name, reached])) as Record<PrincipalName, string>
}

const ATTEMPT = `
create function pg_temp.attempt(target text, verbs text, as_role text, authority text, account text, rows_of text) returns text
language plpgsql as $$
declare
  key text := case target when 'authorities' then 'id' else 'authority_id' end;
  found jsonb[];
  one jsonb;
  changed text;
  -- Its columns that are not computed from others.
  written text;
  verb text;
  words text[] := '{}';
  total integer;
  got integer;
begin
  execute format('select coalesce(array_agg(to_jsonb(x)), ''{}'') from %I x where %I = $1', target, key)
    into found using rows_of::uuid;
  total := cardinality(found);
  if total = 0 then raise assert_failure using message = target || ' has no rows to try'; end if;
  select coalesce(min(a.attname), key) into changed from pg_attribute a
    where a.attrelid = target::regclass and a.attnum > 0 and has_column_privilege('${APP}', a.attrelid, a.attname, 'update');
  select string_agg(quote_ident(a.attname), ', ') into written from pg_attribute a
    where a.attrelid = target::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
  perform set_config('app.authority', authority, true), set_config('app.account', account, true),
    set_config('app.now', '${AT}', true), set_config('app.purpose', case account when '' then 'service' else '' end, true);
  perform set_config('role', as_role, true);
  foreach verb in array string_to_array(verbs, ' ') loop
    got := 0;
    if verb = 'insert' then
      foreach one in array found loop
        begin
          execute format('insert into %1$I (%2$s) select %2$s from jsonb_populate_record(null::%1$I, $1)', target, written)
            using one;
          raise exception 'undone';
        exception
          when insufficient_privilege then null;
          when raise_exception or unique_violation or exclusion_violation then got := got + 1;
        end;
      end loop;
    else
      begin
        case verb
          when 'select' then
            execute format('select count(*) from %I where %I = $1', target, key) into got using rows_of::uuid;
          when 'truncate' then
            execute format('truncate %I', target);
            got := total;
          when 'update' then
            execute format('update %I set %I = %2$I where %3$I = $1', target, changed, key) using rows_of::uuid;
            get diagnostics got = row_count;
          else
            execute format('delete from %I where %I = $1', target, key) using rows_of::uuid;
            get diagnostics got = row_count;
        end case;
        raise exception 'undone';
      exception
        when insufficient_privilege then got := 0;
        -- Asked after the privilege: another table refers to this one.
        when feature_not_supported then got := total;
        when raise_exception then null;
      end;
    end if;
    if got > 0 then words := words || (verb || case when got < total then '/part' else '' end); end if;
  end loop;
  perform set_config('role', 'none', true);
  return array_to_string(words, ' ');
end
$$`
