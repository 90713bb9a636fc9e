-- People and terminals that may log in. Roles and locations are read from here on each request, never from a token.
create table public.users (
  id            uuid primary key,
  email         text        not null unique check (email = lower(email)),
  full_name     text        not null,
  password_hash text        not null,
  roles         text[]      not null,
  location_ids  text[],                               -- null: every location
  terminal_id   text,
  disabled_at   timestamptz,
  token_version integer     not null default 1,       -- raised to end all access tokens given before
  created_at    timestamptz not null,
  changed_at    timestamptz not null default clock_timestamp()
);
create index users_changed_at on public.users (changed_at);

-- Running programs ask each second who changed: whatever changes a user, also by hand, is seen.
create function public.stamp_changed_at() returns trigger language plpgsql as $$
begin
  new.changed_at = clock_timestamp();
  return new;
end $$;
create trigger users_changed before update on public.users for each row execute function public.stamp_changed_at();

-- One row for all refresh tokens that descend from one login. Only hashes are kept.
create table public.sessions (
  id            uuid primary key,
  user_id       uuid        not null references public.users on delete cascade,
  secret_hash   bytea       not null,                 -- of the one token that is good
  previous_hash bytea,                                -- of the token before it,
  rotated_at    timestamptz,                          -- exchanged then,
  salt          bytea,                                -- which with this salt gives the good one
  created_at    timestamptz not null,
  expires_at    timestamptz not null
);
create index sessions_user on public.sessions (user_id);
create index sessions_expires_at on public.sessions (expires_at);

-- Wrong passwords by e-mail address, known to us or not, so that a lock tells nobody which addresses exist.
create table public.login_failures (
  email_hash   bytea primary key,
  count        integer     not null,
  forgotten_at timestamptz not null
);
create index login_failures_forgotten_at on public.login_failures (forgotten_at);

create table public.live_tickets (
  hash       bytea primary key,
  principal  json        not null,
  expires_at timestamptz not null
);
create index live_tickets_expires_at on public.live_tickets (expires_at);

grant select, insert, update, delete on public.users, public.sessions, public.login_failures, public.live_tickets to brigade_app;
