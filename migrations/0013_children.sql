-- Children known again: what they are found by, what people said of it, and referrals that belong together.

create table child_traits (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  revision integer not null,
  given text,
  given_sounds text[] not null,
  family text,
  family_sounds text[] not null,
  date_of_birth date,
  sex text,
  postcode text,
  dwelling text,
  constraint child_traits_pkey primary key (authority_id, id),
  constraint child_traits_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint child_traits_revision_fkey foreign key (authority_id, referral_id, revision)
    references referral_revisions (authority_id, referral_id, revision),
  constraint child_traits_revision_key unique (authority_id, referral_id, child_key, revision),
  constraint child_traits_sex_check check (sex in ('F', 'M'))
);
comment on table child_traits is
  'What a revision says of a child that helps to know the child again, in the form in which it is compared.';

-- By these rows are found. They follow from what the revisions say and can be made again.
create table child_match_keys (
  authority_id uuid not null,
  key text not null,
  referral_id uuid not null,
  child_key text not null,
  constraint child_match_keys_pkey primary key (authority_id, key, referral_id, child_key),
  constraint child_match_keys_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key)
);
comment on table child_match_keys is 'Keys that two children share when they may be the same child.';

create index child_match_keys_by_referral on child_match_keys (authority_id, referral_id);

create table household_match_keys (
  authority_id uuid not null,
  key text not null,
  referral_id uuid not null,
  constraint household_match_keys_pkey primary key (authority_id, key, referral_id),
  constraint household_match_keys_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id)
);
comment on table household_match_keys is 'Keys that two referrals share when they may be about one household.';

create index household_match_keys_by_referral on household_match_keys (authority_id, referral_id);

create table child_matches (
  authority_id uuid not null,
  id uuid not null,
  -- The two children in one order, so that a pair is judged as one.
  first_referral_id uuid not null,
  first_child_key text not null,
  second_referral_id uuid not null,
  second_child_key text not null,
  sequence integer not null,
  verdict text not null,
  -- How the pair stood when it was judged.
  standing text not null,
  score integer not null,
  reason text not null,
  judged_by uuid not null,
  judged_at timestamptz(3) not null,
  constraint child_matches_pkey primary key (authority_id, id),
  constraint child_matches_first_fkey foreign key (authority_id, first_referral_id, first_child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint child_matches_second_fkey foreign key (authority_id, second_referral_id, second_child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint child_matches_judged_by_fkey foreign key (authority_id, judged_by) references accounts (authority_id, id),
  constraint child_matches_sequence_key unique
    (authority_id, first_referral_id, first_child_key, second_referral_id, second_child_key, sequence),
  constraint child_matches_order_check check (first_referral_id < second_referral_id),
  constraint child_matches_sequence_check check (sequence >= 1),
  constraint child_matches_verdict_check check (verdict in ('same', 'different')),
  constraint child_matches_standing_check check (standing in ('certain', 'proposed', 'conflict', 'none')),
  constraint child_matches_score_check check (score between 0 and 100),
  constraint child_matches_reason_check check (length(btrim(reason)) > 0)
);
comment on table child_matches is
  'What a person said of two children of two referrals: the same child or not; the latest of a pair counts.';

create index child_matches_by_second on child_matches (authority_id, second_referral_id, second_child_key);

create table referral_links (
  authority_id uuid not null,
  id uuid not null,
  kind text not null,
  first_referral_id uuid not null,
  second_referral_id uuid not null,
  because text[] not null,
  made_at timestamptz(3) not null,
  constraint referral_links_pkey primary key (authority_id, id),
  constraint referral_links_first_fkey
    foreign key (authority_id, first_referral_id) references referrals (authority_id, id),
  constraint referral_links_second_fkey
    foreign key (authority_id, second_referral_id) references referrals (authority_id, id),
  constraint referral_links_pair_key unique (authority_id, first_referral_id, second_referral_id, kind),
  constraint referral_links_order_check check (first_referral_id < second_referral_id),
  constraint referral_links_kind_check check (kind in ('possible_duplicate', 'household')),
  constraint referral_links_because_check check (cardinality(because) > 0)
);
comment on table referral_links is
  'That two referrals may be about one event or one household, noticed by the service when the later one came.';

create index referral_links_by_second on referral_links (authority_id, second_referral_id);
create index referral_links_by_time on referral_links (authority_id, made_at desc, id desc);

create table referral_link_verdicts (
  authority_id uuid not null,
  id uuid not null,
  link_id uuid not null,
  sequence integer not null,
  verdict text not null,
  reason text not null,
  judged_by uuid not null,
  judged_at timestamptz(3) not null,
  constraint referral_link_verdicts_pkey primary key (authority_id, id),
  constraint referral_link_verdicts_link_fkey
    foreign key (authority_id, link_id) references referral_links (authority_id, id),
  constraint referral_link_verdicts_judged_by_fkey
    foreign key (authority_id, judged_by) references accounts (authority_id, id),
  constraint referral_link_verdicts_sequence_key unique (authority_id, link_id, sequence),
  constraint referral_link_verdicts_sequence_check check (sequence >= 1),
  constraint referral_link_verdicts_verdict_check check (verdict in ('confirmed', 'rejected')),
  constraint referral_link_verdicts_reason_check check (length(btrim(reason)) > 0)
);
comment on table referral_link_verdicts is 'What a person said of a link between two referrals; the latest counts.';

-- It runs with the rights of whoever inserts: an account of another authority is not seen, and so not accepted.
create function judged_by_person() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts where authority_id = new.authority_id and id = new.judged_by and kind = 'human'
  ) then
    raise exception 'who is one child and what is one household is said by a person'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = tg_table_name || '_by_person';
  end if;
  return new;
end
$$;
comment on function judged_by_person is 'Refuses a verdict by a system.';
revoke execute on function judged_by_person() from public;

create trigger by_person before insert on child_matches
  for each row execute function judged_by_person();
create trigger by_person before insert on referral_link_verdicts
  for each row execute function judged_by_person();

select
  guard_tenant('child_traits'), guard_tenant('child_match_keys'), guard_tenant('household_match_keys'),
  guard_tenant('child_matches'), guard_tenant('referral_links'), guard_tenant('referral_link_verdicts'),
  append_only('child_traits'), append_only('child_match_keys'), append_only('household_match_keys'),
  append_only('child_matches'), append_only('referral_links'), append_only('referral_link_verdicts');
grant select, insert on
  child_traits, child_match_keys, household_match_keys, child_matches, referral_links, referral_link_verdicts
  to threshold_app;
