-- Consent and information sharing: what was asked and answered, what was shared or not, what must not reach whom.

create table consents (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  response text not null,
  sequence integer not null,
  state text not null,
  given_by text,
  manner text,
  stated_on date not null,
  reason text,
  override_ground text,
  override_reason text,
  recorded_at timestamptz(3) not null,
  recorded_by uuid not null,
  constraint consents_pkey primary key (authority_id, id),
  constraint consents_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint consents_recorded_by_fkey foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint consents_sequence_key unique (authority_id, referral_id, child_key, response, sequence),
  constraint consents_sequence_check check (sequence >= 1),
  constraint consents_state_check check (state in ('given', 'refused', 'not_sought', 'withdrawn')),
  constraint consents_given_by_check
    check (given_by in ('mother', 'father', 'other_with_responsibility', 'child', 'adult_concerned')),
  constraint consents_manner_check check (manner in ('in_person', 'telephone', 'video', 'in_writing')),
  -- Who was asked, and how, unless nobody was; and why nobody was.
  constraint consents_asked_somebody check ((state = 'not_sought') = (given_by is null and manner is null)),
  constraint consents_not_sought_has_reason check (state <> 'not_sought' or reason is not null),
  constraint consents_override_ground_check check (override_ground in (
    'risk_to_child', 'risk_to_another', 'prejudice_to_enquiry', 'nobody_reached_in_time', 'legal_duty',
    'ground_of_policy'
  )),
  constraint consents_override_is_whole check ((override_ground is null) = (override_reason is null)),
  constraint consents_given_is_not_overridden check (state <> 'given' or override_ground is null)
);
comment on table consents is 'What was said of consent to a response for a child, by whom and how, and on what ground it was overridden; the latest counts.';

create index consents_by_time on consents (authority_id, recorded_at desc, id desc);

create table sharing_decisions (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text,
  outcome text not null,
  information text not null,
  recipient text not null,
  recipient_kind text not null,
  basis text,
  withheld_because text,
  reason text not null,
  review_on date,
  supersedes uuid,
  decided_at timestamptz(3) not null,
  decided_by uuid not null,
  -- As it was: an account may be renamed, a record of who decided may not.
  decided_by_name text not null,
  decided_by_qualification text,
  constraint sharing_decisions_pkey primary key (authority_id, id),
  constraint sharing_decisions_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint sharing_decisions_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint sharing_decisions_decided_by_fkey
    foreign key (authority_id, decided_by) references accounts (authority_id, id),
  constraint sharing_decisions_subject_key unique (authority_id, id, referral_id),
  constraint sharing_decisions_supersedes_key unique (authority_id, supersedes),
  constraint sharing_decisions_supersedes_fkey foreign key (authority_id, supersedes, referral_id)
    references sharing_decisions (authority_id, id, referral_id),
  constraint sharing_decisions_outcome_check check (outcome in ('shared', 'not_shared')),
  constraint sharing_decisions_recipient_check check (recipient_kind in (
    'police', 'health', 'education', 'local_authority', 'probation', 'voluntary_organisation', 'court', 'family', 'other'
  )),
  constraint sharing_decisions_basis_check check (basis in (
    'section_16la', 'section_47', 'public_task', 'legal_obligation', 'vital_interests', 'consent', 'court_order'
  )),
  constraint sharing_decisions_withheld_check check (withheld_because in (
    'more_detrimental_to_child', 'not_relevant_to_functions', 'prohibited_by_law', 'prejudice_to_enquiry',
    'risk_to_another'
  )),
  constraint sharing_decisions_shared_has_basis check ((outcome = 'shared') = (basis is not null)),
  constraint sharing_decisions_not_shared_has_ground check ((outcome = 'not_shared') = (withheld_because is not null)),
  -- A duty to share stands until it is looked at again.
  constraint sharing_decisions_not_shared_is_reviewed check (outcome = 'shared' or review_on is not null),
  constraint sharing_decisions_not_shared_by_qualified
    check (outcome = 'shared' or (decided_by_qualification is not null and decided_by_qualification = 'social_work')),
  constraint sharing_decisions_reason_check check (length(btrim(reason)) > 0)
);
comment on table sharing_decisions is 'What was shared with whom on which basis, and what was not shared and why; superseded, never edited.';

create index sharing_decisions_by_time on sharing_decisions (authority_id, decided_at desc, id desc);
create index sharing_decisions_by_referral on sharing_decisions (authority_id, referral_id);

create function sharing_decisions_by_person() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts
    where authority_id = new.authority_id and id = new.decided_by and kind = 'human'
      and (new.outcome = 'shared' or qualification = new.decided_by_qualification)
  ) then
    raise exception 'sharing is decided by a person, and not sharing by one who holds the qualification it names'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'sharing_decisions_by_person';
  end if;
  return new;
end
$$;
comment on function sharing_decisions_by_person is
  'Refuses a decision by a system, and one not to share by a person not qualified for it.';
revoke execute on function sharing_decisions_by_person() from public;

create trigger by_person before insert on sharing_decisions
  for each row execute function sharing_decisions_by_person();

create table sharing_marks (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  audience text not null,
  -- A place in the content of one revision, or words that may not be said, or both.
  revision integer,
  pointer text,
  words text,
  reason text not null,
  marked_at timestamptz(3) not null,
  marked_by uuid not null,
  constraint sharing_marks_pkey primary key (authority_id, id),
  constraint sharing_marks_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint sharing_marks_revision_fkey foreign key (authority_id, referral_id, revision)
    references referral_revisions (authority_id, referral_id, revision),
  constraint sharing_marks_marked_by_fkey foreign key (authority_id, marked_by) references accounts (authority_id, id),
  constraint sharing_marks_audience_check check (audience in ('family', 'referrer', 'other')),
  constraint sharing_marks_place_is_whole check ((revision is null) = (pointer is null)),
  constraint sharing_marks_marks_something check (pointer is not null or words is not null),
  constraint sharing_marks_reason_check check (length(btrim(reason)) > 0)
);
comment on table sharing_marks is 'What must not be shared with whom, and why.';

create index sharing_marks_by_referral on sharing_marks (authority_id, referral_id);

create table sharing_mark_liftings (
  authority_id uuid not null,
  id uuid not null,
  mark_id uuid not null,
  reason text not null,
  lifted_at timestamptz(3) not null,
  lifted_by uuid not null,
  constraint sharing_mark_liftings_pkey primary key (authority_id, id),
  constraint sharing_mark_liftings_mark_fkey foreign key (authority_id, mark_id) references sharing_marks (authority_id, id),
  constraint sharing_mark_liftings_lifted_by_fkey
    foreign key (authority_id, lifted_by) references accounts (authority_id, id),
  constraint sharing_mark_liftings_mark_key unique (authority_id, mark_id),
  constraint sharing_mark_liftings_reason_check check (length(btrim(reason)) > 0)
);
comment on table sharing_mark_liftings is 'That something may be shared again, and why.';

select
  guard_tenant('consents'), guard_tenant('sharing_decisions'), guard_tenant('sharing_marks'),
  guard_tenant('sharing_mark_liftings'),
  append_only('consents'), append_only('sharing_decisions'), append_only('sharing_marks'),
  append_only('sharing_mark_liftings'),
  guard_restricted('consents'), guard_restricted('sharing_decisions'), guard_restricted('sharing_marks'),
  guard_restricted_by('sharing_mark_liftings', 'sharing_marks', 'mark_id');
grant select, insert on consents, sharing_decisions, sharing_marks, sharing_mark_liftings to threshold_app;
