-- Accounts as a record: what an account was made as, and every change since. What it is now follows from both.

-- Foreign keys go with the table; the functions and queries that say `accounts` find the view of that name below.
alter table accounts rename to account_records;
alter table account_records
  add column created_by uuid,
  add constraint accounts_created_by_fkey foreign key (authority_id, created_by)
    references account_records (authority_id, id),
  add constraint accounts_created_by_another check (created_by <> id);
comment on table account_records is 'People and systems of one authority, as they were when their account was made; who made it, if not the set-up.';
comment on column account_records.qualification is 'What the set-up said; later ones are changes.';
create index account_records_by_time on account_records (authority_id, created_at desc, id desc);

create table account_changes (
  authority_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  sequence integer not null,
  kind text not null,
  role text,
  qualification text,
  registration text,
  display_name text,
  reason text,
  changed_at timestamptz(3) not null,
  -- Null where the set-up did it.
  changed_by uuid,
  constraint account_changes_pkey primary key (authority_id, id),
  constraint account_changes_account_fkey
    foreign key (authority_id, account_id) references account_records (authority_id, id),
  constraint account_changes_changed_by_fkey
    foreign key (authority_id, changed_by) references account_records (authority_id, id),
  constraint account_changes_sequence_key unique (authority_id, account_id, sequence),
  constraint account_changes_sequence_check check (sequence >= 1),
  constraint account_changes_kind_check check (kind in (
    'role_granted', 'role_revoked', 'qualified', 'unqualified', 'disabled', 'enabled', 'renamed'
  )),
  constraint account_changes_role_check check (role in (
    'referrer', 'system', 'screener', 'supervisor', 'panel_member', 'policy_author', 'policy_approver', 'auditor',
    'administrator'
  )),
  constraint account_changes_role_named check ((kind in ('role_granted', 'role_revoked')) = (role is not null)),
  constraint account_changes_qualification_check check (qualification in ('social_work')),
  constraint account_changes_qualification_named check ((kind = 'qualified') = (qualification is not null)),
  constraint account_changes_registration_check
    check (registration is null or kind = 'qualified' and registration ~ '^SW[1-9][0-9]{0,6}$'),
  constraint account_changes_name_given check ((kind = 'renamed') = (display_name is not null)),
  constraint account_changes_reason_given check (changed_by is null or length(btrim(coalesce(reason, ''))) > 0),
  constraint account_changes_not_own check (changed_by <> account_id)
);
comment on table account_changes is 'That a role was granted or revoked, a qualification held or withdrawn, an account disabled, enabled or renamed; the latest of each counts.';

-- Nobody is asked for the roles that accounts had: they are kept as granted by the set-up.
insert into account_changes (authority_id, id, account_id, sequence, kind, role, changed_at)
select authority_id, gen_random_uuid(), account_id,
  row_number() over (partition by authority_id, account_id order by granted_at, role), 'role_granted', role, granted_at
from account_roles;
drop table account_roles;

create view accounts with (security_invoker = true) as
select r.authority_id, r.id, r.subject,
  coalesce((
    select c.display_name from account_changes c
    where c.authority_id = r.authority_id and c.account_id = r.id and c.kind = 'renamed'
    order by c.sequence desc limit 1
  ), r.display_name) as display_name,
  r.kind, r.agency,
  nullif(coalesce((
    select coalesce(c.qualification, '') from account_changes c
    where c.authority_id = r.authority_id and c.account_id = r.id and c.kind in ('qualified', 'unqualified')
    order by c.sequence desc limit 1
  ), r.qualification), '') as qualification,
  r.created_at,
  coalesce((
    select c.kind = 'enabled' from account_changes c
    where c.authority_id = r.authority_id and c.account_id = r.id and c.kind in ('disabled', 'enabled')
    order by c.sequence desc limit 1
  ), true) as is_enabled
from account_records r;
comment on view accounts is 'People and systems of one authority as they are now, by the subject of their token.';

create view account_roles with (security_invoker = true) as
select c.authority_id, c.account_id, c.role, c.changed_at as granted_at
from account_changes c
where c.kind = 'role_granted'
  and not exists (
    select from account_changes l
    where l.authority_id = c.authority_id and l.account_id = c.account_id and l.role = c.role and l.sequence > c.sequence
  )
  and coalesce((
    select l.kind = 'enabled' from account_changes l
    where l.authority_id = c.authority_id and l.account_id = c.account_id and l.kind in ('disabled', 'enabled')
    order by l.sequence desc limit 1
  ), true);
comment on view account_roles is 'What an account may do for its authority now, looked up at each request; nothing while it is disabled.';

-- The set-up works as the owner and may begin with anything. The service records what an administrator does, who is asked
-- for here once more: under a lock, so that two who take each other’s role do so one after the other, and one is left.
create function by_administrator() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  who uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
begin
  if current_user <> 'threshold_app' then
    return new;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(new.authority_id::text || ':accounts', 0));
  if who is null or who is distinct from nullif(current_setting('app.account', true), '')::uuid or not exists (
    select from account_records a
      join account_roles r on r.authority_id = a.authority_id and r.account_id = a.id and r.role = 'administrator'
    where a.authority_id = new.authority_id and a.id = who and a.kind = 'human'
  ) or tg_table_name = 'account_records' and to_jsonb(new) ->> 'qualification' is not null then
    raise exception 'accounts are made, unqualified, and changed by an active administrator'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = tg_table_name || '_by_administrator';
  end if;
  return new;
end
$$;
comment on function by_administrator is 'Refuses a row whose column, the argument, is not the administrator who acts now; one acts after the other.';

create function account_fits_kind() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  sort text;
begin
  if current_user <> 'threshold_app' then
    return new;
  end if;
  select kind into sort from account_records where authority_id = new.authority_id and id = new.account_id;
  if new.kind = 'role_granted' and (
      sort = 'system' and new.role not in ('system', 'referrer') or sort = 'human' and new.role = 'system'
    ) or new.kind = 'qualified' and sort = 'system' then
    raise exception 'people hold the roles and qualifications of people, systems the roles of systems'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'account_changes_fit_kind';
  end if;
  return new;
end
$$;
comment on function account_fits_kind is 'Refuses a role or a qualification that an account of this kind cannot have.';

revoke execute on function by_administrator(), account_fits_kind() from public;

create trigger by_administrator before insert on account_records
  for each row execute function by_administrator('created_by');
create trigger by_administrator before insert on account_changes
  for each row execute function by_administrator('changed_by');
create trigger fits_kind before insert on account_changes
  for each row execute function account_fits_kind();

select guard_tenant('account_changes'), append_only('account_records'), append_only('account_changes');
grant insert on account_records to threshold_app;
grant select, insert on account_changes to threshold_app;
grant select on accounts, account_roles to threshold_app;
