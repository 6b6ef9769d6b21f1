-- What was referred: the referral, each revision of what it says, and the children it names.

create table referrals (
  authority_id uuid not null,
  id uuid not null,
  reference text not null,
  received_at timestamptz(3) not null,
  received_by uuid not null,
  source_code text not null,
  agency text not null,
  constraint referrals_pkey primary key (authority_id, id),
  constraint referrals_authority_fkey foreign key (authority_id) references authorities (id),
  constraint referrals_received_by_fkey foreign key (authority_id, received_by) references accounts (authority_id, id),
  constraint referrals_reference_key unique (authority_id, reference)
);
comment on table referrals is 'One contact from one referrer; what it says is in its revisions.';

create index referrals_by_time on referrals (authority_id, received_at desc, id desc);

create table referral_revisions (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  revision integer not null,
  content text not null,
  content_hash text not null,
  change_reason text,
  recorded_at timestamptz(3) not null,
  recorded_by uuid not null,
  constraint referral_revisions_pkey primary key (authority_id, id),
  constraint referral_revisions_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint referral_revisions_recorded_by_fkey
    foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint referral_revisions_revision_key unique (authority_id, referral_id, revision),
  constraint referral_revisions_revision_check check (revision >= 1),
  constraint referral_revisions_change_has_reason check (revision = 1 or change_reason is not null)
);
comment on table referral_revisions is 'What a referral says, as first received and as corrected; the latest counts.';

create table referral_children (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  constraint referral_children_pkey primary key (authority_id, id),
  constraint referral_children_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint referral_children_child_key unique (authority_id, referral_id, child_key)
);
comment on table referral_children is 'The children of a referral, by the key its revisions give them.';

create table child_identifiers (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  scheme text not null,
  value text not null,
  constraint child_identifiers_pkey primary key (authority_id, id),
  constraint child_identifiers_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint child_identifiers_value_key unique (authority_id, referral_id, child_key, scheme, value)
);
comment on table child_identifiers is
  'Identifiers given for a child, by which earlier referrals of the same child are found.';

create index child_identifiers_by_value on child_identifiers (authority_id, scheme, value);

select
  guard_tenant('referrals'), guard_tenant('referral_revisions'),
  guard_tenant('referral_children'), guard_tenant('child_identifiers'),
  append_only('referrals'), append_only('referral_revisions'),
  append_only('referral_children'), append_only('child_identifiers');
grant select, insert on referrals, referral_revisions, referral_children, child_identifiers to threshold_app;
