-- brigade_app: what the program works as, once it has migrated; each migration grants it what it needs.
-- brigade_reader: people who look at the read models. Roles belong to the whole cluster, and another database may just be making them.
do $$ begin
  if current_setting('server_version_num')::int < 160000 then
    raise exception 'Brigade needs PostgreSQL 16 or newer, this is %', current_setting('server_version');
  end if;
end $$;

do $$
declare name text;
begin
  foreach name in array array['brigade_app', 'brigade_reader'] loop
    begin
      if not exists (select from pg_roles where rolname = name) then execute format('create role %I', name); end if;
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;

do $$ begin
  if not pg_has_role(current_user, 'brigade_app', 'SET') then grant brigade_app to current_user with set true; end if;
end $$;

grant usage on schema public to brigade_app, brigade_reader;
