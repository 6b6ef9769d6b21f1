-- The tamper-evident log of each authority.

create table audit_entries (
  authority_id uuid not null,
  position bigint not null,
  recorded_at timestamptz(3) not null,
  actor_id uuid,
  event text not null,
  body bytea not null,
  entry_hash bytea not null,
  previous_hash bytea not null,
  constraint audit_entries_pkey primary key (authority_id, position),
  constraint audit_entries_authority_fkey foreign key (authority_id) references authorities (id),
  constraint audit_entries_actor_fkey foreign key (authority_id, actor_id) references accounts (authority_id, id),
  constraint audit_entries_hash_key unique (authority_id, entry_hash),
  constraint audit_entries_position_check check (position >= 0)
);
comment on table audit_entries is 'Everything that happened, in order, each entry bound to the one before by its hash.';

create table audit_heads (
  authority_id uuid not null,
  size bigint not null,
  head_hash bytea not null,
  constraint audit_heads_pkey primary key (authority_id),
  constraint audit_heads_authority_fkey foreign key (authority_id) references authorities (id),
  constraint audit_heads_size_check check (size >= 0)
);
comment on table audit_heads is 'Where the log of an authority ends; locked to append, so positions have no gaps.';

select guard_tenant('audit_entries'), guard_tenant('audit_heads'), append_only('audit_entries');
grant select, insert on audit_entries to threshold_app;
grant select, insert, update on audit_heads to threshold_app;
