-- The log becomes a Merkle tree (RFC 6962) with signed checkpoints; what it commits to is kept sealed beside it; a second log
-- tells who looked at what.

-- A column that is generated when it is added, and an ordinary one from then on, is filled without updating a row: the
-- entries are append-only and hidden from whoever migrates.
alter table audit_entries
  add column leaf_hash bytea not null generated always as (sha256('\x00'::bytea || body)) stored,
  add column subtrees bytea not null generated always as (''::bytea) stored;
alter table audit_entries
  alter column leaf_hash drop expression,
  alter column subtrees drop expression;
comment on column audit_entries.subtrees is
  'Hashes of the subtrees of level 1 and up that this entry made full, the smallest first, 32 bytes each.';
alter table audit_heads add column frontier bytea not null default ''::bytea, add column checkpoint text;
alter table audit_heads alter column frontier drop default;
comment on column audit_heads.frontier is 'Hashes of the full subtrees that make up the tree, the largest first, 32 bytes each.';
comment on column audit_heads.checkpoint is 'The signed note of the newest checkpoint; null while nothing is signed.';

-- What earlier entries make is computed here, by the owner, who sets the protection aside for this transaction.
alter table audit_entries no force row level security, disable trigger append_only;
alter table audit_heads no force row level security;
create function pg_temp.node_of(leaf_hash bytea, subtrees bytea, level integer) returns bytea
language sql immutable
as $$ select case when level = 0 then leaf_hash else substring(subtrees from (level - 1) * 32 + 1 for 32) end $$;
do $$
declare
  level integer := 1;
  touched bigint;
  head record;
  start bigint;
  hashes bytea;
begin
  loop
    update audit_entries r
    set subtrees = r.subtrees || sha256(
      '\x01'::bytea || pg_temp.node_of(l.leaf_hash, l.subtrees, level - 1)
        || pg_temp.node_of(r.leaf_hash, r.subtrees, level - 1))
    from audit_entries l
    where (r.position + 1) % (1::bigint << level) = 0
      and l.authority_id = r.authority_id and l.position = r.position - (1::bigint << (level - 1));
    get diagnostics touched = row_count;
    exit when touched = 0;
    level := level + 1;
  end loop;
  for head in select authority_id, size from audit_heads loop
    start := 0;
    hashes := ''::bytea;
    for bit in reverse 62..0 loop
      continue when head.size & (1::bigint << bit) = 0;
      start := start + (1::bigint << bit);
      select hashes || pg_temp.node_of(leaf_hash, subtrees, bit) into hashes
      from audit_entries where authority_id = head.authority_id and position = start - 1;
    end loop;
    update audit_heads set frontier = hashes where authority_id = head.authority_id;
  end loop;
end
$$;
drop function pg_temp.node_of(bytea, bytea, integer);
alter table audit_entries
  force row level security,
  enable trigger append_only,
  drop column entry_hash,
  drop column previous_hash,
  add constraint audit_entries_leaf_check check (leaf_hash = sha256('\x00'::bytea || body)),
  add constraint audit_entries_subtrees_check check (octet_length(subtrees) % 32 = 0);
alter table audit_heads force row level security, drop column head_hash;
comment on table audit_entries is 'What was done, in order: the leaves of the tree, as the bytes that were hashed.';
comment on table audit_heads is 'Where the log of an authority ends; locked to append, so positions have no gaps.';

create table access_entries (
  authority_id uuid not null,
  position bigint not null,
  recorded_at timestamptz(3) not null,
  actor_id uuid,
  event text not null,
  body bytea not null,
  leaf_hash bytea not null,
  subtrees bytea not null,
  constraint access_entries_pkey primary key (authority_id, position),
  constraint access_entries_authority_fkey foreign key (authority_id) references authorities (id),
  constraint access_entries_actor_fkey foreign key (authority_id, actor_id) references accounts (authority_id, id),
  constraint access_entries_position_check check (position >= 0),
  constraint access_entries_leaf_check check (leaf_hash = sha256('\x00'::bytea || body)),
  constraint access_entries_subtrees_check check (octet_length(subtrees) % 32 = 0)
);
comment on table access_entries is 'Who looked at what, in order: the leaves of a second tree.';

create table access_heads (
  authority_id uuid not null,
  size bigint not null,
  frontier bytea not null,
  checkpoint text,
  constraint access_heads_pkey primary key (authority_id),
  constraint access_heads_authority_fkey foreign key (authority_id) references authorities (id),
  constraint access_heads_size_check check (size >= 0)
);
comment on table access_heads is 'Where the second log of an authority ends; locked to append.';

-- Sealed content is not hidden from accounts by restrictions: nobody reads it but to check a row that they see.
-- The keys by which the content of a referral is sealed, each wrapped by the key of the authority, which is not in the
-- database. It says nothing but that there is a referral.
create table referral_keys (
  authority_id uuid not null,
  id uuid not null,
  wrapped_by text not null,
  wrapped bytea not null,
  constraint referral_keys_pkey primary key (authority_id, id),
  constraint referral_keys_referral_fkey foreign key (authority_id, id) references referrals (authority_id, id)
);
comment on table referral_keys is 'The key of each referral, wrapped. Whoever destroys it destroys what it sealed.';

create table audit_payloads (
  authority_id uuid not null,
  position bigint not null,
  ordinal integer not null,
  table_name text not null,
  record_id uuid not null,
  referral_id uuid not null,
  sealed bytea not null,
  constraint audit_payloads_pkey primary key (authority_id, position, ordinal),
  constraint audit_payloads_entry_fkey foreign key (authority_id, position)
    references audit_entries (authority_id, position),
  constraint audit_payloads_key_fkey foreign key (authority_id, referral_id)
    references referral_keys (authority_id, id),
  constraint audit_payloads_ordinal_check check (ordinal >= 0)
);
comment on table audit_payloads is 'What an entry commits to, with its salt, sealed by the key of the referral.';
create index audit_payloads_by_record on audit_payloads (authority_id, record_id);

create table audit_checkpoints (
  authority_id uuid not null,
  log text not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamptz(3) not null,
  constraint audit_checkpoints_pkey primary key (authority_id, log, size),
  constraint audit_checkpoints_authority_fkey foreign key (authority_id) references authorities (id),
  constraint audit_checkpoints_log_check check (log in ('decisions', 'access')),
  constraint audit_checkpoints_size_check check (size > 0),
  constraint audit_checkpoints_root_check check (octet_length(root) = 32)
);
comment on table audit_checkpoints is 'What the signer has signed: so much of a log had this root then.';

create table audit_anchorings (
  authority_id uuid not null,
  log text not null,
  size bigint not null,
  anchor text not null,
  anchored_at timestamptz(3) not null,
  constraint audit_anchorings_pkey primary key (authority_id, log, size, anchor),
  constraint audit_anchorings_checkpoint_fkey foreign key (authority_id, log, size)
    references audit_checkpoints (authority_id, log, size)
);
comment on table audit_anchorings is 'Where a checkpoint was put outside this database.';

select
  guard_tenant('access_entries'), guard_tenant('access_heads'), guard_tenant('referral_keys'),
  guard_tenant('audit_payloads'), guard_tenant('audit_checkpoints'), guard_tenant('audit_anchorings'),
  append_only('access_entries'), append_only('referral_keys'), append_only('audit_payloads'),
  append_only('audit_checkpoints'), append_only('audit_anchorings');
grant select, insert on
  access_entries, referral_keys, audit_payloads, audit_checkpoints, audit_anchorings to threshold_app;
grant select, insert, update on access_heads to threshold_app;
