-- Letters as they were sent, what became of them, and what became of help below the threshold. Facts only; what is owed,
-- due and overdue is derived.

-- A letter to the referrer goes to the account that sent the referral, and to no other.
alter table referrals add constraint referrals_sender_key unique (authority_id, id, received_by);

create table letters (
  authority_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  kind text not null,
  -- The account that it is for; null for a family, which has none.
  account_id uuid,
  addressee text not null,
  -- Whose words it is in; null where no policy was in force.
  policy_version_id uuid,
  title text not null,
  text text not null,
  html text not null,
  content_hash text not null,
  -- Why a family may hear of protection that was decided on.
  telling_is_safe text,
  -- By when its reader had to hear from us.
  due_at timestamptz(3) not null,
  written_by uuid,
  written_by_name text,
  written_at timestamptz(3) not null,
  constraint letters_pkey primary key (authority_id, id),
  constraint letters_referral_fkey foreign key (authority_id, referral_id) references referrals (authority_id, id),
  constraint letters_sender_fkey foreign key (authority_id, referral_id, account_id)
    references referrals (authority_id, id, received_by),
  constraint letters_policy_fkey foreign key (authority_id, policy_version_id)
    references policy_versions (authority_id, id),
  constraint letters_written_by_fkey foreign key (authority_id, written_by) references accounts (authority_id, id),
  constraint letters_kind_key unique (authority_id, id, kind, referral_id),
  constraint letters_account_key unique (authority_id, id, account_id),
  constraint letters_kind_check check (kind in ('acknowledgement', 'feedback', 'family_feedback')),
  constraint letters_family_has_no_account check ((kind = 'family_feedback') = (account_id is null)),
  -- The service acknowledges by itself; what was decided is told by a person.
  constraint letters_told_by_person check (kind = 'acknowledgement' or written_by is not null),
  constraint letters_writer_named check ((written_by is null) = (written_by_name is null)),
  constraint letters_words_check check (length(btrim(text)) > 0 and length(btrim(html)) > 0)
);
comment on table letters is 'Letters as they were sent, word for word.';
create unique index letters_acknowledged_once on letters (authority_id, referral_id) where kind = 'acknowledgement';
create index letters_by_time on letters (authority_id, written_at desc, id desc);
create index letters_by_referral on letters (authority_id, referral_id);

create table letter_decisions (
  authority_id uuid not null,
  id uuid not null,
  letter_id uuid not null,
  kind text not null,
  referral_id uuid not null,
  child_key text not null,
  decision_id uuid not null,
  constraint letter_decisions_pkey primary key (authority_id, id),
  constraint letter_decisions_letter_fkey foreign key (authority_id, letter_id, kind, referral_id)
    references letters (authority_id, id, kind, referral_id),
  constraint letter_decisions_decision_fkey foreign key (authority_id, decision_id, referral_id, child_key)
    references decisions (authority_id, id, referral_id, child_key),
  -- Nobody is told of what is not complete.
  constraint letter_decisions_are_complete foreign key (authority_id, decision_id)
    references decision_completions (authority_id, decision_id),
  constraint letter_decisions_told_once unique (authority_id, decision_id, kind),
  constraint letter_decisions_kind_check check (kind in ('feedback', 'family_feedback'))
);
comment on table letter_decisions is 'Which decisions a letter tells of; each is told once to each reader.';
create index letter_decisions_by_letter on letter_decisions (authority_id, letter_id);

create table letter_deliveries (
  authority_id uuid not null,
  id uuid not null,
  letter_id uuid not null,
  means text not null,
  outcome text not null,
  reason text,
  happened_at timestamptz(3) not null,
  recorded_by uuid not null,
  recorded_by_name text not null,
  recorded_at timestamptz(3) not null,
  constraint letter_deliveries_pkey primary key (authority_id, id),
  constraint letter_deliveries_letter_fkey foreign key (authority_id, letter_id) references letters (authority_id, id),
  constraint letter_deliveries_recorded_by_fkey foreign key (authority_id, recorded_by)
    references accounts (authority_id, id),
  constraint letter_deliveries_means_check
    check (means in ('service', 'secure_email', 'post', 'by_hand', 'telephone')),
  constraint letter_deliveries_outcome_check check (outcome in ('sent', 'delivered', 'failed')),
  constraint letter_deliveries_failure_has_reason check ((outcome = 'failed') = (reason is not null)),
  constraint letter_deliveries_happened_check check (happened_at <= recorded_at)
);
comment on table letter_deliveries is 'By what means a letter went out, and whether it came to its reader.';
create index letter_deliveries_by_letter on letter_deliveries (authority_id, letter_id);

create table letter_receipts (
  authority_id uuid not null,
  id uuid not null,
  letter_id uuid not null,
  confirmed_by uuid not null,
  confirmed_by_name text not null,
  confirmed_at timestamptz(3) not null,
  constraint letter_receipts_pkey primary key (authority_id, id),
  -- Only whoever the letter is for confirms that it came.
  constraint letter_receipts_by_reader foreign key (authority_id, letter_id, confirmed_by)
    references letters (authority_id, id, account_id),
  constraint letter_receipts_letter_key unique (authority_id, letter_id)
);
comment on table letter_receipts is 'The reader of a letter says that it came.';

-- ---------------------------------------------------------------------------------------------------------------------
-- What became of help that was arranged.

create table help_updates (
  authority_id uuid not null,
  id uuid not null,
  arrangement_id uuid not null,
  number integer not null,
  status text not null,
  notes text not null,
  follow_up_on date,
  updated_by uuid not null,
  updated_by_name text not null,
  updated_at timestamptz(3) not null,
  constraint help_updates_pkey primary key (authority_id, id),
  constraint help_updates_arrangement_fkey foreign key (authority_id, arrangement_id)
    references help_arrangements (authority_id, id),
  constraint help_updates_updated_by_fkey foreign key (authority_id, updated_by) references accounts (authority_id, id),
  constraint help_updates_number_key unique (authority_id, arrangement_id, number),
  constraint help_updates_number_check check (number >= 1),
  constraint help_updates_status_check check (status in ('offered', 'declined', 'secured')),
  constraint help_updates_notes_check check (length(btrim(notes)) > 0),
  -- What is only offered is looked at again.
  constraint help_updates_followed_up check (status <> 'offered' or follow_up_on is not null)
);
comment on table help_updates is 'What became of help that was arranged, and when somebody looks again.';

select
  guard_tenant(name::regclass), append_only(name::regclass)
from unnest(array[
  'letters', 'letter_decisions', 'letter_deliveries', 'letter_receipts', 'help_updates'
]) as name;
grant select, insert on letters, letter_decisions, letter_deliveries, letter_receipts, help_updates to threshold_app;
