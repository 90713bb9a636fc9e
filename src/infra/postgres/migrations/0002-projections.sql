-- How far the read models have come, and what stands in their way. Their own tables are made by the projector, from the projections.

create schema if not exists read_models;
grant usage on schema read_models to brigade_app, brigade_reader;

-- One row for each read model in use, and one (building) for each that is being built anew beside it.
create table public.projection_checkpoints (
  projection  text        not null,
  building    boolean     not null default false,
  version     integer     not null,
  position    bigint      not null,                   -- all events up to it are in the rows
  checkpoint  text        not null,                   -- where to read on; events up to position may come again
  stale_until bigint      not null,                   -- who saw rows at or before this position may have seen a table since replaced
  updated_at  timestamptz not null default now(),
  primary key (projection, building)
) with (fillfactor = 50);

-- Streams whose events a read model no longer takes in, since one could not be folded or its row was refused.
create table public.parked_streams (
  projection text        not null,
  building   boolean     not null,
  stream     text        not null,
  position   bigint      not null,                    -- of the event that could not be taken in
  type       text        not null,
  reason     text        not null check (reason in ('fold-failed', 'row-refused', 'type-unknown')),
  error      text        not null,
  parked_at  timestamptz not null default now(),
  primary key (projection, building, stream)
);

-- What changed in the rows that screens show, for an hour: the live stream reads on from here.
create table public.row_changes (
  position   bigint      not null,                    -- of the event that changed the row last in its batch
  ordinal    integer     not null,
  projection text        not null,
  key        text        not null,
  row        json,                                    -- null: it is gone
  written_at timestamptz not null default now(),
  primary key (position, ordinal)
);
create index row_changes_written_at on public.row_changes using brin (written_at);

-- One row: changes at or before this position may have been forgotten.
create table public.row_changes_forgotten (
  the_only boolean primary key default true check (the_only),
  position bigint  not null
);
insert into public.row_changes_forgotten (position) values (0);

grant select, insert, update, delete on public.projection_checkpoints, public.parked_streams, public.row_changes to brigade_app;
grant select, update on public.row_changes_forgotten to brigade_app;
