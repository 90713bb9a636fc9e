-- Whose data were erased, as far as this database has to know. The key is gone before a row is here.
create table public.erasures (
  subject    text primary key,
  kind       text        not null,
  reason     text        not null,
  erased_by  text        not null,
  erased_at  timestamptz not null,                    -- when the key was destroyed
  noted_at   timestamptz not null default clock_timestamp(),
  cleared_at timestamptz                              -- since when no read model has anything of it
);
create index erasures_noted_at on public.erasures (noted_at);
create index erasures_not_cleared on public.erasures (noted_at) where cleared_at is null;

grant select, insert, update on public.erasures to brigade_app;
