-- How far in the log each policy has come. Its effects up to there are done.
create table public.policy_checkpoints (
  policy     text primary key,
  checkpoint text        not null,
  position   bigint      not null,
  updated_at timestamptz not null default now()
);

-- Commands of policies that were refused: the policy went on, and a person may want to know.
create table public.policy_refusals (
  policy       text        not null,
  event_id     text        not null,
  effect       integer     not null,              -- the event's nth effect, from 0; -1: the policy itself failed
  position     bigint      not null,
  command_type text,
  code         text        not null,
  detail       text        not null,
  at           timestamptz not null default now(),
  primary key (policy, event_id, effect)
);

-- Jobs that policies want done, written with their checkpoint; a relay hands them to the job queues, under the same id.
create table public.outbox (
  id         text primary key,                    -- made from policy, event and effect: written again it is the same row
  number     bigint      generated always as identity unique,
  queue      text        not null,
  name       text        not null,
  data       json        not null,
  cause      json        not null,                -- event id, correlation id, location, when it happened
  created_at timestamptz not null default now(),
  relayed_at timestamptz
);
create index outbox_waiting on public.outbox (number) where relayed_at is null;

grant select, insert, update on public.policy_checkpoints, public.outbox to brigade_app;
grant select, insert on public.policy_refusals to brigade_app;
