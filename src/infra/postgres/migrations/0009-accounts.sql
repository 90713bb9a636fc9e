-- Accounts that people make and keep themselves, what belongs to them, and sessions that can be looked at and ended.
alter table public.users
  add column preferences json        not null default '{}',
  add column removed_at  timestamptz;                        -- then nothing is left but the id, which the log names

-- A session that was ended stays until it would have run out, so that every program learns of it.
alter table public.sessions
  add column ended_at    timestamptz,                        -- by the database's clock, as users.changed_at
  add column ended_why   text,
  add column used_at     timestamptz,
  add column method      text not null default 'password',   -- how it was opened: password, pin, terminal
  add column terminal_id text,                               -- of a person's session at a shared terminal
  add column location_id text;                               -- where that terminal stands
create index sessions_ended_at on public.sessions (ended_at);

-- Failures by what was tried: an account, an address, a known device, a terminal. All are kept as hashes.
drop table public.login_failures;
create table public.login_failures (
  subject      bytea primary key,
  count        integer     not null,
  locked_until timestamptz,
  forgotten_at timestamptz not null
);
create index login_failures_forgotten_at on public.login_failures (forgotten_at);

-- Devices on which an account was logged in to: strangers' guesses do not lock these out.
create table public.known_devices (
  device_hash bytea       not null,
  user_id     uuid        not null references public.users on delete cascade,
  known_since timestamptz not null,
  primary key (device_hash, user_id)
);
create index known_devices_user on public.known_devices (user_id);

-- Named sets of permissions that a restaurant makes for itself; users.roles names them beside the built-in ones.
create table public.custom_roles (
  id          uuid primary key,
  name        text   not null unique,
  permissions text[] not null,
  location_id text,                                          -- null: wherever its holder may be
  created_at  timestamptz not null
);

create table public.second_factors (
  user_id      uuid primary key references public.users on delete cascade,
  sealed       bytea  not null,                              -- the shared secret, encrypted with a key that is not in the database
  confirmed_at timestamptz,
  last_step    bigint not null default 0                     -- of the code used last: none is good twice
);
create table public.recovery_codes (
  user_id   uuid  not null references public.users on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

-- Whoever holds a changed role, or gets or loses a second factor, counts as changed himself.
create function public.stamp_holders() returns trigger language plpgsql as $$
begin
  update public.users set changed_at = clock_timestamp() where roles && array[old.name, new.name];
  return null;
end $$;
create trigger custom_roles_changed after insert or update or delete on public.custom_roles
  for each row execute function public.stamp_holders();
create function public.stamp_owner() returns trigger language plpgsql as $$
begin
  update public.users set changed_at = clock_timestamp() where id = coalesce(new.user_id, old.user_id);
  return null;
end $$;
create trigger second_factors_changed after insert or update or delete on public.second_factors
  for each row execute function public.stamp_owner();

-- One-time links that set a new password; only hashes are kept.
create table public.password_resets (
  token_hash bytea       primary key,
  user_id    uuid        not null references public.users on delete cascade,
  expires_at timestamptz not null
);
create index password_resets_user on public.password_resets (user_id);

-- Which person a PIN names at a shared terminal: an HMAC under a key that is not in the database.
create table public.pins (
  user_id   uuid primary key references public.users on delete cascade,
  pin_hmac  bytea       not null unique,
  issued_at timestamptz not null
);

-- A manager's word for one thing, given with his PIN at a terminal.
create table public.approvals (
  token_hash  bytea       primary key,
  approver_id uuid        not null references public.users on delete cascade,
  permission  text        not null,
  subject     text        not null,
  terminal_id text        not null,
  expires_at  timestamptz not null
);
create index approvals_expires_at on public.approvals (expires_at);

grant select, insert, update, delete on public.login_failures, public.known_devices, public.custom_roles, public.second_factors,
  public.recovery_codes, public.password_resets, public.pins, public.approvals to brigade_app;
