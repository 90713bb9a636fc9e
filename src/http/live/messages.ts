import type { Authenticate, ClientMessage, Subscribe, Unsubscribe } from './protocol.ts';
import { isTopicName } from './topics.ts';

const NAME_LENGTH = 64;
const TICKET_LENGTH = 512;

type Fields = { readonly [name: string]: unknown };

/** Null: not JSON, not a message we know, or with a field missing, wrong or unheard of. */
export const parseMessage = (text: string): ClientMessage | null => {
  const fields = parseObject(text);
  switch (fields?.['type']) {
    case 'authenticate':
      return authenticate(fields);
    case 'subscribe':
      return subscribe(fields);
    case 'unsubscribe':
      return unsubscribe(fields);
    default:
      return null;
  }
};

const authenticate = (fields: Fields): Authenticate | null => {
  const { type: _, ticket, ...rest } = fields;
  return isEmpty(rest) && isName(ticket, TICKET_LENGTH) ? { type: 'authenticate', ticket } : null;
};

const subscribe = (fields: Fields): Subscribe | null => {
  const { type: _, id, topic, locationId, station, after, ...rest } = fields;
  if (!isEmpty(rest) || !isName(id) || !isTopicName(topic) || !isName(locationId)) return null;
  if (topic === 'kitchen' ? !isName(station) : station !== undefined) return null;
  if (after !== undefined && !isPosition(after)) return null;
  return { type: 'subscribe', id, topic, locationId, ...(isName(station) && { station }), ...(after !== undefined && { after }) };
};

const unsubscribe = (fields: Fields): Unsubscribe | null => {
  const { type: _, id, ...rest } = fields;
  return isEmpty(rest) && isName(id) ? { type: 'unsubscribe', id } : null;
};

const parseObject = (text: string): Fields | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
};

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (fields: Fields): boolean => Object.keys(fields).length === 0;
const isName = (value: unknown, longest = NAME_LENGTH): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;
const isPosition = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
