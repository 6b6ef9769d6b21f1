-- Who may act for an authority, and in which roles.

create table accounts (
  authority_id uuid not null,
  id uuid not null,
  subject text not null,
  display_name text not null,
  kind text not null,
  agency text,
  qualification text,
  created_at timestamptz(3) not null,
  constraint accounts_pkey primary key (authority_id, id),
  constraint accounts_authority_fkey foreign key (authority_id) references authorities (id),
  constraint accounts_subject_key unique (authority_id, subject),
  constraint accounts_kind_check check (kind in ('human', 'system')),
  constraint accounts_qualification_check check (qualification in ('social_work')),
  constraint accounts_qualified_human check (kind = 'human' or qualification is null)
);
comment on table accounts is 'People and systems of one authority, by the subject of their token.';
comment on column accounts.qualification is 'A fact of the person, not a role: what lets somebody decide.';

create table account_roles (
  authority_id uuid not null,
  account_id uuid not null,
  role text not null,
  granted_at timestamptz(3) not null,
  constraint account_roles_pkey primary key (authority_id, account_id, role),
  constraint account_roles_account_fkey foreign key (authority_id, account_id) references accounts (authority_id, id),
  constraint account_roles_role_check check (role in (
    'referrer', 'system', 'screener', 'supervisor', 'panel_member', 'policy_author', 'policy_approver', 'auditor',
    'administrator'
  ))
);
comment on table account_roles is 'What an account may do for its authority, looked up at each request.';

select guard_tenant('accounts'), guard_tenant('account_roles');
grant select on accounts, account_roles to threshold_app;
