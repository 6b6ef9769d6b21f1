-- Restricted records: which referrals only some accounts may see, who breaks the glass, and who is kept out as family.

-- Nothing here is hidden by a restriction itself: the policies below read it to know what is hidden.
create table restrictions (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  -- As given to the referrer: the referral itself cannot be read by whoever asks for it by telephone.
  reference text not null,
  sequence integer not null,
  kind text not null,
  category text,
  reason text not null,
  review_on date,
  recorded_at timestamptz(3) not null,
  recorded_by uuid not null,
  constraint restrictions_pkey primary key (authority_id, id),
  constraint restrictions_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint restrictions_recorded_by_fkey
    foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint restrictions_sequence_key unique (authority_id, referral_id, sequence),
  constraint restrictions_referral_key unique (authority_id, id, referral_id),
  constraint restrictions_sequence_check check (sequence >= 1),
  constraint restrictions_kind_check check (kind in ('set', 'changed', 'lifted')),
  constraint restrictions_first_is_set check (sequence > 1 or kind = 'set'),
  constraint restrictions_category_check check (category in (
    'staff_or_family', 'public_interest', 'high_risk_address', 'police_operation', 'court_order', 'adoption', 'other'
  )),
  constraint restrictions_standing_is_whole
    check ((kind = 'lifted') = (category is null) and (kind = 'lifted') = (review_on is null)),
  constraint restrictions_reason_check check (length(btrim(reason)) > 0)
);
comment on table restrictions is 'That only some accounts may see a referral, until when that is reviewed, and that it ended; the latest counts.';

create index restrictions_by_time on restrictions (authority_id, recorded_at desc, id desc);

create table restriction_accounts (
  authority_id uuid not null,
  id uuid not null,
  restriction_id uuid not null,
  account_id uuid not null,
  constraint restriction_accounts_pkey primary key (authority_id, id),
  constraint restriction_accounts_restriction_fkey
    foreign key (authority_id, restriction_id) references restrictions (authority_id, id),
  constraint restriction_accounts_account_fkey
    foreign key (authority_id, account_id) references accounts (authority_id, id),
  constraint restriction_accounts_account_key unique (authority_id, restriction_id, account_id)
);
comment on table restriction_accounts is 'The accounts that a restriction lets in.';

create table break_glass_grants (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  restriction_id uuid not null,
  account_id uuid not null,
  reason text not null,
  granted_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  constraint break_glass_grants_pkey primary key (authority_id, id),
  constraint break_glass_grants_restriction_fkey foreign key (authority_id, restriction_id, referral_id)
    references restrictions (authority_id, id, referral_id),
  constraint break_glass_grants_account_fkey
    foreign key (authority_id, account_id) references accounts (authority_id, id),
  constraint break_glass_grants_time_check
    check (expires_at > granted_at and expires_at <= granted_at + interval '4 hours'),
  constraint break_glass_grants_reason_check check (length(btrim(reason)) > 0)
);
comment on table break_glass_grants is 'That somebody opened a restricted referral in need, why, and until when.';

create index break_glass_grants_by_account on break_glass_grants (authority_id, referral_id, account_id, expires_at);
create index break_glass_grants_by_time on break_glass_grants (authority_id, granted_at desc, id desc);

create table break_glass_reviews (
  authority_id uuid not null,
  id uuid not null,
  grant_id uuid not null,
  outcome text not null,
  note text not null,
  reviewed_at timestamptz(3) not null,
  reviewed_by uuid not null,
  constraint break_glass_reviews_pkey primary key (authority_id, id),
  constraint break_glass_reviews_grant_fkey
    foreign key (authority_id, grant_id) references break_glass_grants (authority_id, id),
  constraint break_glass_reviews_reviewed_by_fkey
    foreign key (authority_id, reviewed_by) references accounts (authority_id, id),
  constraint break_glass_reviews_grant_key unique (authority_id, grant_id),
  constraint break_glass_reviews_outcome_check check (outcome in ('justified', 'not_justified')),
  constraint break_glass_reviews_note_check check (length(btrim(note)) > 0)
);
comment on table break_glass_reviews is 'What somebody else found of a broken glass; one that was not justified ends at once.';

create table account_conflicts (
  authority_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  relationship text not null,
  -- What it is about: one referral, or every referral of the child who has this identifier.
  referral_id uuid,
  scheme text,
  value text,
  declared_at timestamptz(3) not null,
  declared_by uuid not null,
  constraint account_conflicts_pkey primary key (authority_id, id),
  constraint account_conflicts_account_fkey foreign key (authority_id, account_id) references accounts (authority_id, id),
  constraint account_conflicts_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint account_conflicts_declared_by_fkey
    foreign key (authority_id, declared_by) references accounts (authority_id, id),
  constraint account_conflicts_relationship_check check (relationship in ('self', 'family', 'household', 'close_friend')),
  constraint account_conflicts_subject_check
    check ((scheme is null) = (value is null) and (referral_id is null) <> (scheme is null))
);
comment on table account_conflicts is 'That an account is a subject of a referral, or kin of a child: it never sees the record.';

create index account_conflicts_by_account on account_conflicts (authority_id, account_id);
create index account_conflicts_by_time on account_conflicts (authority_id, declared_at desc, id desc);

create table account_conflict_withdrawals (
  authority_id uuid not null,
  id uuid not null,
  conflict_id uuid not null,
  reason text not null,
  withdrawn_at timestamptz(3) not null,
  withdrawn_by uuid not null,
  constraint account_conflict_withdrawals_pkey primary key (authority_id, id),
  constraint account_conflict_withdrawals_conflict_fkey
    foreign key (authority_id, conflict_id) references account_conflicts (authority_id, id),
  constraint account_conflict_withdrawals_withdrawn_by_fkey
    foreign key (authority_id, withdrawn_by) references accounts (authority_id, id),
  constraint account_conflict_withdrawals_conflict_key unique (authority_id, conflict_id),
  constraint account_conflict_withdrawals_reason_check check (length(btrim(reason)) > 0)
);
comment on table account_conflict_withdrawals is 'That a conflict had been declared by mistake, found by somebody else.';

-- These two functions look past restrictions in what they read, so that they do not ask themselves. They run with the
-- rights of the caller, and answer with a yes or a no. The setting is put back before they answer, and by an error with
-- everything else; a clause of the function would need a right that only a superuser has.

create function lets_in(target uuid) returns boolean
language plpgsql stable parallel unsafe
set search_path = pg_catalog, public
as $$
declare
  before text := coalesce(current_setting('app.purpose', true), '');
  answer boolean;
  own uuid := nullif(current_setting('app.authority', true), '')::uuid;
  acting uuid := nullif(current_setting('app.account', true), '')::uuid;
  moment timestamptz := nullif(current_setting('app.now', true), '')::timestamptz;
  standing restrictions%rowtype;
begin
  perform set_config('app.purpose', 'history', true);
  select * into standing from restrictions r
    where r.authority_id = own and r.referral_id = target order by r.sequence desc limit 1;
  answer := standing.id is null or standing.kind = 'lifted'
    or exists (
      select from restriction_accounts a
      where a.authority_id = own and a.restriction_id = standing.id and a.account_id = acting
    )
    or exists (
      select from break_glass_grants g
      where g.authority_id = own and g.referral_id = target and g.account_id = acting
        and g.granted_at <= moment and g.expires_at > moment
        and not exists (
          select from break_glass_reviews v
          where v.authority_id = own and v.grant_id = g.id and v.outcome = 'not_justified'
        )
    )
    -- Whoever sent it goes on seeing what they sent. One of the front door is let in by name, like everybody there, and so is a
    -- system, through which everything may have come.
    or exists (
      select from referrals f where f.authority_id = own and f.id = target and f.received_by = acting
    ) and not exists (
      select from account_roles o
      where o.authority_id = own and o.account_id = acting
        and o.role in ('system', 'screener', 'supervisor', 'panel_member', 'auditor')
    );
  perform set_config('app.purpose', before, true);
  return answer;
end
$$;
comment on function lets_in is 'Whether the acting account may see a referral that is, or was, restricted.';

create function is_own_or_kin(target uuid) returns boolean
language plpgsql stable parallel unsafe
set search_path = pg_catalog, public
as $$
declare
  before text := coalesce(current_setting('app.purpose', true), '');
  answer boolean;
  own uuid := nullif(current_setting('app.authority', true), '')::uuid;
  acting uuid := nullif(current_setting('app.account', true), '')::uuid;
begin
  perform set_config('app.purpose', 'history', true);
  answer := exists (
    select from account_conflicts c
    where c.authority_id = own and c.account_id = acting
      and not exists (
        select from account_conflict_withdrawals w where w.authority_id = own and w.conflict_id = c.id
      )
      and (
        c.referral_id = target
        or exists (
          select from child_identifiers i
          where i.authority_id = own and i.referral_id = target and i.scheme = c.scheme and i.value = c.value
        )
      )
  );
  perform set_config('app.purpose', before, true);
  return answer;
end
$$;
comment on function is_own_or_kin is 'Whether the acting account is a subject of a referral, or kin of a child in it.';

revoke execute on function lets_in(uuid), is_own_or_kin(uuid) from public;
-- A policy is evaluated with the rights of whoever asks.
grant execute on function lets_in(uuid), is_own_or_kin(uuid) to threshold_app;

-- `service` is the service itself: tasks, verification, replay. `history` is what may be counted, and never shown.
-- Where neither is set and no account acts, what is restricted is not seen.

create function guard_own_or_kin(target regclass, referral name default 'referral_id') returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  execute format(
    'create policy %3$I on %1$s as restrictive
       using (
         current_setting(''app.purpose'', true) in (''service'', ''history'')
         or not exists (
           select from account_conflicts c
           where c.authority_id = %1$s.authority_id
             and c.account_id = nullif(current_setting(''app.account'', true), '''')::uuid
         )
         or not is_own_or_kin(%1$s.%2$I)
       )',
    target, referral, concat_ws('_', 'own_or_kin', nullif(referral, 'referral_id'))
  );
end
$$;
comment on function guard_own_or_kin is 'Hides the rows of a referral from an account that is a subject of it or kin.';

-- The two are apart so that a list of restrictions can be shown to those who set them, and not to family.
-- Nearly no referral has a restriction: the index says so, and nothing more is asked.
create function guard_restricted(target regclass, referral name default 'referral_id') returns void
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
           select from restrictions r where r.authority_id = %1$s.authority_id and r.referral_id = %1$s.%2$I
         )
         or lets_in(%1$s.%2$I)
       )',
    target, referral, concat_ws('_', 'restricted', nullif(referral, 'referral_id'))
  );
end
$$;
comment on function guard_restricted is 'Hides the rows of a restricted referral from accounts that are not let in, and from kin.';

create function guard_restricted_by(target regclass, parent regclass, reference name) returns void
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  execute format(
    'create policy restricted on %1$s as restrictive
       using (
         current_setting(''app.purpose'', true) in (''service'', ''history'')
         or exists (select from %2$s p where p.authority_id = %1$s.authority_id and p.id = %1$s.%3$I)
       )',
    target, parent, reference
  );
end
$$;
comment on function guard_restricted_by is 'Hides the rows of a table that names no referral wherever the guarded row that they belong to is hidden.';
revoke execute on function
  guard_own_or_kin(regclass, name), guard_restricted(regclass, name), guard_restricted_by(regclass, regclass, name)
  from public;

select
  guard_tenant('restrictions'), guard_tenant('restriction_accounts'), guard_tenant('break_glass_grants'),
  guard_tenant('break_glass_reviews'), guard_tenant('account_conflicts'), guard_tenant('account_conflict_withdrawals'),
  append_only('restrictions'), append_only('restriction_accounts'), append_only('break_glass_grants'),
  append_only('break_glass_reviews'), append_only('account_conflicts'), append_only('account_conflict_withdrawals');
grant select, insert on
  restrictions, restriction_accounts, break_glass_grants, break_glass_reviews, account_conflicts,
  account_conflict_withdrawals
  to threshold_app;

-- Every table that holds something of one referral when this runs; test/db/restrictions.test.ts asks for the later ones.
select guard_restricted('referrals', 'id');
do $$
declare
  target regclass;
begin
  for target in
    select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'referral_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped
      and c.relname not in ('restrictions', 'break_glass_grants', 'account_conflicts')
    order by c.relname
  loop
    perform guard_restricted(target);
  end loop;
end
$$;
-- Two referrals that belong together are seen by those who may see both.
select
  guard_restricted('child_matches', 'first_referral_id'), guard_restricted('child_matches', 'second_referral_id'),
  guard_restricted('referral_links', 'first_referral_id'), guard_restricted('referral_links', 'second_referral_id');
-- What belongs to a row that is hidden says something of it.
select
  guard_restricted_by('rehearsal_acceptances', 'rehearsal_children', 'rehearsal_child_id'),
  guard_restricted_by('decision_completions', 'decisions', 'decision_id'),
  guard_restricted_by('decision_returns', 'decisions', 'decision_id'),
  guard_restricted_by('reconciliations', 'decisions', 'decision_id'),
  guard_restricted_by('screening_pickups', 'decisions', 'decision_id'),
  guard_restricted_by('sign_offs', 'decisions', 'decision_id'),
  guard_restricted_by('screening_task_results', 'screening_tasks', 'task_id'),
  guard_restricted_by('escalation_steps', 'escalations', 'escalation_id'),
  guard_restricted_by('help_updates', 'help_arrangements', 'arrangement_id'),
  guard_restricted_by('letter_deliveries', 'letters', 'letter_id'),
  guard_restricted_by('letter_receipts', 'letters', 'letter_id'),
  guard_restricted_by('referral_link_verdicts', 'referral_links', 'link_id');
select guard_own_or_kin('restrictions'), guard_own_or_kin('break_glass_grants');

-- It runs with the rights of whoever inserts: an account of another authority is not seen, and so not accepted.
create function restrictions_by_person() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  last restrictions%rowtype;
begin
  if not exists (
    select from accounts where authority_id = new.authority_id and id = new.recorded_by and kind = 'human'
  ) then
    raise exception 'a restriction is set, changed and lifted by a person'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'restrictions_by_person';
  end if;
  select * into last from restrictions r
    where r.authority_id = new.authority_id and r.referral_id = new.referral_id order by r.sequence desc limit 1;
  if (new.kind = 'set') <> (last.id is null or last.kind = 'lifted')
    or new.sequence <> coalesce(last.sequence, 0) + 1
  then
    raise exception 'what stands is changed or lifted, and what does not stand is set'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'restrictions_in_order';
  end if;
  return new;
end
$$;
comment on function restrictions_by_person is 'Refuses a restriction by a system, and one that does not follow from the last.';

create function break_glass_reviews_by_another() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts where authority_id = new.authority_id and id = new.reviewed_by and kind = 'human'
  ) or exists (
    select from break_glass_grants
    where authority_id = new.authority_id and id = new.grant_id and account_id = new.reviewed_by
  ) then
    raise exception 'a broken glass is reviewed by a person who did not break it'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'break_glass_reviews_by_another';
  end if;
  return new;
end
$$;
comment on function break_glass_reviews_by_another is 'Refuses a review by a system, or by whoever broke the glass.';

create function break_glass_grants_by_person() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts a
      join account_roles o on o.authority_id = a.authority_id and o.account_id = a.id
    where a.authority_id = new.authority_id and a.id = new.account_id and a.kind = 'human'
      and o.role in ('screener', 'supervisor')
  ) then
    raise exception 'the glass is broken by a person of the front door'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'break_glass_grants_by_person';
  end if;
  return new;
end
$$;
comment on function break_glass_grants_by_person is 'Refuses a grant to a system, or to somebody outside the front door.';

create function account_conflict_withdrawals_by_another() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if exists (
    select from account_conflicts
    where authority_id = new.authority_id and id = new.conflict_id and account_id = new.withdrawn_by
  ) then
    raise exception 'a conflict is withdrawn by somebody else'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'account_conflict_withdrawals_by_another';
  end if;
  return new;
end
$$;
comment on function account_conflict_withdrawals_by_another is 'Refuses that somebody takes back their own conflict.';
revoke execute on function
  restrictions_by_person(), break_glass_reviews_by_another(), break_glass_grants_by_person(),
  account_conflict_withdrawals_by_another()
  from public;

create trigger by_person before insert on restrictions
  for each row execute function restrictions_by_person();
create trigger by_another before insert on break_glass_reviews
  for each row execute function break_glass_reviews_by_another();
create trigger by_person before insert on break_glass_grants
  for each row execute function break_glass_grants_by_person();
create trigger by_another before insert on account_conflict_withdrawals
  for each row execute function account_conflict_withdrawals_by_another();
