-- What a qualified person decided.

create table decisions (
  authority_id uuid not null,
  id uuid not null,
  recommendation_id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  revision integer not null,
  sequence integer not null,
  level text not null,
  response text not null,
  departure text not null,
  override_reason text,
  rationale text not null,
  statutory_reason text,
  decided_by uuid not null,
  -- As it was: an account may be renamed, a record of who decided may not.
  decided_by_name text not null,
  decided_by_role text not null,
  decided_by_qualification text not null,
  decided_at timestamptz(3) not null,
  supersedes uuid,
  constraint decisions_pkey primary key (authority_id, id),
  constraint decisions_recommendation_fkey
    foreign key (authority_id, recommendation_id, referral_id, child_key, revision)
    references recommendations (authority_id, id, referral_id, child_key, revision),
  constraint decisions_decided_by_fkey foreign key (authority_id, decided_by) references accounts (authority_id, id),
  constraint decisions_sequence_key unique (authority_id, referral_id, child_key, sequence),
  -- A decision is superseded once at most, and only by one about the same child in the same referral.
  constraint decisions_supersedes_key unique (authority_id, supersedes),
  constraint decisions_subject_key unique (authority_id, id, referral_id, child_key),
  constraint decisions_supersedes_fkey foreign key (authority_id, supersedes, referral_id, child_key)
    references decisions (authority_id, id, referral_id, child_key),
  constraint decisions_sequence_check check (sequence >= 1),
  constraint decisions_first_supersedes_none check ((sequence = 1) = (supersedes is null)),
  constraint decisions_departure_check
    check (departure in ('none', 'raised', 'lowered', 'other_response', 'after_withholding')),
  constraint decisions_override_has_reason
    check (departure not in ('lowered', 'other_response') or override_reason is not null),
  constraint decisions_rationale_check check (length(btrim(rationale)) > 0),
  constraint decisions_qualification_check check (decided_by_qualification = 'social_work')
);
comment on table decisions is 'What a named, qualified person decided for a child, and why; superseded, never edited.';

create index decisions_by_recommendation on decisions (authority_id, recommendation_id);
create index decisions_by_time on decisions (authority_id, decided_at desc, id desc);
create index decisions_by_decider on decisions (authority_id, decided_by, decided_at desc, id desc);
create index decisions_by_level on decisions (authority_id, level, decided_at desc, id desc);
create index decisions_by_response on decisions (authority_id, response, decided_at desc, id desc);

-- It runs with the rights of whoever inserts: an account of another authority is not seen, and so not accepted.
create function decisions_by_qualified_human() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts
    where authority_id = new.authority_id and id = new.decided_by
      and kind = 'human' and qualification = new.decided_by_qualification
  ) then
    raise exception 'a decision is made by a person who holds the qualification it names'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'decisions_by_qualified_human';
  end if;
  return new;
end
$$;
comment on function decisions_by_qualified_human is
  'Refuses a decision by a system, or by a person not qualified for it.';
revoke execute on function decisions_by_qualified_human() from public;

create trigger by_qualified_human before insert on decisions
  for each row execute function decisions_by_qualified_human();

select guard_tenant('decisions'), append_only('decisions');
grant select, insert on decisions to threshold_app;
