-- What belongs to no referral is sealed as well, such as that somebody is kin of a child who may be referred some day: by a key
-- of the authority's own, which stands among those of the referrals under the id of the authority.
alter table referral_keys
  add column referral_id uuid generated always as (nullif(id, authority_id)) stored,
  drop constraint referral_keys_referral_fkey,
  add constraint referral_keys_referral_fkey
    foreign key (authority_id, referral_id) references referrals (authority_id, id);
-- A referral that is disposed of asks whether anything names it.
create index referral_keys_by_referral on referral_keys (authority_id, referral_id);
comment on table referral_keys is
  'The key of each referral, and of the authority itself, wrapped. Whoever destroys one destroys what it sealed.';
comment on column referral_keys.id is 'The referral, or the authority for what belongs to no referral.';
comment on table audit_payloads is
  'What an entry commits to, with its salt, sealed by the key of the referral, or by the authority’s own.';
comment on column audit_payloads.referral_id is 'Whose key sealed it: the referral, or the authority.';
