-- What the policy says of one child in one revision of a referral.

create table recommendations (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  revision integer not null,
  child_key text not null,
  sequence integer not null,
  policy_version_id uuid not null,
  outcome text not null,
  level text,
  low text,
  high text,
  level_rank integer,
  provisional boolean not null,
  floor_level text,
  primary_response text not null,
  urgency text not null,
  categories text[] not null,
  content text not null,
  content_hash text not null,
  snapshot text not null,
  snapshot_hash text not null,
  engine_semantics text not null,
  created_at timestamptz(3) not null,
  created_by uuid not null,
  constraint recommendations_pkey primary key (authority_id, id),
  constraint recommendations_revision_fkey foreign key (authority_id, referral_id, revision)
    references referral_revisions (authority_id, referral_id, revision),
  constraint recommendations_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint recommendations_policy_fkey foreign key (authority_id, policy_version_id)
    references policy_versions (authority_id, id),
  constraint recommendations_created_by_fkey foreign key (authority_id, created_by)
    references accounts (authority_id, id),
  -- What a decision refers to, so that it cannot name a recommendation of another child or revision.
  constraint recommendations_subject_key unique (authority_id, id, referral_id, child_key, revision),
  constraint recommendations_outcome_check check (outcome in ('recommended', 'redirected', 'withheld')),
  constraint recommendations_sequence_key unique (authority_id, referral_id, child_key, sequence),
  constraint recommendations_sequence_check check (sequence >= 1),
  constraint recommendations_level_stated check (outcome in ('withheld', 'redirected') or level is not null)
);
comment on table recommendations is
  'What the policy recommends for one child in one revision, with everything needed to compute it again.';

create index recommendations_by_child
  on recommendations (authority_id, referral_id, child_key, created_at desc, id desc);
create index recommendations_by_time on recommendations (authority_id, created_at desc, id desc);

select guard_tenant('recommendations'), append_only('recommendations');
grant select, insert on recommendations to threshold_app;
