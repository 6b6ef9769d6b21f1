-- How long a referral is kept and on which basis, what keeps it longer, and its disposal: by two people, with its key, its
-- content and everything that hangs on it, and with a row that says so.

create table retention_rules (
  authority_id uuid not null,
  id uuid not null,
  code text not null,
  sequence integer not null,
  class text not null,
  years integer not null,
  counted_from text not null,
  legal_basis text not null,
  source text not null,
  note text not null,
  withdrawn boolean not null,
  recorded_at timestamptz(3) not null,
  recorded_by uuid not null,
  constraint retention_rules_pkey primary key (authority_id, id),
  constraint retention_rules_recorded_by_fkey
    foreign key (authority_id, recorded_by) references account_records (authority_id, id),
  constraint retention_rules_sequence_key unique (authority_id, code, sequence),
  constraint retention_rules_sequence_check check (sequence >= 1),
  constraint retention_rules_class_check
    check (class in ('no_further_action', 'early_help', 'child_in_need', 'child_protection', 'looked_after')),
  constraint retention_rules_years_check check (years between 1 and 150),
  constraint retention_rules_counted_from_check check (counted_from in ('last_decision', 'last_contact', 'birth')),
  constraint retention_rules_said_check check (length(btrim(legal_basis)) > 0 and length(btrim(source)) > 0)
);
comment on table retention_rules is
  'How long referrals of a class are kept, and on which legal basis; of each code the latest counts. Without a rule nothing is due.';

create table retention_classes (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  child_key text not null,
  class text not null,
  reason text not null,
  recorded_at timestamptz(3) not null,
  recorded_by uuid not null,
  constraint retention_classes_pkey primary key (authority_id, id),
  constraint retention_classes_child_fkey foreign key (authority_id, referral_id, child_key)
    references referral_children (authority_id, referral_id, child_key),
  constraint retention_classes_recorded_by_fkey
    foreign key (authority_id, recorded_by) references account_records (authority_id, id),
  constraint retention_classes_class_check
    check (class in ('no_further_action', 'early_help', 'child_in_need', 'child_protection', 'looked_after')),
  constraint retention_classes_reason_check check (length(btrim(reason)) > 0)
);
comment on table retention_classes is
  'What became of a child later that decides how long the referral is kept, as that the child was looked after. It only adds.';
create index retention_classes_by_referral on retention_classes (authority_id, referral_id);

create table legal_holds (
  authority_id uuid not null,
  id uuid not null,
  -- Null for everything that the authority has.
  referral_id uuid,
  inquiry text not null,
  reason text not null,
  placed_at timestamptz(3) not null,
  placed_by uuid not null,
  constraint legal_holds_pkey primary key (authority_id, id),
  constraint legal_holds_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint legal_holds_placed_by_fkey foreign key (authority_id, placed_by) references account_records (authority_id, id),
  constraint legal_holds_said_check check (length(btrim(inquiry)) > 0 and length(btrim(reason)) > 0)
);
comment on table legal_holds is 'That nothing is disposed of while an inquiry may ask for it: a referral, or all of an authority.';
create index legal_holds_by_referral on legal_holds (authority_id, referral_id);
create index legal_holds_by_time on legal_holds (authority_id, placed_at desc, id desc);

create table legal_hold_releases (
  authority_id uuid not null,
  id uuid not null,
  hold_id uuid not null,
  reason text not null,
  released_at timestamptz(3) not null,
  released_by uuid not null,
  constraint legal_hold_releases_pkey primary key (authority_id, id),
  constraint legal_hold_releases_hold_fkey foreign key (authority_id, hold_id) references legal_holds (authority_id, id),
  constraint legal_hold_releases_released_by_fkey
    foreign key (authority_id, released_by) references account_records (authority_id, id),
  constraint legal_hold_releases_hold_key unique (authority_id, hold_id),
  constraint legal_hold_releases_reason_check check (length(btrim(reason)) > 0)
);
comment on table legal_hold_releases is 'That a hold ended, and why.';

-- The two tables below outlive the referral that they name: ids, codes and dates, and nothing of what it said.
create table disposal_proposals (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  rule_id uuid not null,
  class text not null,
  due_on date not null,
  -- The newest entry of the log about the referral that whoever proposed it knew of.
  as_of_position bigint not null,
  proposed_by uuid not null,
  proposed_by_name text not null,
  proposed_at timestamptz(3) not null,
  constraint disposal_proposals_pkey primary key (authority_id, id),
  constraint disposal_proposals_rule_fkey foreign key (authority_id, rule_id) references retention_rules (authority_id, id),
  constraint disposal_proposals_proposed_by_fkey
    foreign key (authority_id, proposed_by) references account_records (authority_id, id),
  constraint disposal_proposals_subject_key unique (authority_id, id, referral_id, rule_id, proposed_by),
  constraint disposal_proposals_due_check check (due_on <= (proposed_at at time zone 'Europe/London')::date)
);
comment on table disposal_proposals is 'That an administrator found a referral to be past its time.';
create index disposal_proposals_by_referral on disposal_proposals (authority_id, referral_id);
create index disposal_proposals_by_time on disposal_proposals (authority_id, proposed_at desc, id desc);

create table disposals (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  proposal_id uuid not null,
  rule_id uuid not null,
  rule_code text not null,
  class text not null,
  legal_basis text not null,
  due_on date not null,
  proposed_by uuid not null,
  proposed_by_name text not null,
  proposed_at timestamptz(3) not null,
  carried_out_by uuid not null,
  carried_out_by_name text not null,
  carried_out_at timestamptz(3) not null,
  audit_position bigint not null,
  -- `table/id` of what went with it although entries of the log about something else vouch for it.
  erased_elsewhere text[] not null,
  constraint disposals_pkey primary key (authority_id, id),
  constraint disposals_proposal_fkey foreign key (authority_id, proposal_id, referral_id, rule_id, proposed_by)
    references disposal_proposals (authority_id, id, referral_id, rule_id, proposed_by),
  constraint disposals_carried_out_by_fkey
    foreign key (authority_id, carried_out_by) references account_records (authority_id, id),
  constraint disposals_audit_fkey foreign key (authority_id, audit_position)
    references audit_entries (authority_id, position) deferrable initially deferred,
  constraint disposals_referral_key unique (authority_id, referral_id),
  constraint disposals_by_another check (carried_out_by <> proposed_by),
  constraint disposals_due_check check (due_on <= (carried_out_at at time zone 'Europe/London')::date)
);
comment on table disposals is 'That a referral was destroyed: when, by whom, by which rule and on which basis.';
create index disposals_by_time on disposals (authority_id, carried_out_at desc, id desc);

-- It runs with the rights of whoever inserts: an account of another authority is not seen, and so not accepted.
create function disposed_by_right_person() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
declare
  who uuid := case tg_table_name when 'disposals' then to_jsonb(new) ->> 'carried_out_by' else to_jsonb(new) ->> 'proposed_by' end;
  needed text := case tg_table_name when 'disposals' then 'supervisor' else 'administrator' end;
begin
  if not exists (
    select from accounts a
      join account_roles r on r.authority_id = a.authority_id and r.account_id = a.id
    where a.authority_id = new.authority_id and a.id = who and a.kind = 'human' and r.role = needed
  ) then
    raise exception 'disposal is proposed by an administrator and carried out by a supervisor'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = tg_table_name || '_by_right_person';
  end if;
  return new;
end
$$;
comment on function disposed_by_right_person is 'Refuses a disposal by a system, or by a person without the role.';
revoke execute on function disposed_by_right_person() from public;
create trigger by_right_person before insert on disposal_proposals
  for each row execute function disposed_by_right_person();
create trigger by_right_person before insert on disposals
  for each row execute function disposed_by_right_person();

select guard_tenant(name::regclass), append_only(name::regclass)
from unnest(array[
  'retention_rules', 'retention_classes', 'legal_holds', 'legal_hold_releases', 'disposal_proposals', 'disposals'
]) as name;
-- What is restricted is kept no longer than the rest: whoever looks after retention sees ids and dates of it. Kin do not.
select
  guard_restricted('retention_classes'), guard_own_or_kin('legal_holds'), guard_own_or_kin('disposal_proposals'),
  guard_own_or_kin('disposals'), guard_restricted_by('legal_hold_releases', 'legal_holds', 'hold_id');
grant select, insert on
  retention_rules, retention_classes, legal_holds, legal_hold_releases, disposal_proposals, disposals to threshold_app;

-- ---------------------------------------------------------------------------------------------------------------------
-- What is recorded stays, with two exceptions, both of the owner's and neither of the service's: a referral that is being
-- disposed of, in the transaction whose disposal says so; and the wrapping of a key by a newer key of the authority.

create or replace function refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
declare
  is_owner boolean := (select pg_get_userbyid(relowner) = current_user from pg_class where oid = tg_relid);
  disposing uuid := nullif(current_setting('app.disposing', true), '')::uuid;
begin
  if is_owner and tg_op = 'DELETE' and exists (
    select from public.disposals d where d.referral_id = disposing and d.xmin = pg_current_xact_id()::xid
  ) then
    return null;
  end if;
  if is_owner and tg_op = 'UPDATE' and tg_table_name = 'referral_keys'
    and current_setting('app.rewrapping', true) = 'on'
  then
    return null;
  end if;
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = '23001', schema = tg_table_schema, table = tg_table_name,
          constraint = tg_table_name || '_append_only',
          hint = 'Record a new row that corrects or supersedes the old one.';
end
$$;

-- The one function that runs with the rights of the owner. The service may ask for it and can delete nothing otherwise: it
-- looks itself whether two people said so in this transaction, whether the log says so, and whether nothing is on hold.
create function dispose_of_referral(disposal uuid) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  own uuid := nullif(current_setting('app.authority', true), '')::uuid;
  before text := coalesce(current_setting('app.purpose', true), '');
  target uuid;
begin
  perform set_config('app.purpose', 'service', true);
  select d.referral_id into target
  from public.disposals d
    join public.disposal_proposals p on p.authority_id = d.authority_id and p.id = d.proposal_id
    join public.audit_entries e on e.authority_id = d.authority_id and e.position = d.audit_position
  where d.authority_id = own and d.id = disposal and d.xmin = pg_current_xact_id()::xid
    and p.referral_id = d.referral_id and d.carried_out_by <> p.proposed_by and e.event = 'referral.disposed'
    and convert_from(e.body, 'utf8')::jsonb #>> '{facts,disposal}' = d.id::text;
  if target is null then
    raise exception 'no disposal was recorded in this transaction'
      using errcode = '23514', schema = 'public', table = 'disposals', constraint = 'disposals_recorded';
  end if;
  if exists (
    select from public.legal_holds h
    where h.authority_id = own and (h.referral_id is null or h.referral_id = target)
      and not exists (
        select from public.legal_hold_releases r where r.authority_id = own and r.hold_id = h.id
      )
  ) then
    raise exception 'a legal hold stands'
      using errcode = '23514', schema = 'public', table = 'disposals', constraint = 'disposals_not_on_hold';
  end if;
  perform set_config('app.disposing', target::text, true);
  -- All in one statement: some keys point both ways, and what is looked for in the one is gone from the other.
  with
  decided as (select id from public.decisions where authority_id = own and referral_id = target),
  challenged as (select id from public.escalations where authority_id = own and referral_id = target),
  written as (select id from public.letters where authority_id = own and referral_id = target),
  arranged as (select id from public.help_arrangements where authority_id = own and referral_id = target),
  tasks as (select id from public.screening_tasks where authority_id = own and referral_id = target),
  marked as (select id from public.sharing_marks where authority_id = own and referral_id = target),
  restricted as (select id from public.restrictions where authority_id = own and referral_id = target),
  broken as (select id from public.break_glass_grants where authority_id = own and referral_id = target),
  declared as (select id from public.account_conflicts where authority_id = own and referral_id = target),
  held as (select id from public.legal_holds where authority_id = own and referral_id = target),
  rehearsed as (select id from public.rehearsal_children where authority_id = own and referral_id = target),
  linked as (
    select id from public.referral_links
    where authority_id = own and target in (first_referral_id, second_referral_id)
  ),
  matched as (
    select id from public.child_matches
    where authority_id = own and target in (first_referral_id, second_referral_id)
  ),
  told as (select position from public.outbox_events where authority_id = own and subject = 'referrals/' || target),
  -- What belongs to rows of the referral without naming it.
  d01 as (delete from public.decision_completions where authority_id = own and decision_id in (table decided)),
  d02 as (delete from public.decision_returns where authority_id = own and decision_id in (table decided)),
  d03 as (delete from public.reconciliations where authority_id = own and decision_id in (table decided)),
  d04 as (delete from public.sign_offs where authority_id = own and decision_id in (table decided)),
  d05 as (delete from public.screening_pickups where authority_id = own and decision_id in (table decided)),
  d06 as (delete from public.escalation_steps where authority_id = own and escalation_id in (table challenged)),
  d07 as (delete from public.letter_deliveries where authority_id = own and letter_id in (table written)),
  d08 as (delete from public.letter_receipts where authority_id = own and letter_id in (table written)),
  d09 as (delete from public.help_updates where authority_id = own and arrangement_id in (table arranged)),
  d10 as (delete from public.screening_task_results where authority_id = own and task_id in (table tasks)),
  d11 as (delete from public.sharing_mark_liftings where authority_id = own and mark_id in (table marked)),
  d12 as (delete from public.restriction_accounts where authority_id = own and restriction_id in (table restricted)),
  d13 as (delete from public.break_glass_reviews where authority_id = own and grant_id in (table broken)),
  d14 as (delete from public.account_conflict_withdrawals where authority_id = own and conflict_id in (table declared)),
  d15 as (delete from public.legal_hold_releases where authority_id = own and hold_id in (table held)),
  d16 as (delete from public.rehearsal_acceptances where authority_id = own and rehearsal_child_id in (table rehearsed)),
  d17 as (delete from public.referral_link_verdicts where authority_id = own and link_id in (table linked)),
  -- What joins it to another referral, which keeps everything of its own.
  d20 as (delete from public.referral_links where authority_id = own and id in (table linked)),
  d21 as (delete from public.child_matches where authority_id = own and id in (table matched)),
  -- What names the referral.
  d30 as (delete from public.escalations where authority_id = own and referral_id = target),
  d31 as (delete from public.letter_decisions where authority_id = own and referral_id = target),
  d32 as (delete from public.letters where authority_id = own and referral_id = target),
  d33 as (delete from public.help_arrangements where authority_id = own and referral_id = target),
  d34 as (delete from public.screening_tasks where authority_id = own and referral_id = target),
  d35 as (delete from public.sharing_marks where authority_id = own and referral_id = target),
  d36 as (delete from public.sharing_decisions where authority_id = own and referral_id = target),
  d37 as (delete from public.consents where authority_id = own and referral_id = target),
  d38 as (delete from public.restrictions where authority_id = own and referral_id = target),
  d39 as (delete from public.break_glass_grants where authority_id = own and referral_id = target),
  d40 as (delete from public.account_conflicts where authority_id = own and referral_id = target),
  d41 as (delete from public.legal_holds where authority_id = own and referral_id = target),
  d42 as (delete from public.retention_classes where authority_id = own and referral_id = target),
  d43 as (delete from public.milestones where authority_id = own and referral_id = target),
  d44 as (delete from public.overdue_notices where authority_id = own and referral_id = target),
  d45 as (delete from public.rehearsal_children where authority_id = own and referral_id = target),
  d46 as (delete from public.judgements where authority_id = own and referral_id = target),
  d47 as (delete from public.decisions where authority_id = own and referral_id = target),
  d48 as (delete from public.decision_proposals where authority_id = own and referral_id = target),
  d49 as (delete from public.recommendations where authority_id = own and referral_id = target),
  d50 as (delete from public.child_traits where authority_id = own and referral_id = target),
  d51 as (delete from public.child_match_keys where authority_id = own and referral_id = target),
  d52 as (delete from public.household_match_keys where authority_id = own and referral_id = target),
  d53 as (delete from public.child_identifiers where authority_id = own and referral_id = target),
  d54 as (delete from public.referral_children where authority_id = own and referral_id = target),
  d55 as (delete from public.referral_revisions where authority_id = own and referral_id = target),
  -- What the log committed to, with its salts, and the key; of joint rows also what is sealed by the key of the other.
  d60 as (
    delete from public.audit_payloads
    where authority_id = own and (
      referral_id = target
      or record_id in (table linked union all table matched)
      or record_id in (
        select id from public.referral_link_verdicts where authority_id = own and link_id in (table linked)
      )
    )
  ),
  d61 as (delete from public.referral_keys where authority_id = own and id = target),
  -- Answers kept for repeated commands: by the id in them, or by the entry of the log that came of the command.
  d62 as (
    delete from public.idempotency_keys
    where authority_id = own and (
      position(target::text in response) > 0
      or substring(response from '"audit":\{"position":([0-9]{1,15})')::bigint in (table told)
    )
  )
  delete from public.referrals where authority_id = own and id = target;
  perform set_config('app.disposing', '', true);
  perform set_config('app.purpose', before, true);
end
$$;
comment on function dispose_of_referral is
  'Destroys a referral whose disposal two people recorded in this transaction, with its key and all that hangs on it.';
revoke execute on function dispose_of_referral(uuid) from public;
grant execute on function dispose_of_referral(uuid) to threshold_app;
