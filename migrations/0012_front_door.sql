-- The working day of the front door: own judgement, decision, second screening, sign-off. Facts only; states are derived.

-- ---------------------------------------------------------------------------------------------------------------------
-- What a person thought of a child before they were shown what the policy or a colleague says.

create table judgements (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  revision integer not null,
  purpose text not null,
  -- The decision that is screened a second time.
  decision_id uuid,
  policy_version_id uuid not null,
  level text not null,
  response text,
  indicators text[] not null,
  reasons text not null,
  judged_by uuid not null,
  judged_by_name text not null,
  judged_by_qualification text,
  judged_at timestamptz(3) not null,
  constraint judgements_pkey primary key (authority_id, id),
  constraint judgements_revision_fkey foreign key (authority_id, referral_id, revision)
    references referral_revisions (authority_id, referral_id, revision),
  constraint judgements_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint judgements_policy_fkey foreign key (authority_id, policy_version_id)
    references policy_versions (authority_id, id),
  constraint judgements_judged_by_fkey foreign key (authority_id, judged_by) references accounts (authority_id, id),
  constraint judgements_decision_fkey foreign key (authority_id, decision_id, referral_id, child_key)
    references decisions (authority_id, id, referral_id, child_key),
  -- One view of each person on a revision, whatever for: whoever has judged for themselves cannot screen blind.
  constraint judgements_person_key unique (authority_id, referral_id, child_key, revision, judged_by),
  constraint judgements_decision_key unique (authority_id, decision_id),
  -- What a decision refers to, so that it cannot rest on another person's view, or on one of another child or revision.
  constraint judgements_subject_key unique (authority_id, id, referral_id, child_key, revision, judged_by),
  constraint judgements_purpose_check check (purpose in ('own', 'second')),
  constraint judgements_second_names_decision check ((purpose = 'second') = (decision_id is not null)),
  constraint judgements_second_is_qualified
    check (purpose = 'own' or (response is not null and judged_by_qualification is not distinct from 'social_work')),
  constraint judgements_reasons_check check (length(btrim(reasons)) > 0)
);
comment on table judgements is
  'What a person thought of a child, written down before they were shown what the policy or a colleague says.';

create function judgements_by_human() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts
    where authority_id = new.authority_id and id = new.judged_by and kind = 'human'
      and qualification is not distinct from new.judged_by_qualification
  ) then
    raise exception 'a judgement is that of a person'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'judgements_by_human';
  end if;
  if new.purpose = 'second' and exists (
    select from decisions
    where authority_id = new.authority_id and id = new.decision_id
      and (decided_by = new.judged_by or revision <> new.revision)
  ) then
    raise exception 'nobody screens their own decision'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'judgements_second_is_other';
  end if;
  return new;
end
$$;
comment on function judgements_by_human is 'Refuses a judgement by a system, and a second screening by whoever decided.';
revoke execute on function judgements_by_human from public;
create trigger by_human before insert on judgements for each row execute function judgements_by_human();

-- ---------------------------------------------------------------------------------------------------------------------
-- A decision that somebody prepared who may not make it.

create table decision_proposals (
  authority_id uuid not null,
  id uuid not null,
  recommendation_id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  revision integer not null,
  level text not null,
  response text not null,
  rationale text not null,
  prepared_by uuid not null,
  prepared_by_name text not null,
  prepared_at timestamptz(3) not null,
  constraint decision_proposals_pkey primary key (authority_id, id),
  constraint decision_proposals_recommendation_fkey
    foreign key (authority_id, recommendation_id, referral_id, child_key, revision)
    references recommendations (authority_id, id, referral_id, child_key, revision),
  constraint decision_proposals_prepared_by_fkey foreign key (authority_id, prepared_by)
    references accounts (authority_id, id),
  constraint decision_proposals_subject_key unique (authority_id, id, recommendation_id),
  constraint decision_proposals_rationale_check check (length(btrim(rationale)) > 0)
);
comment on table decision_proposals is 'What somebody prepared for a qualified person to decide; it decides nothing.';
create index decision_proposals_by_recommendation on decision_proposals (authority_id, recommendation_id);

-- ---------------------------------------------------------------------------------------------------------------------
-- What a decision rests on and what it needs. Null in decisions made before there was such a thing: their hashes stay.

alter table decisions
  add column judgement_id uuid,
  add column proposal_id uuid,
  add column below_floor boolean,
  add column second_screening_because text[],
  add column sign_off_because text[],
  -- The second judgement whose view this decision takes over, where the first was replaced by it.
  add column agrees_with uuid,
  -- What was checked before closing, as canonical JSON.
  add column closing text,
  -- From the own judgement to the decision, as seen from what was recommended.
  add column movement text,
  add constraint decisions_judgement_fkey
    foreign key (authority_id, judgement_id, referral_id, child_key, revision, decided_by)
    references judgements (authority_id, id, referral_id, child_key, revision, judged_by),
  add constraint decisions_proposal_fkey foreign key (authority_id, proposal_id, recommendation_id)
    references decision_proposals (authority_id, id, recommendation_id),
  add constraint decisions_agrees_with_fkey foreign key (authority_id, agrees_with)
    references judgements (authority_id, id),
  add constraint decisions_needs_stated check (
    judgement_id is null
    or (below_floor is not null and second_screening_because is not null and sign_off_because is not null)
  ),
  add constraint decisions_lowering_is_signed check (
    judgement_id is null
    or not (departure in ('lowered', 'other_response') or below_floor or decided_by_role <> 'supervisor')
    or cardinality(sign_off_because) > 0
  ),
  add constraint decisions_movement_check
    check (movement in ('kept', 'to_recommendation', 'towards_recommendation', 'away_from_recommendation', 'moved')),
  add constraint decisions_floor_has_reason
    check (below_floor is not true or (statutory_reason is not null and decided_by_role = 'supervisor'));

create function decisions_rest_on_judgement() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if new.judgement_id is null then
    raise exception 'a decision rests on the own judgement of whoever makes it'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'decisions_rest_on_judgement';
  end if;
  return new;
end
$$;
comment on function decisions_rest_on_judgement is 'Refuses a decision without the own judgement of the decider.';
revoke execute on function decisions_rest_on_judgement from public;
create trigger rest_on_judgement before insert on decisions
  for each row execute function decisions_rest_on_judgement();

-- ---------------------------------------------------------------------------------------------------------------------
-- Second screening: who has it in hand; what came of a difference.

create table screening_pickups (
  authority_id uuid not null,
  id uuid not null,
  decision_id uuid not null,
  sequence integer not null,
  action text not null,
  acted_by uuid not null,
  acted_by_name text not null,
  acted_at timestamptz(3) not null,
  constraint screening_pickups_pkey primary key (authority_id, id),
  constraint screening_pickups_decision_fkey foreign key (authority_id, decision_id)
    references decisions (authority_id, id),
  constraint screening_pickups_acted_by_fkey foreign key (authority_id, acted_by) references accounts (authority_id, id),
  constraint screening_pickups_sequence_key unique (authority_id, decision_id, sequence),
  constraint screening_pickups_sequence_check check (sequence >= 1),
  constraint screening_pickups_action_check check (action in ('picked_up', 'renewed', 'released'))
);
comment on table screening_pickups is
  'Who took a second screening in hand, went on with it or gave it back; it frees itself when idle.';

create table reconciliations (
  authority_id uuid not null,
  id uuid not null,
  decision_id uuid not null,
  stands boolean not null,
  reasons text not null,
  reconciled_by uuid not null,
  reconciled_by_name text not null,
  reconciled_at timestamptz(3) not null,
  constraint reconciliations_pkey primary key (authority_id, id),
  constraint reconciliations_decision_fkey foreign key (authority_id, decision_id) references decisions (authority_id, id),
  constraint reconciliations_reconciled_by_fkey foreign key (authority_id, reconciled_by)
    references accounts (authority_id, id),
  constraint reconciliations_decision_key unique (authority_id, decision_id),
  constraint reconciliations_reasons_check check (length(btrim(reasons)) > 0)
);
comment on table reconciliations is 'Whether a decision stands after two people saw it differently, and why.';

create table decision_returns (
  authority_id uuid not null,
  id uuid not null,
  decision_id uuid not null,
  stage text not null,
  reasons text not null,
  returned_by uuid not null,
  returned_by_name text not null,
  returned_at timestamptz(3) not null,
  constraint decision_returns_pkey primary key (authority_id, id),
  constraint decision_returns_decision_fkey foreign key (authority_id, decision_id)
    references decisions (authority_id, id),
  constraint decision_returns_returned_by_fkey foreign key (authority_id, returned_by)
    references accounts (authority_id, id),
  constraint decision_returns_decision_key unique (authority_id, decision_id),
  constraint decision_returns_stage_check check (stage in ('second_screening', 'reconciliation', 'sign_off')),
  constraint decision_returns_reasons_check check (length(btrim(reasons)) > 0)
);
comment on table decision_returns is 'A decision given back for more work; only one that supersedes it goes on.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Sign-off, and the moment at which everything that a decision needs is there.

create table sign_offs (
  authority_id uuid not null,
  id uuid not null,
  decision_id uuid not null,
  notes text not null,
  signed_by uuid not null,
  signed_by_name text not null,
  signed_by_qualification text not null,
  signed_at timestamptz(3) not null,
  constraint sign_offs_pkey primary key (authority_id, id),
  constraint sign_offs_decision_fkey foreign key (authority_id, decision_id) references decisions (authority_id, id),
  constraint sign_offs_signed_by_fkey foreign key (authority_id, signed_by) references accounts (authority_id, id),
  constraint sign_offs_decision_key unique (authority_id, decision_id),
  constraint sign_offs_qualification_check check (signed_by_qualification = 'social_work'),
  constraint sign_offs_notes_check check (length(btrim(notes)) > 0)
);
comment on table sign_offs is 'A qualified supervisor answers for a decision that somebody else made.';

create function sign_offs_by_other_supervisor() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts a
    join account_roles r on r.authority_id = a.authority_id and r.account_id = a.id and r.role = 'supervisor'
    where a.authority_id = new.authority_id and a.id = new.signed_by
      and a.kind = 'human' and a.qualification = new.signed_by_qualification
  ) then
    raise exception 'a sign-off is that of a qualified supervisor'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'sign_offs_by_supervisor';
  end if;
  if exists (
    select from decisions where authority_id = new.authority_id and id = new.decision_id and decided_by = new.signed_by
  ) or exists (
    select from judgements
    where authority_id = new.authority_id and decision_id = new.decision_id and judged_by = new.signed_by
  ) then
    raise exception 'nobody signs what they decided or screened'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'sign_offs_by_other';
  end if;
  return new;
end
$$;
comment on function sign_offs_by_other_supervisor is
  'Refuses a sign-off by somebody without the role and qualification, by the decider and by the second screener.';
revoke execute on function sign_offs_by_other_supervisor from public;
create trigger by_other_supervisor before insert on sign_offs
  for each row execute function sign_offs_by_other_supervisor();

create table decision_completions (
  authority_id uuid not null,
  id uuid not null,
  decision_id uuid not null,
  completed_by uuid not null,
  completed_at timestamptz(3) not null,
  -- The entry of the log that says so.
  audit_position bigint not null,
  constraint decision_completions_pkey primary key (authority_id, id),
  constraint decision_completions_decision_fkey foreign key (authority_id, decision_id)
    references decisions (authority_id, id),
  constraint decision_completions_completed_by_fkey foreign key (authority_id, completed_by)
    references accounts (authority_id, id),
  constraint decision_completions_audit_fkey foreign key (authority_id, audit_position)
    references audit_entries (authority_id, position) deferrable initially deferred,
  constraint decision_completions_decision_key unique (authority_id, decision_id)
);
comment on table decision_completions is
  'A decision has everything that it needs. From here on it counts for the outside world.';
create index decision_completions_by_time on decision_completions (authority_id, completed_at desc, id desc);

create function decision_completions_have_all() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
  decision decisions%rowtype;
begin
  select * into decision from decisions where authority_id = new.authority_id and id = new.decision_id;
  if decision.judgement_id is null
    or exists (select from decisions where authority_id = new.authority_id and supersedes = new.decision_id)
    or exists (select from decision_returns where authority_id = new.authority_id and decision_id = new.decision_id)
  then
    raise exception 'the decision does not stand, or rests on no judgement'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'decision_completions_stands';
  end if;
  if cardinality(decision.second_screening_because) > 0 and not exists (
    select from judgements j
    where j.authority_id = new.authority_id and j.purpose = 'second' and j.judged_by <> decision.decided_by
      and (j.decision_id = decision.id or j.id = decision.agrees_with)
      and j.referral_id = decision.referral_id and j.child_key = decision.child_key and j.revision = decision.revision
      and (
        (j.level = decision.level and j.response = decision.response)
        or exists (
          select from reconciliations r
          where r.authority_id = new.authority_id and r.decision_id = decision.id and r.stands
        )
      )
  ) then
    raise exception 'the decision has not been screened a second time'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'decision_completions_screened';
  end if;
  if (
    cardinality(decision.sign_off_because) > 0 or decision.below_floor or decision.decided_by_role <> 'supervisor'
    or decision.departure in ('lowered', 'other_response')
  ) and not exists (
    select from sign_offs where authority_id = new.authority_id and decision_id = new.decision_id
  ) then
    raise exception 'the decision has not been signed off'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'decision_completions_signed';
  end if;
  return new;
end
$$;
comment on function decision_completions_have_all is
  'Refuses a completion while anything is missing that the decision needs: judgement, second screening, sign-off.';
revoke execute on function decision_completions_have_all from public;
create trigger have_all before insert on decision_completions
  for each row execute function decision_completions_have_all();

create function decision_completions_are_logged() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from audit_entries
    where authority_id = new.authority_id and position = new.audit_position and event = 'decision.completed'
      and convert_from(body, 'utf8')::jsonb #>> '{facts,decision}' = new.decision_id::text
  ) then
    raise exception 'the log does not say so'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name, constraint = 'decision_completions_logged';
  end if;
  return null;
end
$$;
comment on function decision_completions_are_logged is
  'Refuses a completion that the log does not speak of: the entry vouches for the row, so it is written after it.';
revoke execute on function decision_completions_are_logged from public;
create constraint trigger are_logged after insert on decision_completions deferrable initially deferred
  for each row execute function decision_completions_are_logged();

-- ---------------------------------------------------------------------------------------------------------------------
-- What has to be done before a referral can be closed, and the help that closing it rests on.

create table screening_tasks (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text,
  task text not null,
  due_on date,
  set_by uuid not null,
  set_by_name text not null,
  set_at timestamptz(3) not null,
  constraint screening_tasks_pkey primary key (authority_id, id),
  constraint screening_tasks_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint screening_tasks_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint screening_tasks_set_by_fkey foreign key (authority_id, set_by) references accounts (authority_id, id),
  constraint screening_tasks_task_check check (length(btrim(task)) > 0)
);
comment on table screening_tasks is 'What was found to be needed while screening: a call, a check, a visit.';
create index screening_tasks_by_referral on screening_tasks (authority_id, referral_id);

create table screening_task_results (
  authority_id uuid not null,
  id uuid not null,
  task_id uuid not null,
  outcome text not null,
  result text not null,
  finished_by uuid not null,
  finished_by_name text not null,
  finished_at timestamptz(3) not null,
  constraint screening_task_results_pkey primary key (authority_id, id),
  constraint screening_task_results_task_fkey foreign key (authority_id, task_id)
    references screening_tasks (authority_id, id),
  constraint screening_task_results_finished_by_fkey foreign key (authority_id, finished_by)
    references accounts (authority_id, id),
  constraint screening_task_results_task_key unique (authority_id, task_id),
  constraint screening_task_results_outcome_check check (outcome in ('done', 'not_needed')),
  constraint screening_task_results_result_check check (length(btrim(result)) > 0)
);
comment on table screening_task_results is 'How a task ended.';

create table help_arrangements (
  authority_id uuid not null,
  id uuid not null,
  decision_id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  number integer not null,
  help text not null,
  service text,
  held_by text not null,
  status text not null,
  consent text not null,
  follow_up_on date,
  arranged_by uuid not null,
  arranged_by_name text not null,
  arranged_at timestamptz(3) not null,
  constraint help_arrangements_pkey primary key (authority_id, id),
  constraint help_arrangements_decision_fkey foreign key (authority_id, decision_id, referral_id, child_key)
    references decisions (authority_id, id, referral_id, child_key),
  constraint help_arrangements_arranged_by_fkey foreign key (authority_id, arranged_by)
    references accounts (authority_id, id),
  constraint help_arrangements_number_key unique (authority_id, decision_id, number),
  constraint help_arrangements_number_check check (number >= 1),
  constraint help_arrangements_status_check check (status in ('offered', 'declined', 'secured')),
  constraint help_arrangements_consent_check check (consent in ('given', 'refused', 'not_asked')),
  constraint help_arrangements_followed_up check (status = 'declined' or follow_up_on is not null)
);
comment on table help_arrangements is
  'Help below the threshold of statutory services: what, who holds it, whether the family agreed, when it is looked at.';
create index help_arrangements_by_follow_up on help_arrangements (authority_id, follow_up_on, id);

select
  guard_tenant(name::regclass), append_only(name::regclass)
from unnest(array[
  'judgements', 'decision_proposals', 'screening_pickups', 'reconciliations', 'decision_returns', 'sign_offs',
  'decision_completions', 'screening_tasks', 'screening_task_results', 'help_arrangements'
]) as name;
grant select, insert on
  judgements, decision_proposals, screening_pickups, reconciliations, decision_returns, sign_offs,
  decision_completions, screening_tasks, screening_task_results, help_arrangements
to threshold_app;
