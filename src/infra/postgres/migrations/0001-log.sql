-- The log: what happened, in order, for ever.

-- One row. Whoever appends holds it until the commit, so positions have no gaps and their order is the order of commits.
create table public.log_head (
  the_only    boolean     primary key default true check (the_only),
  position    bigint      not null,
  recorded_at timestamptz not null,                   -- of the last batch: time never runs backwards along the log
  epoch       uuid        not null                    -- another log, restored or started anew, has another one
) with (fillfactor = 10);
insert into public.log_head (position, recorded_at, epoch) values (0, '-infinity', gen_random_uuid());

create table public.streams (
  id   bigint generated always as identity primary key,
  name text   not null unique
);

-- json, not jsonb: what was written is kept to the letter, and costs less to write.
create table public.events (
  position    bigint      primary key,
  stream_id   bigint      not null,                   -- streams.id; append_batch alone writes here
  recorded_at timestamptz not null,
  event_id    uuid        not null,
  revision    integer     not null,
  type        text        not null,
  data        json        not null,
  metadata    json        not null,
  unique (stream_id, revision)
);

-- What a command's sender was told, so that a retry is told the same.
create table public.receipts (
  scope       text        not null,
  key         text        not null,
  fingerprint text        not null,
  outcome     json        not null,
  stream      text        not null,
  revision    integer     not null,
  position    bigint      not null,
  recorded_at timestamptz not null,
  primary key (scope, key)
);

create function public.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'What is in % stays as it is: append a correcting event instead.', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger events_stay before update or delete or truncate on public.events for each statement execute function public.refuse_change();
create trigger receipts_stay before update or delete or truncate on public.receipts for each statement execute function public.refuse_change();

/*
Many appends, each with its own expected revision, in one call and one commit. Refusing one leaves the others be.
Texts are lists with U+001E between their items, which JSON cannot contain unescaped: cheaper than arrays of text.

One item an append: streams (names), ids (of streams; 0: not known to the caller), expected, counts (of events), ends (how many
events the appends up to and with it have), metadata (of all its events). One item an event: of_append (its append's number),
revisions, event_ids, types, data. One item a receipt: receipt_of (its append's number), scopes, keys, fingerprints, outcomes.
No stream and no receipt's key comes twice.

careful false: the caller knows that the streams are at their expected revisions; the unique keys catch him when he is wrong.
first: the log's head before the batch. verdicts: null when all were written, or one an append:
-1 written, -2 the receipt is known, else the stream's actual revision.
*/
create function public.append_batch(
  same_epoch uuid, careful boolean,
  streams text, ids bigint[], expected int[], counts int[], ends int[], metadata text,
  of_append int[], revisions int[], event_ids uuid[], types text, data text,
  receipt_of int[], scopes text, keys text, fingerprints text, outcomes text,
  out first bigint, out at timestamptz, out stream_ids bigint[], out verdicts int[]
) language plpgsql as $$
#variable_conflict use_variable
declare
  rs     constant text   := chr(30);
  names  constant text[] := string_to_array(streams, rs);
  metadata_of  constant text[] := string_to_array(metadata, rs);
  last   int[]           := ends;
  total  constant int    := ends[cardinality(ends)];
  written int            := total;
  known_scopes text[];
  known_keys   text[];
begin
  loop
    begin
      update public.log_head h
        set position = h.position + total, recorded_at = greatest(h.recorded_at, date_trunc('milliseconds', clock_timestamp()))
        where h.epoch = same_epoch
        returning h.position - total, h.recorded_at into first, at;
      if not found then raise exception 'The log is another one than before.' using errcode = 'BR001'; end if;

      if careful then
        select array_agg(r.scope order by a.ord), array_agg(r.key order by a.ord) into known_scopes, known_keys
          from unnest(counts) with ordinality as a(count, ord)
          left join unnest(receipt_of, string_to_array(scopes, rs), string_to_array(keys, rs)) as r(append, scope, key) on r.append = a.ord;
        verdicts := array(
          select case
              when exists (select from public.receipts r where r.scope = known_scopes[a.ord] and r.key = known_keys[a.ord]) then -2
              when a.count > 0 and actual.revision <> a.expected then actual.revision
              else -1 end
            from unnest(names, ids, expected, counts) with ordinality as a(name, id, expected, count, ord)
            cross join lateral (
              select coalesce((
                select e.revision from public.events e
                where e.stream_id = case when a.id > 0 then a.id else (select s.id from public.streams s where s.name = a.name) end
                order by e.revision desc limit 1), 0) as revision
            ) as actual
            order by a.ord);
        last := array(
          select sum(case when a.verdict = -1 then a.count else 0 end) over (order by a.ord)
            from unnest(verdicts, counts) with ordinality as a(verdict, count, ord) order by a.ord);
        written := last[cardinality(last)];
        if written < total then
          update public.log_head h set position = h.position - (total - written);
        end if;
      end if;

      if 0 = any (ids) then
        insert into public.streams (name)
          select a.name from unnest(names, ids, expected, counts, verdicts) as a(name, id, expected, count, verdict)
          where a.id = 0 and a.expected = 0 and a.count > 0 and (a.verdict is null or a.verdict = -1)
            and not exists (select from public.streams s where s.name = a.name);
        stream_ids := array(
          select case when a.id > 0 then a.id else coalesce((select s.id from public.streams s where s.name = a.name), 0) end
            from unnest(names, ids) with ordinality as a(name, id, ord) order by a.ord);
      else
        stream_ids := ids;
      end if;

      insert into public.events (position, stream_id, recorded_at, event_id, revision, type, data, metadata)
        select first + last[e.append] - counts[e.append] - expected[e.append] + e.revision,
            stream_ids[e.append], at, e.event_id, e.revision, e.type, e.data::json, metadata_of[e.append]::json
          from unnest(of_append, revisions, event_ids, string_to_array(types, rs), string_to_array(data, rs))
            as e(append, revision, event_id, type, data)
          where verdicts is null or verdicts[e.append] = -1;

      if cardinality(receipt_of) > 0 then
        insert into public.receipts (scope, key, fingerprint, outcome, stream, revision, position, recorded_at)
          select r.scope, r.key, r.fingerprint, r.outcome::json, names[r.append], expected[r.append] + counts[r.append], first + last[r.append], at
            from unnest(receipt_of, string_to_array(scopes, rs), string_to_array(keys, rs), string_to_array(fingerprints, rs),
              string_to_array(outcomes, rs)) as r(append, scope, key, fingerprint, outcome)
            where verdicts is null or verdicts[r.append] = -1;
      end if;

      if written > 0 then perform pg_notify('log_appended', (first + written)::text); end if;
      return;
    exception when unique_violation then
      if careful then raise; end if;
      careful := true;
    end;
  end loop;
end $$;

-- Where the log is not in this database, a key is claimed before the append and its receipt completed after it. What is left here
-- was cut off in between: whether the append came through, the stream tells by the command's id.
create table public.pending_receipts (
  scope       text        not null,
  key         text        not null,
  fingerprint text        not null,
  outcome     json        not null,
  stream      text        not null,
  command_id  text        not null,
  claimed_at  timestamptz not null,
  primary key (scope, key)
);

/*
Claims a key for one command. 'claimed': it is ours. 'known': it was used, the receipt says for what. 'pending': another holds it.
The receipts are looked at after the claim: whoever completed one in between has given up his claim in the same transaction.
*/
create function public.claim_receipt(
  a_scope text, a_key text, a_fingerprint text, an_outcome text, a_stream text, a_command_id text,
  out state text, out fingerprint text, out outcome json, out stream text, out revision int, out "position" bigint, out command_id text, out age interval
) language plpgsql as $$
#variable_conflict use_column
begin
  loop
    insert into public.pending_receipts (scope, key, fingerprint, outcome, stream, command_id, claimed_at)
      values (a_scope, a_key, a_fingerprint, an_outcome::json, a_stream, a_command_id, clock_timestamp()) on conflict do nothing;
    state := case when found then 'claimed' else 'pending' end;
    select r.fingerprint, r.outcome, r.stream, r.revision, r.position into fingerprint, outcome, stream, revision, "position"
      from public.receipts r where r.scope = a_scope and r.key = a_key;
    if found then
      if state = 'claimed' then
        delete from public.pending_receipts p where p.scope = a_scope and p.key = a_key and p.command_id = a_command_id;
      end if;
      state := 'known';
      return;
    end if;
    if state = 'claimed' then return; end if;
    select p.fingerprint, p.outcome, p.stream, p.command_id, clock_timestamp() - p.claimed_at into fingerprint, outcome, stream, command_id, age
      from public.pending_receipts p where p.scope = a_scope and p.key = a_key;
    if found then return; end if;
  end loop;
end $$;

create schema if not exists read_models;

-- The log as people read it: who, from where, in answer to what.
create view read_models.audit_trail as
  select e.position, e.event_id, s.name as stream, e.revision, e.type, e.recorded_at,
      coalesce(m."occurredAt", e.recorded_at) as occurred_at,
      m.actor ->> 'userId' as actor_id, m.actor -> 'roles' as actor_roles, m.actor ->> 'terminalId' as terminal_id, m."locationId" as location_id,
      m."commandId" as command_id, m."commandType" as command_type, m."correlationId" as correlation_id, m."causationId" as causation_id,
      e.data, e.metadata
    from public.events e
    join public.streams s on s.id = e.stream_id
    cross join lateral json_to_record(e.metadata) as m(
      "commandId" text, "commandType" text, "correlationId" text, "causationId" text, actor json, "locationId" text, "occurredAt" timestamptz);

revoke execute on function public.append_batch, public.claim_receipt from public;
grant execute on function public.append_batch, public.claim_receipt to brigade_app;
grant select, insert on public.events, public.streams, public.receipts to brigade_app;
grant select, update (position, recorded_at) on public.log_head to brigade_app;
grant select, insert, update, delete on public.pending_receipts to brigade_app;
grant usage on schema read_models to brigade_app, brigade_reader;
grant select on read_models.audit_trail to brigade_app, brigade_reader;
