-- Published threshold documents.

create table policy_versions (
  authority_id uuid not null,
  id uuid not null,
  policy_id text not null,
  version text not null,
  title text not null,
  content_hash text not null,
  statutory_id text not null,
  statutory_version text not null,
  statutory_hash text not null,
  document text not null,
  statutory_document text not null,
  effective_from date not null,
  recorded_at timestamptz(3) not null,
  constraint policy_versions_pkey primary key (authority_id, id),
  constraint policy_versions_authority_fkey foreign key (authority_id) references authorities (id),
  constraint policy_versions_version_key unique (authority_id, policy_id, version),
  constraint policy_versions_content_key unique (authority_id, content_hash)
);
comment on table policy_versions is
  'Each published version of an authority''s threshold document with the statutory pack it stands on; never changed.';

create index policy_versions_by_effect on policy_versions (authority_id, effective_from desc, recorded_at desc);

select guard_tenant('policy_versions'), append_only('policy_versions');
grant select, insert on policy_versions to threshold_app;
