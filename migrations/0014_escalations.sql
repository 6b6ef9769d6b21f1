-- Whoever disagrees is heard, stage by stage, until somebody has answered. Facts only; states are derived.

create table escalations (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text,
  decision_id uuid,
  -- Whose ladder it goes up.
  policy_version_id uuid not null,
  about text not null,
  ground text not null,
  concern text not null,
  wanted text not null,
  urgent boolean not null,
  challenger_name text not null,
  challenger_role text not null,
  agency text,
  raised_by uuid not null,
  raised_by_name text not null,
  raised_at timestamptz(3) not null,
  constraint escalations_pkey primary key (authority_id, id),
  constraint escalations_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint escalations_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint escalations_decision_fkey foreign key (authority_id, decision_id, referral_id, child_key)
    references decisions (authority_id, id, referral_id, child_key),
  constraint escalations_policy_fkey foreign key (authority_id, policy_version_id)
    references policy_versions (authority_id, id),
  constraint escalations_raised_by_fkey foreign key (authority_id, raised_by) references accounts (authority_id, id),
  -- Without the child the key above would not be looked at.
  constraint escalations_decision_has_child check (decision_id is null or child_key is not null),
  constraint escalations_decision_is_contested check (decision_id is null or about = 'decision'),
  constraint escalations_about_check check (about in ('recommendation', 'decision', 'delay', 'no_outcome_told')),
  constraint escalations_ground_check check (
    ground in (
      'risk_not_recognised', 'threshold_misapplied', 'information_not_considered', 'history_not_considered',
      'child_not_seen_or_heard', 'age_used_as_reason', 'help_not_in_place', 'disproportionate', 'too_slow', 'not_told',
      'other'
    )
  ),
  constraint escalations_said_check check (
    length(btrim(concern)) > 0 and length(btrim(wanted)) > 0
    and length(btrim(challenger_name)) > 0 and length(btrim(challenger_role)) > 0
  )
);
comment on table escalations is
  'Somebody disagrees with what is thought of a child, with what was decided, or with hearing nothing.';
create index escalations_by_time on escalations (authority_id, raised_at desc, id desc);
create index escalations_by_referral on escalations (authority_id, referral_id);

create table escalation_steps (
  authority_id uuid not null,
  id uuid not null,
  escalation_id uuid not null,
  sequence integer not null,
  kind text not null,
  stage integer not null,
  -- Who has to answer at a stage that is entered, and by when.
  office text,
  due_at timestamptz(3),
  outcome text,
  new_decision_id uuid,
  reasons text,
  -- In which office somebody answered.
  acted_as text,
  -- Whether the challenger takes the answer.
  accepted boolean,
  -- Null where the service did it by itself.
  acted_by uuid,
  acted_by_name text,
  acted_at timestamptz(3) not null,
  constraint escalation_steps_pkey primary key (authority_id, id),
  constraint escalation_steps_escalation_fkey foreign key (authority_id, escalation_id)
    references escalations (authority_id, id),
  constraint escalation_steps_new_decision_fkey foreign key (authority_id, new_decision_id)
    references decisions (authority_id, id),
  constraint escalation_steps_acted_by_fkey foreign key (authority_id, acted_by) references accounts (authority_id, id),
  constraint escalation_steps_sequence_key unique (authority_id, escalation_id, sequence),
  constraint escalation_steps_sequence_check check (sequence >= 1 and (sequence = 1) = (kind = 'entered')),
  constraint escalation_steps_stage_check check (stage between 1 and 10),
  constraint escalation_steps_kind_check
    check (kind in ('entered', 'moved_up', 'skipped', 'answered', 'overdue', 'closed', 'withdrawn')),
  constraint escalation_steps_entry_is_due check (
    (office is not null) = (kind in ('entered', 'moved_up', 'skipped'))
    and (due_at is not null) = (kind in ('entered', 'moved_up', 'skipped'))
  ),
  constraint escalation_steps_outcome_check check (
    case
      when kind in ('answered', 'closed') then outcome is not null and outcome in ('upheld', 'changed', 'compromise')
      when kind = 'withdrawn' then outcome is not distinct from 'withdrawn'
      else outcome is null
    end
  ),
  constraint escalation_steps_change_names_decision check (
    (outcome is distinct from 'changed' or new_decision_id is not null)
    and (new_decision_id is null or outcome in ('changed', 'compromise'))
  ),
  constraint escalation_steps_reasons_check check (
    (reasons is null or length(btrim(reasons)) > 0)
    and (reasons is not null or kind in ('entered', 'overdue') or (kind = 'moved_up' and acted_by is null))
  ),
  constraint escalation_steps_answer_is_named check ((acted_as is not null) = (kind = 'answered')),
  constraint escalation_steps_end_is_accepted_or_not check ((accepted is not null) = (kind = 'closed')),
  constraint escalation_steps_person_check check (
    (acted_by is null) = (acted_by_name is null)
    and (acted_by is not null or kind in ('moved_up', 'overdue')) and (acted_by is null or kind <> 'overdue')
  )
);
comment on table escalation_steps is 'What happened to a challenge, in order: a stage entered, an answer, the end.';
create unique index escalation_steps_entry_key on escalation_steps (authority_id, escalation_id, stage)
  where kind in ('entered', 'moved_up', 'skipped');
create unique index escalation_steps_answer_key on escalation_steps (authority_id, escalation_id, stage)
  where kind = 'answered';
create unique index escalation_steps_overdue_key on escalation_steps (authority_id, escalation_id, stage)
  where kind = 'overdue';
create unique index escalation_steps_end_key on escalation_steps (authority_id, escalation_id)
  where kind in ('closed', 'withdrawn');
create index escalation_steps_by_due on escalation_steps (authority_id, due_at) where due_at is not null;

create function escalation_steps_in_order() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  current_stage integer;
begin
  if exists (
    select from escalation_steps
    where authority_id = new.authority_id and escalation_id = new.escalation_id and kind in ('closed', 'withdrawn')
  ) then
    raise exception 'the challenge is at its end'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_end_is_last';
  end if;
  select max(stage) into current_stage from escalation_steps
  where authority_id = new.authority_id and escalation_id = new.escalation_id and due_at is not null;
  if new.kind in ('moved_up', 'skipped') then
    if new.stage <= current_stage then
      raise exception 'a challenge only goes up'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_go_up';
    end if;
  elsif new.kind <> 'entered' and new.stage is distinct from current_stage then
    raise exception 'the challenge is at another stage'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_at_stage';
  end if;
  if new.kind = 'closed' and not exists (
    select from escalation_steps
    where authority_id = new.authority_id and escalation_id = new.escalation_id and kind = 'answered'
      and stage = new.stage and outcome = new.outcome and new_decision_id is not distinct from new.new_decision_id
  ) then
    raise exception 'nothing is closed but what was answered, and with that outcome'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_close_what_was_answered';
  end if;
  return new;
end
$$;
comment on function escalation_steps_in_order is
  'Refuses what follows the end, goes down, answers at another stage, or closes what nobody answered.';
revoke execute on function escalation_steps_in_order from public;
create trigger in_order before insert on escalation_steps
  for each row execute function escalation_steps_in_order();

create function escalation_steps_answered_by_another() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  challenged escalations%rowtype;
  first_stage integer;
  entered_at timestamptz;
begin
  select * into challenged from escalations where authority_id = new.authority_id and id = new.escalation_id;
  if not found then
    return new;
  end if;
  select min(stage), max(acted_at) into first_stage, entered_at from escalation_steps
  where authority_id = new.authority_id and escalation_id = new.escalation_id and due_at is not null;
  if new.acted_by = challenged.raised_by or not exists (
    select from accounts a
    join account_roles r on r.authority_id = a.authority_id and r.account_id = a.id
    where a.authority_id = new.authority_id and a.id = new.acted_by and a.kind = 'human'
      and (r.role = 'supervisor' or (r.role = 'screener' and new.stage = first_stage))
  ) then
    raise exception 'a challenge is answered by a supervisor who did not raise it'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_answered_by_supervisor';
  end if;
  if new.stage > first_stage and exists (
    select from decisions d
    left join sign_offs s on s.authority_id = d.authority_id and s.decision_id = d.id
    where d.authority_id = new.authority_id and d.referral_id = challenged.referral_id
      and (challenged.child_key is null or d.child_key = challenged.child_key)
      and ((d.decided_by = new.acted_by and d.decided_at < entered_at)
        or (s.signed_by = new.acted_by and s.signed_at < entered_at))
  ) then
    raise exception 'nobody answers a challenge to their own decision'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_answered_by_other';
  end if;
  if exists (
    select from escalation_steps
    where authority_id = new.authority_id and escalation_id = new.escalation_id and kind = 'answered'
      and acted_by = new.acted_by and stage < new.stage
  ) then
    raise exception 'whoever answered at a stage does not answer above it'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_answered_anew';
  end if;
  return new;
end
$$;
comment on function escalation_steps_answered_by_another is
  'Refuses an answer by the challenger or without the role, and above the first stage by whoever decided, signed or answered.';
revoke execute on function escalation_steps_answered_by_another from public;
create trigger answered_by_another before insert on escalation_steps
  for each row when (new.kind = 'answered') execute function escalation_steps_answered_by_another();

create function escalation_steps_new_decision_fits() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if exists (select from escalations where authority_id = new.authority_id and id = new.escalation_id)
    and not exists (
      select from escalations e
      join decisions d on d.authority_id = e.authority_id and d.id = new.new_decision_id
        and d.referral_id = e.referral_id and d.decided_at >= e.raised_at
        and (e.child_key is null or d.child_key = e.child_key)
      left join decisions contested on contested.authority_id = e.authority_id and contested.id = e.decision_id
      where e.authority_id = new.authority_id and e.id = new.escalation_id
        -- Each decision supersedes the one before it, so that a later one of the child supersedes all earlier ones.
        and (contested.id is null or (
          d.sequence > contested.sequence
          and (new.outcome <> 'changed' or d.level <> contested.level or d.response <> contested.response)
        ))
    )
  then
    raise exception 'the new decision does not supersede the contested one'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'escalation_steps_new_decision_supersedes';
  end if;
  return new;
end
$$;
comment on function escalation_steps_new_decision_fits is
  'Refuses a new decision about another child, from before the challenge, or that does not supersede the contested one.';
revoke execute on function escalation_steps_new_decision_fits from public;
create trigger new_decision_fits before insert on escalation_steps
  for each row when (new.new_decision_id is not null) execute function escalation_steps_new_decision_fits();

select guard_tenant(name::regclass), append_only(name::regclass)
from unnest(array['escalations', 'escalation_steps']) as name;
grant select, insert on escalations, escalation_steps to threshold_app;
