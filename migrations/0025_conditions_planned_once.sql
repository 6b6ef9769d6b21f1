-- The conditions of restricted records asked with two sub-queries in each row-level policy. PostgreSQL plans each of them twice: to
-- probe an index for each row, and to hash the whole table once. A decision is shown from eleven tables, whose policies contain one
-- another: some hundred plans, 30 ms each time, to show one row. What hangs on the account alone is now asked once, of a function
-- whose own plan is kept, and what hangs on the row is planned once: `offset 0` keeps PostgreSQL from the hashed form, which nothing
-- needs, as the index is there. What is hidden, and from whom, has not changed.

-- It runs with the rights of the caller, and says yes too often rather than too seldom: is_own_or_kin decides.
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

revoke execute on function has_conflicts() from public;
-- A policy is evaluated with the rights of whoever asks.
grant execute on function has_conflicts() to threshold_app;

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
         or not exists (
           select from restrictions r where r.authority_id = %1$s.authority_id and r.referral_id = %1$s.%2$I offset 0
         )
         or lets_in(%1$s.%2$I)
       )',
    target, referral, concat_ws('_', 'restricted', nullif(referral, 'referral_id'))
  );
end
$$;

create or replace function guard_restricted_by(target regclass, parent regclass, reference name) returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  execute format(
    'create policy restricted on %1$s as restrictive
       using (
         current_setting(''app.purpose'', true) in (''service'', ''history'')
         or exists (select from %2$s p where p.authority_id = %1$s.authority_id and p.id = %1$s.%3$I offset 0)
       )',
    target, parent, reference
  );
end
$$;

-- Each guard of 0018 to 0023 is put anew, on the same table and the same column: those of restrictions, which come with one of kin,
-- those of kin that stand alone, and those that ask the row they belong to.
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
  for old in
    select * from (values
      ('rehearsal_acceptances', 'rehearsal_children', 'rehearsal_child_id'),
      ('decision_completions', 'decisions', 'decision_id'),
      ('decision_returns', 'decisions', 'decision_id'),
      ('reconciliations', 'decisions', 'decision_id'),
      ('screening_pickups', 'decisions', 'decision_id'),
      ('sign_offs', 'decisions', 'decision_id'),
      ('screening_task_results', 'screening_tasks', 'task_id'),
      ('escalation_steps', 'escalations', 'escalation_id'),
      ('help_updates', 'help_arrangements', 'arrangement_id'),
      ('letter_deliveries', 'letters', 'letter_id'),
      ('letter_receipts', 'letters', 'letter_id'),
      ('referral_link_verdicts', 'referral_links', 'link_id'),
      ('sharing_mark_liftings', 'sharing_marks', 'mark_id'),
      ('legal_hold_releases', 'legal_holds', 'hold_id')
    ) as belonging (target, parent, reference)
  loop
    execute format('drop policy restricted on %I', old.target);
    perform guard_restricted_by(old.target::regclass, old.parent::regclass, old.reference::name);
  end loop;
end
$$;
