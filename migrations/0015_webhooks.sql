-- What is told outside: an outbox of everything in the log, and the webhooks that it is sent to.

create table outbox_events (
  authority_id uuid not null,
  position bigint not null,
  event text not null,
  -- What it is about. Events of one subject are sent in the order in which they happened.
  subject text not null,
  child_key text,
  recorded_at timestamptz(3) not null,
  constraint outbox_events_pkey primary key (authority_id, position),
  -- Nothing is told that the log does not have.
  constraint outbox_events_entry_fkey foreign key (authority_id, position)
    references audit_entries (authority_id, position),
  constraint outbox_events_subject_check check (length(subject) > 0)
);
comment on table outbox_events is 'An event for each entry of the log, written with it, by its position there.';

create index outbox_events_by_subject on outbox_events (authority_id, subject, position);

create table webhooks (
  authority_id uuid not null,
  id uuid not null,
  url text not null,
  description text not null,
  -- Null for all, those of later versions as well.
  events text[],
  -- Events from here on are sent; earlier ones can be read.
  from_position bigint not null,
  added_at timestamptz(3) not null,
  added_by uuid not null,
  constraint webhooks_pkey primary key (authority_id, id),
  constraint webhooks_added_by_fkey foreign key (authority_id, added_by) references accounts (authority_id, id),
  constraint webhooks_url_check check (url ~ '^https?://'),
  constraint webhooks_events_check check (cardinality(events) > 0),
  constraint webhooks_from_position_check check (from_position >= 0)
);
comment on table webhooks is 'Addresses that an administrator wants events sent to.';

create index webhooks_by_time on webhooks (authority_id, added_at desc, id desc);

create table webhook_secrets (
  authority_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  sequence integer not null,
  secret text not null,
  made_at timestamptz(3) not null,
  made_by uuid not null,
  constraint webhook_secrets_pkey primary key (authority_id, id),
  constraint webhook_secrets_webhook_fkey foreign key (authority_id, webhook_id)
    references webhooks (authority_id, id),
  constraint webhook_secrets_made_by_fkey foreign key (authority_id, made_by) references accounts (authority_id, id),
  constraint webhook_secrets_sequence_key unique (authority_id, webhook_id, sequence),
  constraint webhook_secrets_sequence_check check (sequence >= 1),
  constraint webhook_secrets_secret_check check (secret ~ '^whsec_')
);
comment on table webhook_secrets is 'What messages to a webhook are signed with; the latest, and the former for a day.';

create table webhook_changes (
  authority_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  sequence integer not null,
  kind text not null,
  recorded_at timestamptz(3) not null,
  -- Null where the service did it, because the receiver said that it is gone.
  recorded_by uuid,
  constraint webhook_changes_pkey primary key (authority_id, id),
  constraint webhook_changes_webhook_fkey foreign key (authority_id, webhook_id)
    references webhooks (authority_id, id),
  constraint webhook_changes_recorded_by_fkey
    foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint webhook_changes_sequence_key unique (authority_id, webhook_id, sequence),
  constraint webhook_changes_sequence_check check (sequence >= 1),
  constraint webhook_changes_kind_check check (kind in ('paused', 'resumed', 'removed')),
  constraint webhook_changes_by_somebody check (recorded_by is not null or kind = 'paused')
);
comment on table webhook_changes is 'That a webhook was paused, resumed or removed; its state follows from the last.';

-- The two tables that follow are the work at hand and not a record: what was sent is in the attempts, who asked for what
-- is in the log. So they may be changed, and are never deleted from.
create table webhook_cursors (
  authority_id uuid not null,
  webhook_id uuid not null,
  next_position bigint not null,
  -- A receiver that does not answer at all is left alone so long, for all subjects.
  resting_until timestamptz(3),
  constraint webhook_cursors_pkey primary key (authority_id, webhook_id),
  constraint webhook_cursors_webhook_fkey foreign key (authority_id, webhook_id)
    references webhooks (authority_id, id),
  constraint webhook_cursors_next_position_check check (next_position >= 0)
);
comment on table webhook_cursors is 'Up to which event of the outbox deliveries to a webhook have been made out.';

create table webhook_deliveries (
  authority_id uuid not null,
  webhook_id uuid not null,
  position bigint not null,
  event text not null,
  subject text not null,
  -- When it is to be tried next; null when it is delivered or parked.
  due_at timestamptz(3),
  -- Somebody is sending it; after this instant somebody else may.
  leased_until timestamptz(3),
  -- How often it was tried since it was made out or replayed.
  tries integer not null,
  delivered_at timestamptz(3),
  parked_at timestamptz(3),
  constraint webhook_deliveries_pkey primary key (authority_id, webhook_id, position),
  constraint webhook_deliveries_webhook_fkey foreign key (authority_id, webhook_id)
    references webhooks (authority_id, id),
  constraint webhook_deliveries_event_fkey foreign key (authority_id, position)
    references outbox_events (authority_id, position),
  constraint webhook_deliveries_one_state check (num_nonnulls(due_at, delivered_at, parked_at) = 1),
  constraint webhook_deliveries_leased_while_due check (leased_until is null or due_at is not null),
  constraint webhook_deliveries_tries_check check (tries >= 0)
);
comment on table webhook_deliveries is 'Which event goes to which webhook, and how that stands.';

create index webhook_deliveries_open on webhook_deliveries (authority_id, webhook_id, subject, position)
  where due_at is not null;
create index webhook_deliveries_due on webhook_deliveries (authority_id, webhook_id, due_at) where due_at is not null;
create index webhook_deliveries_parked on webhook_deliveries (authority_id, webhook_id, position)
  where parked_at is not null;

create table webhook_attempts (
  authority_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  position bigint not null,
  number integer not null,
  outcome text not null,
  status integer,
  error text,
  duration_ms integer not null,
  attempted_at timestamptz(3) not null,
  retry_at timestamptz(3),
  constraint webhook_attempts_pkey primary key (authority_id, id),
  constraint webhook_attempts_delivery_fkey foreign key (authority_id, webhook_id, position)
    references webhook_deliveries (authority_id, webhook_id, position),
  constraint webhook_attempts_number_key unique (authority_id, webhook_id, position, number),
  constraint webhook_attempts_number_check check (number >= 1),
  constraint webhook_attempts_outcome_check check (outcome in ('delivered', 'failed', 'parked')),
  constraint webhook_attempts_failed_is_retried check ((outcome = 'failed') = (retry_at is not null)),
  constraint webhook_attempts_failure_has_error check ((outcome = 'delivered') = (error is null)),
  constraint webhook_attempts_duration_check check (duration_ms >= 0)
);
comment on table webhook_attempts is 'Each time that an event was sent to a webhook, and what came of it.';

create index webhook_attempts_by_time on webhook_attempts (authority_id, webhook_id, attempted_at desc, id desc);

select
  guard_tenant('outbox_events'), guard_tenant('webhooks'), guard_tenant('webhook_secrets'),
  guard_tenant('webhook_changes'), guard_tenant('webhook_cursors'), guard_tenant('webhook_deliveries'),
  guard_tenant('webhook_attempts'),
  append_only('outbox_events'), append_only('webhooks'), append_only('webhook_secrets'),
  append_only('webhook_changes'), append_only('webhook_attempts');
grant select, insert on outbox_events, webhooks, webhook_secrets, webhook_changes, webhook_attempts to threshold_app;
grant select, insert, update on webhook_cursors, webhook_deliveries to threshold_app;
