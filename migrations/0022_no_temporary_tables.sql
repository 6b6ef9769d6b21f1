-- Nobody but the owner makes temporary tables: a service that was taken over has nowhere to put things aside.
-- PostgreSQL lets everybody by default. A copy or a restored database starts with that default again; `serve` says so.

do $$
begin
  execute format('revoke temporary on database %I from public', current_database());
end
$$;
