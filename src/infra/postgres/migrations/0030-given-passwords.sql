-- Whether somebody else chose the password: where that is asked for, nothing counts until its owner has set one of his own.
alter table public.users add column password_given boolean not null default false;
