-- The role the service works as, and the helpers that give a table its protection.

-- Roles belong to the whole cluster: another database may have made this one already, or be making it now. It is
-- looked for first, since an owner who may not create roles can still be a member of it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'threshold_app') then
    create role threshold_app nologin noinherit;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;

-- Row-level security is void for such a role, so nothing may be built on it.
do $$
begin
  if exists (
    select from pg_roles
    where rolname = 'threshold_app' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin)
  ) then
    raise exception 'the role threshold_app exists with more rights than it may have'
      using hint = 'It must be nologin nosuperuser nobypassrls nocreaterole nocreatedb.';
  end if;
end
$$;

-- The one who migrates must be able to switch to the role. A superuser always may; an ordinary owner needs the grant.
do $$
begin
  if not pg_has_role(current_user, 'threshold_app', 'set') then
    execute format('grant threshold_app to %I with inherit false, set true', current_user);
  end if;
end
$$;

revoke create on schema public from public;
grant usage on schema public to threshold_app;

-- Readiness compares the applied migrations with its own, and does so without the rights of an owner.
grant usage on schema drizzle to threshold_app;
grant select on drizzle.__drizzle_migrations to threshold_app;

create function guard_tenant(target regclass) returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  execute format('alter table %s enable row level security', target);
  -- Without force the owner of the table would see every authority.
  execute format('alter table %s force row level security', target);
  -- After a transaction the setting is '' and not null: both mean that no authority is set, hence no rows.
  execute format(
    'create policy tenant on %s
       using (authority_id = nullif(current_setting(''app.authority'', true), '''')::uuid)
       with check (authority_id = nullif(current_setting(''app.authority'', true), '''')::uuid)',
    target
  );
end
$$;
comment on function guard_tenant is 'Shows and admits only the rows of the authority set for the transaction.';

create function refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = '23001', schema = tg_table_schema, table = tg_table_name,
          constraint = tg_table_name || '_append_only',
          hint = 'Record a new row that corrects or supersedes the old one.';
end
$$;
comment on function refuse_change is 'Refuses the statement: what is recorded here is never edited or removed.';

-- A statement trigger fires even where no row matches, and for truncate, which knows no rows.
create function append_only(target regclass) returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  execute format(
    'create trigger append_only before update or delete or truncate on %s
       for each statement execute function refuse_change()',
    target
  );
end
$$;
comment on function append_only is 'Makes a table append-only for everybody, its owner included.';

revoke execute on function guard_tenant(regclass), append_only(regclass), refuse_change() from public;
