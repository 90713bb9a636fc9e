import type { Pool } from 'pg';
import { START, type EventStore, type LogEvent } from '../../commands/ports.ts';
import { ERASED } from '../../domain/personal.ts';
import type { PersonalData } from '../../http/ports.ts';
import { reachable } from '../identity/db.ts';
import type { HeldKey, Keyring } from './keyring.ts';
import { hasPersonalTexts, withTexts } from './personal-texts.ts';
import { openText, subjectOf } from './seal-text.ts';

type Needs = { readonly pool: Pool; readonly sealedStore: EventStore; readonly keys: Keyring };
type Text = PersonalData['texts'][number];

const PAGE = 2_000;

const ACCOUNT = `select email, full_name as "fullName", roles, location_ids as "locationIds", created_at as "createdAt", disabled_at as "disabledAt"
  from public.users where id::text = $1 and full_name <> $2`;
const SHIFTS = `select shift_id as "shiftId", location_id as "locationId", clocked_in_at as "clockedInAt", clocked_out_at as "clockedOutAt",
    worked_seconds::int as "workedSeconds", break_seconds::int as "breakSeconds"
  from read_models.shift_roster where user_id = $1 order by clocked_in_at`;

const textsIn = (event: LogEvent, subjectId: string, key: HeldKey): readonly Text[] => {
  const { stream, revision, type, recordedAt } = event;
  const texts: Text[] = [];
  withTexts(event, event.metadata.actor.userId, (text, field, subject) => {
    const sealedFor = subjectOf(text);
    if ((sealedFor ?? subject?.id) !== subjectId) return text;
    const opened =
      sealedFor === null ? text : key === null ? null : openText(key, text, { stream, revision, type, field, subject: subjectId });
    if (opened !== null && opened !== ERASED) texts.push({ stream, revision, type, field, text: opened, recordedAt });
    return text;
  });
  return texts;
};

/** All that is kept of a person: his account, what the log says about him, and his shifts. Reads the whole log. */
export const personalData = async ({ pool, sealedStore, keys }: Needs, subjectId: string): Promise<PersonalData> => {
  const db = reachable(pool);
  const key = (await keys.read([subjectId])).get(subjectId) ?? null;
  const texts: Text[] = [];
  for (let checkpoint = START; ;) {
    const page = await sealedStore.readLog(checkpoint, PAGE);
    if (page.events.length === 0) break;
    checkpoint = page.checkpoint;
    for (const event of page.events) if (hasPersonalTexts(event.type)) texts.push(...textsIn(event, subjectId, key));
  }
  const { rows: accounts } = await db.query<NonNullable<PersonalData['account']>>({ text: ACCOUNT, values: [subjectId, ERASED] });
  const { rows: shifts } = await db.query<PersonalData['shifts'][number]>({ text: SHIFTS, values: [subjectId] });
  return { subjectId, account: accounts[0] ?? null, texts, shifts };
};
