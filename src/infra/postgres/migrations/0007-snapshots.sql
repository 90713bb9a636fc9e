-- States of long streams, only so that they need not be folded from their beginning. Whatever is here may be deleted at any time.
create table public.snapshots (
  stream          text    primary key,
  revision        integer not null,
  position        bigint  not null,                   -- of the event with that revision: in another log it is another one's
  decider_version text    not null,                   -- of the rules that folded it
  state           text    not null,
  checksum        text    not null
);
grant select, insert, update, delete on public.snapshots to brigade_app;

-- What was noted of the former log is of no use in another one.
create function public.forget_snapshots() returns trigger language plpgsql as $$
begin
  delete from public.snapshots;
  return null;
end $$;
create trigger another_log after update of epoch on public.log_head for each statement execute function public.forget_snapshots();
