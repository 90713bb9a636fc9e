-- A log that was restored is another log: positions seen in the one before it may mean other events in this one.

-- One row: where the database was when the program last started. A database read back from a dump has another number; one that was
-- recovered to a point in time, or took over from a server that failed, is on another timeline.
create table public.log_place (
  the_only boolean primary key default true check (the_only),
  place    text
);
insert into public.log_place default values;

/*
Says that this is another log from now on: what read models and live streams noted of the former one is refused, and they are built anew.
Policies go on where they were: they must not act again on what they have acted on.
*/
create function public.begin_epoch() returns uuid language plpgsql as $$
declare
  former uuid;
  present uuid := gen_random_uuid();
  head bigint;
begin
  select h.epoch, h.position into strict former, head from public.log_head h for update;
  update public.log_head set epoch = present;
  update public.policy_checkpoints
    set position = least(position, head), checkpoint = present || '/' || least(split_part(checkpoint, '/', 2)::bigint, head), updated_at = now()
    where checkpoint like former || '/%';
  return present;
end $$;

-- True: the database was restored since the program last ran on it, and its log is another one now.
create function public.begin_epoch_where_moved() returns boolean language plpgsql as $$
declare
  before text;
  present text := (select concat_ws('/', c.system_identifier, d.oid, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))
    from pg_control_system() c, pg_database d where d.datname = current_database());
begin
  select place into strict before from public.log_place for update;
  if before = present then return false; end if;
  update public.log_place set place = present;
  if before is null then return false; end if;
  perform public.begin_epoch();
  return true;
end $$;

revoke execute on function public.begin_epoch, public.begin_epoch_where_moved from public;
