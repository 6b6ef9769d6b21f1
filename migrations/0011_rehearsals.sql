-- What a draft would have done to the referrals that are stored, and who accepted that children go down.

create table rehearsals (
  authority_id uuid not null,
  id uuid not null,
  -- What is rehearsed: a revision of a draft, or a published version.
  draft_id uuid,
  revision integer,
  version_id uuid,
  policy_id text not null,
  version text not null,
  content_hash text not null,
  statutory_hash text not null,
  against_version_id uuid not null,
  against_hash text not null,
  against_statutory_hash text not null,
  -- Which referrals: from, and before. The end is always known, so that what comes in meanwhile is not looked at.
  received_from timestamptz(3),
  received_to timestamptz(3) not null,
  sample_size integer,
  sample_seed integer,
  sample_cutoff text,
  referrals integer not null,
  covers_year boolean not null,
  requested_at timestamptz(3) not null,
  requested_by uuid not null,
  constraint rehearsals_pkey primary key (authority_id, id),
  constraint rehearsals_revision_fkey foreign key (authority_id, draft_id, revision)
    references policy_draft_revisions (authority_id, draft_id, revision),
  constraint rehearsals_version_fkey foreign key (authority_id, version_id)
    references policy_versions (authority_id, id),
  constraint rehearsals_against_fkey foreign key (authority_id, against_version_id, against_hash)
    references policy_versions (authority_id, id, content_hash),
  constraint rehearsals_requested_by_fkey
    foreign key (authority_id, requested_by) references accounts (authority_id, id),
  constraint rehearsals_of_draft_or_version
    check ((draft_id is null) = (revision is null) and (draft_id is null) <> (version_id is null)),
  constraint rehearsals_sample_whole
    check ((sample_size is null) = (sample_seed is null) and (sample_size is null) = (sample_cutoff is null)),
  constraint rehearsals_sample_covers_nothing check (not covers_year or sample_size is null),
  constraint rehearsals_referrals_check check (referrals >= 0)
);
comment on table rehearsals is 'That a draft is compared with the policy in force, and over which referrals.';

create index rehearsals_by_time on rehearsals (authority_id, requested_at desc, id desc);
create index rehearsals_by_content on rehearsals (authority_id, content_hash, against_version_id);

create table rehearsal_batches (
  authority_id uuid not null,
  id uuid not null,
  rehearsal_id uuid not null,
  number integer not null,
  referrals integer not null,
  children integer not null,
  counts text not null,
  -- Where the next batch goes on.
  last_received_at timestamptz(3) not null,
  last_referral_id uuid not null,
  recorded_at timestamptz(3) not null,
  constraint rehearsal_batches_pkey primary key (authority_id, id),
  constraint rehearsal_batches_rehearsal_fkey foreign key (authority_id, rehearsal_id)
    references rehearsals (authority_id, id),
  -- Nothing is counted twice: of two that count the same batch one is refused.
  constraint rehearsal_batches_number_key unique (authority_id, rehearsal_id, number),
  constraint rehearsal_batches_number_check check (number >= 1),
  constraint rehearsal_batches_referrals_check check (referrals >= 1)
);
comment on table rehearsal_batches is 'What was counted of some of the referrals, and how far the rehearsal has come.';

create table rehearsal_events (
  authority_id uuid not null,
  id uuid not null,
  rehearsal_id uuid not null,
  sequence integer not null,
  kind text not null,
  reason text,
  result text,
  recorded_at timestamptz(3) not null,
  -- Null where the service itself did it.
  recorded_by uuid,
  constraint rehearsal_events_pkey primary key (authority_id, id),
  constraint rehearsal_events_rehearsal_fkey foreign key (authority_id, rehearsal_id)
    references rehearsals (authority_id, id),
  constraint rehearsal_events_recorded_by_fkey
    foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint rehearsal_events_sequence_key unique (authority_id, rehearsal_id, sequence),
  constraint rehearsal_events_sequence_check check (sequence >= 1),
  constraint rehearsal_events_kind_check check (kind in ('cancelled', 'resumed', 'completed', 'failed')),
  constraint rehearsal_events_completed_has_result check ((kind = 'completed') = (result is not null)),
  constraint rehearsal_events_failed_has_reason check ((kind = 'failed') = (reason is not null))
);
comment on table rehearsal_events is 'That a rehearsal was cancelled, resumed, completed or failed; its state follows from the last.';

create unique index rehearsal_events_completed_once on rehearsal_events (authority_id, rehearsal_id)
  where kind = 'completed';

create table rehearsal_children (
  authority_id uuid not null,
  id uuid not null,
  rehearsal_id uuid not null,
  batch integer not null,
  list text not null,
  ways text[] not null,
  referral_id uuid not null,
  revision integer not null,
  child_key text not null,
  content text not null,
  -- Of both policies, of what was scored and of what came out: an acceptance holds for exactly this.
  movement_hash text not null,
  recorded_at timestamptz(3) not null,
  constraint rehearsal_children_pkey primary key (authority_id, id),
  constraint rehearsal_children_batch_fkey foreign key (authority_id, rehearsal_id, batch)
    references rehearsal_batches (authority_id, rehearsal_id, number),
  constraint rehearsal_children_revision_fkey foreign key (authority_id, referral_id, revision)
    references referral_revisions (authority_id, referral_id, revision),
  constraint rehearsal_children_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint rehearsal_children_child_key unique (authority_id, rehearsal_id, referral_id, child_key),
  constraint rehearsal_children_movement_key unique (authority_id, id, movement_hash),
  constraint rehearsal_children_list_check check (list in ('down', 'withheld', 'stated')),
  constraint rehearsal_children_down_has_ways check ((list = 'down') = (cardinality(ways) > 0))
);
comment on table rehearsal_children is 'Children whom the draft would place otherwise in a way that somebody has to look at.';

create index rehearsal_children_by_list on rehearsal_children (authority_id, rehearsal_id, list, recorded_at desc, id desc);

create table rehearsal_acceptances (
  authority_id uuid not null,
  id uuid not null,
  rehearsal_child_id uuid not null,
  movement_hash text not null,
  reason text not null,
  accepted_at timestamptz(3) not null,
  accepted_by uuid not null,
  constraint rehearsal_acceptances_pkey primary key (authority_id, id),
  constraint rehearsal_acceptances_movement_fkey foreign key (authority_id, rehearsal_child_id, movement_hash)
    references rehearsal_children (authority_id, id, movement_hash),
  constraint rehearsal_acceptances_accepted_by_fkey
    foreign key (authority_id, accepted_by) references accounts (authority_id, id),
  constraint rehearsal_acceptances_movement_key unique (authority_id, movement_hash),
  constraint rehearsal_acceptances_reason_check check (length(btrim(reason)) > 0)
);
comment on table rehearsal_acceptances is 'That an approver accepted that one child would go down, and why.';

-- It runs with the rights of whoever inserts: what is another authority's is not seen, and so not accepted.
create function rehearsal_acceptances_four_eyes() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts where authority_id = new.authority_id and id = new.accepted_by and kind = 'human'
  ) then
    raise exception 'that a child goes down is accepted by a person'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'rehearsal_acceptances_by_person';
  end if;
  if exists (
    select from rehearsal_children c
      join rehearsals r on r.authority_id = c.authority_id and r.id = c.rehearsal_id
      join policy_draft_revisions d on d.authority_id = r.authority_id and d.draft_id = r.draft_id
    where c.authority_id = new.authority_id and c.id = new.rehearsal_child_id and d.recorded_by = new.accepted_by
  ) then
    raise exception 'that a child goes down is accepted by somebody who did not write the draft'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'rehearsal_acceptances_by_another';
  end if;
  return new;
end
$$;
comment on function rehearsal_acceptances_four_eyes is 'Refuses an acceptance by a system, or by whoever wrote the draft.';
revoke execute on function rehearsal_acceptances_four_eyes() from public;

create trigger four_eyes before insert on rehearsal_acceptances
  for each row execute function rehearsal_acceptances_four_eyes();

select
  guard_tenant('rehearsals'), guard_tenant('rehearsal_batches'), guard_tenant('rehearsal_events'),
  guard_tenant('rehearsal_children'), guard_tenant('rehearsal_acceptances'),
  append_only('rehearsals'), append_only('rehearsal_batches'), append_only('rehearsal_events'),
  append_only('rehearsal_children'), append_only('rehearsal_acceptances');
grant select, insert on rehearsals, rehearsal_batches, rehearsal_events, rehearsal_children, rehearsal_acceptances
  to threshold_app;
