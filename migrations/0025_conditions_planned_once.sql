-- The conditions of restricted records asked with two sub-queries in each row-level policy, correlated with the row. A decision is
-- shown from eleven tables: PostgreSQL planned some hundred of them, 30 ms each time, to show one row. What does not hang on the
-- row is now asked once by a function whose own plan is kept, and what hangs on it is still asked of the functions of 0018.

-- These two run with the rights of the caller, and read what no restriction hides. What they answer is too much rather than too
-- little: is_own_or_kin and lets_in decide.

create function has_conflicts() returns boolean
language plpgsql stable parallel unsafe
set search_path = pg_catalog, public
as $$
begin
  return exists (
    select from account_conflicts c
    where c.authority_id = nullif(current_setting('app.authority', true), '')::uuid
      and c.account_id = nullif(current_setting('app.account', true), '')::uuid
  );
end
$$;
comment on function has_conflicts is 'Whether the acting account ever was declared a subject of a referral, or kin of a child.';

create function restricted_referrals() returns uuid[]
language plpgsql stable parallel unsafe
set search_path = pg_catalog, public
as $$
begin
  return array(
    select distinct r.referral_id from restrictions r
    where r.authority_id = nullif(current_setting('app.authority', true), '')::uuid
  );
end
$$;
comment on function restricted_referrals is 'The referrals of the authority that are, or were, restricted.';

revoke execute on function has_conflicts(), restricted_referrals() from public;
-- A policy is evaluated with the rights of whoever asks.
grant execute on function has_conflicts(), restricted_referrals() to threshold_app;

create or replace function guard_own_or_kin(target regclass, referral name default 'referral_id') returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  execute format(
    'create policy %3$I on %1$s as restrictive
       using (
         current_setting(''app.purpose'', true) in (''service'', ''history'')
         or not (select has_conflicts())
         or not is_own_or_kin(%1$s.%2$I)
       )',
    target, referral, concat_ws('_', 'own_or_kin', nullif(referral, 'referral_id'))
  );
end
$$;

-- The two are apart so that a list of restrictions can be shown to those who set them, and not to family.
create or replace function guard_restricted(target regclass, referral name default 'referral_id') returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  perform guard_own_or_kin(target, referral);
  execute format(
    'create policy %3$I on %1$s as restrictive
       using (
         current_setting(''app.purpose'', true) in (''service'', ''history'')
         or %1$s.%2$I not in (select unnest(restricted_referrals()))
         or lets_in(%1$s.%2$I)
       )',
    target, referral, concat_ws('_', 'restricted', nullif(referral, 'referral_id'))
  );
end
$$;

-- Each guard of 0018 to 0023 is put anew, on the same table and the same column: those of restrictions, which come with one of kin,
-- and then those of kin that stand alone.
do $$
declare
  old record;
begin
  for old in
    select format('%I.%I', schemaname, tablename)::regclass as target, regexp_replace(policyname, '^restricted_?', '') as ending
    from pg_policies where schemaname = 'public' and qual like '%lets\_in(%' order by 1, 2
  loop
    execute format('drop policy %I on %s', concat_ws('_', 'own_or_kin', nullif(old.ending, '')), old.target);
    execute format('drop policy %I on %s', concat_ws('_', 'restricted', nullif(old.ending, '')), old.target);
    perform guard_restricted(old.target, coalesce(nullif(old.ending, ''), 'referral_id')::name);
  end loop;
  for old in
    select format('%I.%I', schemaname, tablename)::regclass as target, regexp_replace(policyname, '^own_or_kin_?', '') as ending
    from pg_policies where schemaname = 'public' and qual like '%account\_conflicts%' order by 1, 2
  loop
    execute format('drop policy %I on %s', concat_ws('_', 'own_or_kin', nullif(old.ending, '')), old.target);
    perform guard_own_or_kin(old.target, coalesce(nullif(old.ending, ''), 'referral_id')::name);
  end loop;
end
$$;
