-- Every event is chained to the one before it, and the chain's head signed now and then: docs/audit.md says how to check it.

create function public.iso_time(at timestamptz) returns text language sql stable parallel safe as
  $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- An event's canonical text: one line of JSON as the audit export has it, with data and metadata as they are stored.
create function public.event_line(
  "position" bigint, stream text, revision int, event_id uuid, type text, data text, metadata text, recorded text
) returns text language sql stable parallel safe as $$
  select '{"type":' || to_json(type)::text || ',"data":' || data || ',"eventId":"' || event_id::text || '","position":' || "position"::text
    || ',"stream":' || to_json(stream)::text || ',"revision":' || revision::text || ',"metadata":' || metadata
    || ',"recordedAt":"' || recorded || '"}'
$$;

-- sha256 over the chain of the event before (of the first: 32 zero bytes) and the sha256 of this event's line.
alter table public.events add column chain bytea;

-- What was written before there was a chain is chained as it lies.
alter table public.events disable trigger events_stay;
do $$
declare
  chained bytea := decode(repeat('00', 32), 'hex');
  event record;
begin
  for event in
    select e.position, sha256(convert_to(public.event_line(
        e.position, s.name, e.revision, e.event_id, e.type, e.data::text, e.metadata::text, public.iso_time(e.recorded_at)), 'UTF8')) as leaf
      from public.events e join public.streams s on s.id = e.stream_id order by e.position
  loop
    chained := sha256(chained || event.leaf);
    update public.events e set chain = chained where e.position = event.position;
  end loop;
end $$;
alter table public.events enable trigger events_stay;
alter table public.events alter column chain set not null;

-- The chain's heads as they were signed: each also carries the root of a tree over the events since the one before it.
create table public.signed_heads (
  position  bigint      primary key,
  after     bigint      not null unique,               -- position of the head before; 0: none
  chain     bytea       not null,
  root      bytea       not null,
  key_id    text        not null,
  signature bytea       not null,
  signed_at timestamptz not null
);
create trigger signed_heads_stay before update or delete or truncate on public.signed_heads
  for each statement execute function public.refuse_change();

-- How far each place that heads are sent to has them.
create table public.head_deliveries (
  place    text   primary key,
  position bigint not null
);

-- As before, and chains what it writes.
create or replace function public.append_batch(
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
  types_of constant text[] := string_to_array(types, rs);
  data_of  constant text[] := string_to_array(data, rs);
  recorded text;
  chained  bytea;
  chains   bytea[];
  append_nr int;
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

      if written > 0 then
        chained := decode(repeat('00', 32), 'hex');
        if first > 0 then
          select e.chain into chained from public.events e where e.position = first;
          if not found then
            raise exception 'Event % is missing at the end of the log: restore the database from a backup.', first using errcode = 'BR002';
          end if;
        end if;
        recorded := public.iso_time(at);
        chains := '{}';
        for nth in 1..total loop
          append_nr := of_append[nth];
          if verdicts is null or verdicts[append_nr] = -1 then
            chained := sha256(chained || sha256(convert_to(public.event_line(
              first + last[append_nr] - counts[append_nr] - expected[append_nr] + revisions[nth], names[append_nr], revisions[nth],
              event_ids[nth], types_of[nth], data_of[nth], metadata_of[append_nr], recorded), 'UTF8')));
          end if;
          chains := chains || chained;
        end loop;

        insert into public.events (position, stream_id, recorded_at, event_id, revision, type, data, metadata, chain)
          select first + last[e.append] - counts[e.append] - expected[e.append] + e.revision,
              stream_ids[e.append], at, e.event_id, e.revision, e.type, e.data::json, metadata_of[e.append]::json, e.chain
            from unnest(of_append, revisions, event_ids, types_of, data_of, chains)
              as e(append, revision, event_id, type, data, chain)
            where verdicts is null or verdicts[e.append] = -1;
      end if;

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

grant execute on function public.iso_time, public.event_line to brigade_app;
grant select, insert on public.signed_heads to brigade_app;
grant select, insert, update on public.head_deliveries to brigade_app;
