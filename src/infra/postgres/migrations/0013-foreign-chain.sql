-- A log kept elsewhere is chained here, by a projector that follows it: docs/audit.md says how to check it.

-- Its events stay there; here is what each of them was when it was first seen.
create table public.foreign_chain (
  position     bigint primary key,                    -- in the chain: from 1, without gaps
  log_position bigint not null unique,                -- of the event in its log
  chain        bytea  not null,                       -- as in public.events
  checkpoint   text                                   -- where to read its log on after this event; null: look at the next before it
);
create trigger foreign_chain_stay before update or delete or truncate on public.foreign_chain
  for each statement execute function public.refuse_change();

-- Apart from those of a log in this database, whose positions are others.
create table public.foreign_heads (like public.signed_heads including all);
create trigger foreign_heads_stay before update or delete or truncate on public.foreign_heads
  for each statement execute function public.refuse_change();

grant select, insert on public.foreign_chain, public.foreign_heads to brigade_app;
