-- What starts and stops the clocks after a decision, and the clocks that were found to have run over.

create table milestones (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text,
  kind text not null,
  -- The response that was carried out, by its code.
  response text,
  -- Of a strategy discussion: whether enquiries under section 47 began with it.
  starts_enquiries boolean,
  happened_at timestamptz(3) not null,
  note text,
  -- The milestone that this one puts right, and whether that one did not happen at all.
  corrects uuid,
  withdrawn boolean not null,
  recorded_by uuid not null,
  recorded_by_name text not null,
  recorded_at timestamptz(3) not null,
  constraint milestones_pkey primary key (authority_id, id),
  constraint milestones_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint milestones_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint milestones_recorded_by_fkey foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint milestones_subject_key unique (authority_id, id, referral_id),
  constraint milestones_corrects_fkey foreign key (authority_id, corrects, referral_id)
    references milestones (authority_id, id, referral_id),
  constraint milestones_corrects_key unique (authority_id, corrects),
  constraint milestones_kind_check check (kind in (
    'acknowledged', 'seen', 'strategy_discussion', 'conference_held', 'enquiries_ended', 'assessment_completed',
    'response_carried_out', 'followed_up'
  )),
  constraint milestones_child_check check ((kind = 'acknowledged') = (child_key is null)),
  constraint milestones_response_check check ((kind = 'response_carried_out') = (response is not null)),
  constraint milestones_enquiries_check check ((kind = 'strategy_discussion') = (starts_enquiries is not null)),
  constraint milestones_withdrawn_check check (not withdrawn or corrects is not null),
  constraint milestones_happened_check check (happened_at <= recorded_at),
  constraint milestones_note_check check (length(btrim(note)) > 0)
);
comment on table milestones is
  'What happened to a child after a referral, as somebody recorded it: it starts and stops clocks. A correction is a later row.';
create index milestones_by_referral on milestones (authority_id, referral_id, recorded_at);

create table overdue_notices (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text,
  clock text not null,
  -- The band, response or statutory clock that it is of; empty where the clock has only one.
  code text not null,
  started_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  noticed_at timestamptz(3) not null,
  constraint overdue_notices_pkey primary key (authority_id, id),
  constraint overdue_notices_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint overdue_notices_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint overdue_notices_once_key
    unique nulls not distinct (authority_id, referral_id, child_key, clock, code, started_at),
  constraint overdue_notices_clock_check check (clock in (
    'acknowledgement', 'decision', 'new_information', 'urgency', 'second_screening', 'sign_off', 'response',
    'statutory', 'follow_up'
  )),
  constraint overdue_notices_overdue_check check (due_at < noticed_at)
);
comment on table overdue_notices is 'Clocks that were found to have run over, each once, so that each is told of once.';

select guard_tenant(name::regclass), append_only(name::regclass)
from unnest(array['milestones', 'overdue_notices']) as name;
grant select, insert on milestones, overdue_notices to threshold_app;
