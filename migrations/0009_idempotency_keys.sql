-- The answers already given, so that a repeated command is answered as it was the first time.

create table idempotency_keys (
  authority_id uuid not null,
  account_id uuid not null,
  key text not null,
  operation text not null,
  request_hash text not null,
  response text not null,
  recorded_at timestamptz(3) not null,
  constraint idempotency_keys_pkey primary key (authority_id, account_id, key),
  constraint idempotency_keys_account_fkey
    foreign key (authority_id, account_id) references accounts (authority_id, id),
  constraint idempotency_keys_key_check check (length(key) between 1 and 255)
);
comment on table idempotency_keys is 'The answer given to each keyed command of an account, written with what it did.';

select guard_tenant('idempotency_keys');
grant select, insert on idempotency_keys to threshold_app;
