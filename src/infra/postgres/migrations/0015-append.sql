-- As before; and whoever appends may have chained the events himself, which costs him less than it costs here.

create function public.append_batch(
  same_epoch uuid, careful boolean,
  streams text, ids bigint[], expected int[], counts int[], ends int[], metadata text,
  of_append int[], revisions int[], event_ids uuid[], types text, data text,
  receipt_of int[], scopes text, keys text, fingerprints text, outcomes text,
  assumed_first bigint, assumed_chain bytea, assumed_at timestamptz, assumed_chains bytea,
  out first bigint, out at timestamptz, out stream_ids bigint[], out verdicts int[], out linked boolean, out chain bytea
) language plpgsql as $$
#variable_conflict use_variable
/*
Many appends, each with its own expected revision, in one call and one commit. Refusing one leaves the others be.
Texts are lists with U+001E between their items, which JSON cannot contain unescaped: cheaper than arrays of text.

One item an append: streams (names), ids (of streams; 0: not known to the caller), expected, counts (of events), ends (how many
events the appends up to and with it have), metadata (of all its events). One item an event: of_append (its append's number),
revisions, event_ids, types, data. One item a receipt: receipt_of (its append's number), scopes, keys, fingerprints, outcomes.
No stream and no receipt's key comes twice.

careful false: the caller knows that the streams are at their expected revisions; the unique keys catch him when he is wrong.
assumed_*, null: not known. Where the log ends (position and chain) as far as the caller knows, and the time and the chain's values
(32 bytes an event) of the events if it does and all are written. The time is taken where it is now by this server's clock too.
first: the log's head before the batch. verdicts: null when all were written, or one an append:
-1 written, -2 the receipt is known, else the stream's actual revision. linked: as assumed. chain: of the last event, unless linked.
*/
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
  chains   bytea[];
  append_nr int;
begin
  loop
    begin
      update public.log_head h
        set position = h.position + total, recorded_at = case
            when h.position = assumed_first and assumed_at >= h.recorded_at and abs(extract(epoch from clock_timestamp() - assumed_at)) < 1 then assumed_at
            else greatest(h.recorded_at, date_trunc('milliseconds', clock_timestamp())) end
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

      if not 0 = any (ids) then
        stream_ids := ids;
      elsif careful then
        insert into public.streams (name)
          select a.name from unnest(names, ids, expected, counts, verdicts) as a(name, id, expected, count, verdict)
          where a.id = 0 and a.expected = 0 and a.count > 0 and a.verdict = -1
            and not exists (select from public.streams s where s.name = a.name);
        stream_ids := array(
          select case when a.id > 0 then a.id else coalesce((select s.id from public.streams s where s.name = a.name), 0) end
            from unnest(names, ids) with ordinality as a(name, id, ord) order by a.ord);
      else
        -- A stream that is at its expected revision and has no id is new.
        stream_ids := array(
          select case when a.id > 0 then a.id when a.count > 0 then nextval('public.streams_id_seq') else 0 end
            from unnest(ids, counts) with ordinality as a(id, count, ord) order by a.ord);
        insert into public.streams (id, name) overriding system value
          select a.new_id, a.name from unnest(ids, stream_ids, names) as a(id, new_id, name) where a.id = 0 and a.new_id > 0;
      end if;

      linked := false;
      if written > 0 then
        chain := decode(repeat('00', 32), 'hex');
        if first > 0 then
          select e.chain into chain from public.events e where e.position = first;
          if not found then
            raise exception 'Event % is missing at the end of the log: restore the database from a backup.', first using errcode = 'BR002';
          end if;
        end if;
        linked := coalesce(written = total and first = assumed_first and chain = assumed_chain and at = assumed_at, false);
      end if;

      if linked then
        insert into public.events (position, stream_id, recorded_at, event_id, revision, type, data, metadata, chain)
          select first + e.ord, stream_ids[e.append], at, e.event_id, e.revision, e.type, e.data::json, metadata_of[e.append]::json,
              substring(assumed_chains from e.ord::int * 32 - 31 for 32)
            from unnest(of_append, revisions, event_ids, types_of, data_of) with ordinality as e(append, revision, event_id, type, data, ord);
        chain := null;
      elsif written > 0 then
        recorded := public.iso_time(at);
        chains := '{}';
        for nth in 1..total loop
          append_nr := of_append[nth];
          if verdicts is null or verdicts[append_nr] = -1 then
            chain := sha256(chain || sha256(convert_to(public.event_line(
              first + last[append_nr] - counts[append_nr] - expected[append_nr] + revisions[nth], names[append_nr], revisions[nth],
              event_ids[nth], types_of[nth], data_of[nth], metadata_of[append_nr], recorded), 'UTF8')));
          end if;
          chains := chains || chain;
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

-- A program of the version before calls the function it knows while the versions change over.
create or replace function public.append_batch(
  same_epoch uuid, careful boolean,
  streams text, ids bigint[], expected int[], counts int[], ends int[], metadata text,
  of_append int[], revisions int[], event_ids uuid[], types text, data text,
  receipt_of int[], scopes text, keys text, fingerprints text, outcomes text,
  out first bigint, out at timestamptz, out stream_ids bigint[], out verdicts int[]
) language sql as $$
  select first, at, stream_ids, verdicts from public.append_batch(
    same_epoch, careful, streams, ids, expected, counts, ends, metadata, of_append, revisions, event_ids, types, data,
    receipt_of, scopes, keys, fingerprints, outcomes, null, null, null, null)
$$;

revoke execute on function public.append_batch(
  uuid, boolean, text, bigint[], int[], int[], int[], text, int[], int[], uuid[], text, text, int[], text, text, text, text,
  bigint, bytea, timestamptz, bytea) from public;
grant execute on function public.append_batch(
  uuid, boolean, text, bigint[], int[], int[], int[], text, int[], int[], uuid[], text, text, int[], text, text, text, text,
  bigint, bytea, timestamptz, bytea) to brigade_app;
grant usage on sequence public.streams_id_seq to brigade_app;
