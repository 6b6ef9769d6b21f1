-- A glass is broken for an hour at most, and again for the next: each time somebody is told and looks at it. Those that were broken
-- for longer under 0018 stay as they were recorded.
alter table break_glass_grants
  drop constraint break_glass_grants_time_check,
  add constraint break_glass_grants_time_check
    check (expires_at > granted_at and expires_at <= granted_at + interval '1 hour') not valid;
