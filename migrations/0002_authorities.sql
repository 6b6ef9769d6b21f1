-- The register of authorities.

create table authorities (
  id uuid not null,
  code text not null,
  name text not null,
  created_at timestamptz(3) not null,
  constraint authorities_pkey primary key (id),
  constraint authorities_code_key unique (code)
);
comment on table authorities is 'The local authorities served here: public names and codes, nothing about any person.';

-- The one table without row-level security: it is the list of tenants itself and holds only what is public.
grant select on authorities to threshold_app;
