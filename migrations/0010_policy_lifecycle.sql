-- How a policy comes into force: drafts, what was submitted, who approved, what was published, what was retired.

-- What a publication refers to, so that it cannot name other bytes than those of the version.
alter table policy_versions
  add constraint policy_versions_bytes_key unique (authority_id, id, content_hash);

create table policy_sources (
  authority_id uuid not null,
  id uuid not null,
  policy_version_id uuid not null,
  files text not null,
  files_hash text not null,
  recorded_at timestamptz(3) not null,
  constraint policy_sources_pkey primary key (authority_id, id),
  constraint policy_sources_version_key unique (authority_id, policy_version_id),
  constraint policy_sources_version_fkey foreign key (authority_id, policy_version_id)
    references policy_versions (authority_id, id)
);
comment on table policy_sources is 'The files that a published version was made from, byte for byte.';

create table policy_drafts (
  authority_id uuid not null,
  id uuid not null,
  from_version_id uuid,
  created_at timestamptz(3) not null,
  created_by uuid not null,
  constraint policy_drafts_pkey primary key (authority_id, id),
  constraint policy_drafts_from_version_fkey foreign key (authority_id, from_version_id)
    references policy_versions (authority_id, id),
  constraint policy_drafts_created_by_fkey foreign key (authority_id, created_by) references accounts (authority_id, id)
);
comment on table policy_drafts is 'A policy that is being written; what it says is in its revisions.';

create index policy_drafts_by_time on policy_drafts (authority_id, created_at desc, id desc);

create table policy_draft_revisions (
  authority_id uuid not null,
  id uuid not null,
  draft_id uuid not null,
  revision integer not null,
  -- As JSON, in which a byte order mark and every line end are kept.
  files text not null,
  files_hash text not null,
  -- As the text names itself; null where it cannot be read.
  policy_id text,
  version text,
  change_reason text,
  recorded_at timestamptz(3) not null,
  recorded_by uuid not null,
  constraint policy_draft_revisions_pkey primary key (authority_id, id),
  constraint policy_draft_revisions_draft_fkey foreign key (authority_id, draft_id)
    references policy_drafts (authority_id, id),
  constraint policy_draft_revisions_recorded_by_fkey
    foreign key (authority_id, recorded_by) references accounts (authority_id, id),
  constraint policy_draft_revisions_revision_key unique (authority_id, draft_id, revision),
  constraint policy_draft_revisions_revision_check check (revision >= 1),
  constraint policy_draft_revisions_change_has_reason check (revision = 1 or change_reason is not null)
);
comment on table policy_draft_revisions is 'The files of a draft, as first given and as changed; the latest counts.';

create table policy_submissions (
  authority_id uuid not null,
  id uuid not null,
  draft_id uuid not null,
  revision integer not null,
  sequence integer not null,
  policy_id text not null,
  version text not null,
  title text not null,
  effective date not null,
  content_hash text not null,
  cases_hash text not null,
  files_hash text not null,
  document text not null,
  statutory_id text not null,
  statutory_version text not null,
  statutory_hash text not null,
  statutory_document text not null,
  note text,
  submitted_at timestamptz(3) not null,
  submitted_by uuid not null,
  constraint policy_submissions_pkey primary key (authority_id, id),
  constraint policy_submissions_revision_fkey foreign key (authority_id, draft_id, revision)
    references policy_draft_revisions (authority_id, draft_id, revision),
  constraint policy_submissions_submitted_by_fkey
    foreign key (authority_id, submitted_by) references accounts (authority_id, id),
  constraint policy_submissions_sequence_key unique (authority_id, draft_id, sequence),
  constraint policy_submissions_sequence_check check (sequence >= 1),
  -- What a review and a publication refer to, so that neither can be of other bytes.
  constraint policy_submissions_bytes_key unique (authority_id, id, content_hash, cases_hash),
  constraint policy_submissions_content_key unique (authority_id, id, content_hash)
);
comment on table policy_submissions is
  'A revision of a draft put forward for approval, with the resolved document that its hash is of.';

create table policy_reviews (
  authority_id uuid not null,
  id uuid not null,
  submission_id uuid not null,
  outcome text not null,
  content_hash text not null,
  cases_hash text not null,
  reason text,
  reviewed_at timestamptz(3) not null,
  reviewed_by uuid not null,
  constraint policy_reviews_pkey primary key (authority_id, id),
  constraint policy_reviews_bytes_fkey foreign key (authority_id, submission_id, content_hash, cases_hash)
    references policy_submissions (authority_id, id, content_hash, cases_hash),
  constraint policy_reviews_reviewed_by_fkey
    foreign key (authority_id, reviewed_by) references accounts (authority_id, id),
  constraint policy_reviews_outcome_key unique (authority_id, submission_id, outcome),
  constraint policy_reviews_submission_key unique (authority_id, id, submission_id),
  constraint policy_reviews_outcome_check check (outcome in ('approved', 'rejected', 'withdrawn')),
  constraint policy_reviews_refusal_has_reason check (outcome = 'approved' or reason is not null)
);
comment on table policy_reviews is 'What became of a submission: approved, rejected or withdrawn, by whom, of which bytes.';

create table policy_publications (
  authority_id uuid not null,
  id uuid not null,
  policy_version_id uuid not null,
  submission_id uuid not null,
  content_hash text not null,
  sequence integer not null,
  kind text not null,
  approval_id uuid,
  supersedes uuid,
  legacy_until date,
  reason text,
  published_at timestamptz(3) not null,
  published_by uuid not null,
  constraint policy_publications_pkey primary key (authority_id, id),
  constraint policy_publications_version_fkey foreign key (authority_id, policy_version_id, content_hash)
    references policy_versions (authority_id, id, content_hash),
  constraint policy_publications_submission_fkey foreign key (authority_id, submission_id, content_hash)
    references policy_submissions (authority_id, id, content_hash),
  constraint policy_publications_approval_fkey foreign key (authority_id, approval_id, submission_id)
    references policy_reviews (authority_id, id, submission_id),
  constraint policy_publications_supersedes_fkey foreign key (authority_id, supersedes)
    references policy_versions (authority_id, id),
  constraint policy_publications_published_by_fkey
    foreign key (authority_id, published_by) references accounts (authority_id, id),
  constraint policy_publications_version_key unique (authority_id, policy_version_id),
  constraint policy_publications_submission_key unique (authority_id, submission_id),
  -- Of two that publish at once one is the next, and the other is not.
  constraint policy_publications_sequence_key unique (authority_id, sequence),
  constraint policy_publications_sequence_check check (sequence >= 1),
  constraint policy_publications_kind_check check (kind in ('approved', 'hotfix')),
  constraint policy_publications_approved_has_approval check ((kind = 'approved') = (approval_id is not null)),
  constraint policy_publications_hotfix_has_reason check (kind <> 'hotfix' or reason is not null),
  constraint policy_publications_hotfix_replaces check (kind <> 'hotfix' or (supersedes is not null and legacy_until is null)),
  constraint policy_publications_legacy_of_something check (legacy_until is null or supersedes is not null)
);
comment on table policy_publications is 'That a submission became a published version: by whom, in whose place, on whose approval.';

create table policy_retirements (
  authority_id uuid not null,
  id uuid not null,
  policy_version_id uuid not null,
  retired_from date not null,
  reason text not null,
  retired_at timestamptz(3) not null,
  retired_by uuid not null,
  constraint policy_retirements_pkey primary key (authority_id, id),
  constraint policy_retirements_version_fkey foreign key (authority_id, policy_version_id)
    references policy_versions (authority_id, id),
  constraint policy_retirements_retired_by_fkey
    foreign key (authority_id, retired_by) references accounts (authority_id, id),
  constraint policy_retirements_version_key unique (authority_id, policy_version_id)
);
comment on table policy_retirements is 'From which day a published version is used no more, and why.';

-- They run with the rights of whoever inserts: what is another authority's is not seen, and so not accepted.
create function policy_reviews_four_eyes() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if new.outcome <> 'withdrawn' and not exists (
    select from accounts where authority_id = new.authority_id and id = new.reviewed_by and kind = 'human'
  ) then
    raise exception 'a policy is approved or rejected by a person'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'policy_reviews_by_person';
  end if;
  if new.outcome = 'approved' and exists (
    select from policy_submissions s
      join policy_draft_revisions r on r.authority_id = s.authority_id and r.draft_id = s.draft_id
      left join policy_publications p on p.authority_id = s.authority_id and p.submission_id = s.id
    where s.authority_id = new.authority_id and s.id = new.submission_id
      and new.reviewed_by in (s.submitted_by, r.recorded_by, p.published_by)
  ) then
    raise exception 'a policy is approved by somebody who did not write, submit or publish it'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'policy_reviews_by_another';
  end if;
  return new;
end
$$;
comment on function policy_reviews_four_eyes is 'Refuses an approval by a system, or by whoever wrote, submitted or published.';

create function policy_publications_four_eyes() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
  if not exists (
    select from accounts where authority_id = new.authority_id and id = new.published_by and kind = 'human'
  ) then
    raise exception 'a policy is published by a person'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'policy_publications_by_person';
  end if;
  if exists (
    select from policy_submissions s
      join policy_draft_revisions r on r.authority_id = s.authority_id and r.draft_id = s.draft_id
    where s.authority_id = new.authority_id and s.id = new.submission_id and r.revision > s.revision
  ) then
    raise exception 'the draft was changed after what is to be published was submitted'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'policy_publications_of_latest';
  end if;
  if new.kind = 'approved' and not exists (
    select from policy_reviews v
    where v.authority_id = new.authority_id and v.id = new.approval_id and v.outcome = 'approved'
  ) then
    raise exception 'what is published was approved'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'policy_publications_approved';
  end if;
  if new.kind = 'approved' and exists (
    select from policy_submissions s
      join policy_draft_revisions r on r.authority_id = s.authority_id and r.draft_id = s.draft_id
    where s.authority_id = new.authority_id and s.id = new.submission_id
      and new.published_by in (s.submitted_by, r.recorded_by)
  ) then
    raise exception 'a policy is published by somebody who did not write or submit it'
      using errcode = '23514', schema = tg_table_schema, table = tg_table_name,
            constraint = 'policy_publications_by_another';
  end if;
  return new;
end
$$;
comment on function policy_publications_four_eyes is
  'Refuses a publication by a system, of what was changed, without approval, or by whoever wrote it.';
revoke execute on function policy_reviews_four_eyes(), policy_publications_four_eyes() from public;

create trigger four_eyes before insert on policy_reviews
  for each row execute function policy_reviews_four_eyes();
create trigger four_eyes before insert on policy_publications
  for each row execute function policy_publications_four_eyes();

select
  guard_tenant('policy_sources'), guard_tenant('policy_drafts'), guard_tenant('policy_draft_revisions'),
  guard_tenant('policy_submissions'), guard_tenant('policy_reviews'), guard_tenant('policy_publications'),
  guard_tenant('policy_retirements'),
  append_only('policy_sources'), append_only('policy_drafts'), append_only('policy_draft_revisions'),
  append_only('policy_submissions'), append_only('policy_reviews'), append_only('policy_publications'),
  append_only('policy_retirements');
grant select, insert on
  policy_sources, policy_drafts, policy_draft_revisions, policy_submissions, policy_reviews, policy_publications,
  policy_retirements
  to threshold_app;
