/** Ways to break each claim about the catalogue, with what the claim has to name when it is broken so. */
/** [how, as SQL; what has to be named]. */
export type Breach = readonly [sql: string, named: RegExp]

const ID = 'authority_id uuid not null, id uuid not null'
const OTHER_TENANT = `using (authority_id = current_setting('app.authority')::uuid)`
const onDatabase = (words: string): string => `do $$ begin execute format('${words}', current_database()); end $$`

export const BREACHES: Readonly<Record<string, readonly Breach[]>> = {
  app_is_bound: [
    ['alter role threshold_app bypassrls', /threshold_app/],
    ['alter role threshold_app superuser', /threshold_app/],
    ['alter role threshold_app createrole', /threshold_app/],
    ['alter role threshold_app login', /threshold_app/],
    ['alter role threshold_app inherit', /threshold_app/],
  ],
  app_belongs_nowhere: [
    ['create role probe_above; grant probe_above to threshold_app', /probe_above/],
    ['grant pg_read_all_data to threshold_app', /pg_read_all_data/],
  ],
  app_owns_nothing: [
    ['alter table referrals owner to threshold_app', /owns/],
    ['alter function lets_in(uuid) owner to threshold_app', /owns/],
    ['create schema probe authorization threshold_app', /owns/],
  ],
  app_creates_nothing: [
    ['grant create on schema public to threshold_app', /public/],
    ['grant create on schema public to public', /public/],
    ['grant create on schema drizzle to threshold_app', /drizzle/],
    [onDatabase('grant create on database %I to threshold_app'), /create schemas/],
  ],
  tables_are_of_tenants: [
    ['create table probe (id uuid primary key)', /probe/],
    ['create schema elsewhere create table probe (id uuid primary key)', /elsewhere.probe/],
    ['alter table authorities rename to probe', /probe/],
  ],
  rows_are_guarded: [
    ['alter table referrals no force row level security', /referrals/],
    ['alter table referrals disable row level security', /referrals/],
    [`create table probe (${ID})`, /probe/],
  ],
  one_policy_admits: [
    ['drop policy tenant on referrals', /referrals/],
    ['alter policy tenant on referrals using (true)', /referrals/],
    ['alter policy tenant on referrals with check (true)', /referrals/],
    ['alter policy tenant on referrals to threshold_app', /referrals/],
    [`alter policy tenant on referrals ${OTHER_TENANT} with check (false)`, /referrals/],
    ['create policy more on referrals for select using (true)', /referrals/],
    ['create policy more on referrals for insert with check (true)', /referrals/],
    ['alter policy tenant on referrals rename to others', /referrals/],
  ],
  no_privilege_looks_past: [
    ['grant truncate on referrals to threshold_app', /TRUNCATE on referrals/],
    ['grant references on referrals to threshold_app', /REFERENCES on referrals/],
    ['grant trigger on referrals to threshold_app', /TRIGGER on referrals/],
    ['grant select on referrals to public', /Everybody is granted SELECT on referrals/],
    ['grant select on referrals to threshold_app with grant option', /SELECT on referrals/],
  ],
  no_function_lends_rights: [
    [
      `create function probe() returns bigint language sql security definer set search_path = pg_catalog, public
         as 'select count(*) from referrals'`,
      /probe/,
    ],
    ['alter function lets_in(uuid) security definer', /lets_in/],
  ],
  no_view_lends_rights: [
    ['create view probe as select * from referrals', /probe/],
    ['create materialized view probe as select * from referrals', /probe/],
    ['create view probe with (security_invoker = false) as select * from referrals', /probe/],
  ],
  no_setting_stands_for_an_authority: [
    [`alter role threshold_app set app.authority = '00000000-0000-7000-8000-000000000001'`, /app.authority/],
    [onDatabase(`alter database %I set app.purpose = service`), /app.purpose/],
    ['alter role threshold_app set row_security = off', /row_security/],
  ],
  'every tenant table has an owner other than the service': [
    ['alter table referrals owner to threshold_app', /referrals/],
  ],
  'every primary, unique and foreign key leads with the authority, on both sides': [
    ['alter table referrals add constraint probe unique (id)', /probe/],
    ['alter table referrals add constraint probe unique (id, authority_id)', /probe/],
    [`create table probe (${ID}, constraint probe_key primary key (id))`, /probe_key/],
    [
      `create unique index probe on referrals (id);
       alter table consents add constraint probe_refers foreign key (referral_id) references referrals (id) not valid`,
      /probe_refers/,
    ],
  ],
  'no foreign key leads out of the tenant tables but to the register': [
    [
      `create table probe (id uuid primary key);
       alter table referrals add constraint probe_refers foreign key (id) references probe (id) not valid`,
      /probe_refers/,
    ],
  ],
  'every unique index leads with the authority, constraint or not': [
    ['create unique index probe on referrals (reference)', /probe/],
    ['create unique index probe on referrals (lower(reference), authority_id)', /probe/],
  ],
  'no row is without an authority': [[`create table probe (id uuid, authority_id uuid)`, /probe/]],
  'every table has a primary key and a comment': [
    [`create table probe (${ID}); comment on table probe is 'Without a key.'`, /probe/],
    ['comment on table referrals is null', /referrals/],
  ],
  'a policy reads a setting so that an empty one is none': [
    [`create policy probe on referrals as restrictive ${OTHER_TENANT}`, /referrals.probe/],
    [
      `create policy probe on referrals as restrictive using (authority_id = current_setting('app.authority', true)::uuid)`,
      /referrals.probe/,
    ],
  ],
  'every other policy only takes away, from everybody, what is read and what is written': [
    ['alter policy restricted_id on referrals to threshold_app', /referrals/],
    ['create policy more on referrals for select using (true)', /referrals.more/],
  ],
  'every function pins its search path, and the service calls none but disposal and what policies ask': [
    ['grant execute on function guard_tenant(regclass) to threshold_app', /guard_tenant/],
    ['grant execute on function guard_tenant(regclass) to public', /guard_tenant/],
    ['alter function lets_in(uuid) reset search_path', /lets_in/],
    ['alter function lets_in(uuid) set search_path = public, pg_catalog', /lets_in/],
    [`create function probe() returns int language sql set search_path = pg_catalog, public as 'select 1'`, /probe/],
  ],
  'nothing is rewritten, published or handed on beside the policies': [
    ['create rule probe as on insert to referrals do also nothing', /probe/],
    ['create publication probe for table referrals', /probe/],
    ['create table probe () inherits (referrals)', /probe/],
  ],
  'no number tells how much there is: there are no sequences': [
    ['create sequence probe', /probe/],
    ['alter table referrals add column probe bigint generated always as identity', /probe/],
    ['grant select on all sequences in schema drizzle to threshold_app', /drizzle_migrations/],
  ],
  'nothing is granted by default': [
    ['alter default privileges in schema public grant select on tables to public', /public/],
  ],
  'no trigger is switched off': [['alter table referrals disable trigger append_only', /referrals.append_only/]],
  'every moment is stored in milliseconds with its time zone, and every key is text, uuid or integer': [
    ['alter table referrals add column probe timestamp', /probe timestamp/],
  ],
}
