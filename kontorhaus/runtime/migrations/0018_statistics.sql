-- After an import the planner shall know at once how much a tenant has, not a minute later: until
-- then it takes the tenant for empty and joins row by row.
create function refresh_statistics() returns void
language plpgsql security definer set search_path from current as $$
begin
    analyze account, period, intent, event, account_balance, tax_balance;
end
$$;
revoke execute on function refresh_statistics() from public;
grant execute on function refresh_statistics() to kontorhaus_app;
