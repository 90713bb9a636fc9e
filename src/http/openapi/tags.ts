import type { Part } from './parts.ts';

const TAGS: { readonly [name: string]: { readonly paths: RegExp; readonly description: string } } = {
  Session: {
    paths: /^\/(auth|users\/me|refresh_tokens|\.well-known)\b/,
    description: 'Log in, stay logged in, log out, and keep your account.',
  },
  Accounts: { paths: /^\/(users|roles|terminals)\b/, description: 'Who may come in, what each may do, and where.' },
  Orders: { paths: /^\/orders\b/, description: 'What guests order and pay, from the first line to the last tender.' },
  Kitchen: { paths: /^\/kitchen\b/, description: 'Tickets by station: what to cook, what is ready, what has gone.' },
  Tables: { paths: /^\/tables\b/, description: 'Who sits where.' },
  Menu: {
    paths: /^\/(menu\b|menu-items\b|locations\/\{locationId\}\/(stations|categories)\b)/,
    description: 'Stations, categories, items, prices and recipes.',
  },
  Stock: {
    paths: /^\/stock-items\b/,
    description: 'What is in the store-room. Quantities come in any unit of their dimension and are kept exact.',
  },
  Alerts: { paths: /^\/alerts\b/, description: 'What asks for somebody’s attention.' },
  Shifts: { paths: /^\/shifts\b/, description: 'Who works when.' },
  Reports: { paths: /^\/reports\b/, description: 'Figures by business day, in the location’s time zone.' },
  Locations: { paths: /^\/locations\b/, description: 'The restaurants.' },
  Live: {
    paths: /^\/live\b/,
    description: [
      'Screens follow what they show over a WebSocket at `/api/v1/live`, one JSON object a frame. Take a ticket here, connect, and send `{"type": "authenticate", "ticket": "…"}` within five seconds.',
      'Then `{"type": "subscribe", "id": "…", "topic": "kitchen", "locationId": "…", "station": "grill"}`; topics are `kitchen`, `expo`, `all-day`, `tables` and `alerts`. You get a `snapshot` and from there `changes`, each with its log position. After a lost connection subscribe again with `after`, the last position seen: nothing is missed or repeated.',
      'A `heartbeat` comes every few seconds: a screen that misses it is not live. A client that does not read is cut off with code 4408.',
    ].join('\n\n'),
  },
  Audit: { paths: /^\/audit\b/, description: 'The whole history: who did what, from where, in answer to which command.' },
  Privacy: { paths: /^\/privacy\b/, description: 'What is kept of a person, and its end.' },
  Jobs: { paths: /^\/jobs\b/, description: 'Work done after the fact, such as mails; what failed for good can be started again.' },
  Batch: { paths: /^\/commands\b/, description: 'Many commands in one request, each with its own key and outcome.' },
  Health: { paths: /^\/health\b/, description: 'Whether the program is up, and how far its read models are.' },
};

/** The area a path belongs to; a new area is named after its first segment. `path` without `/api/v1`. */
export const tagOf = (path: string): string => {
  const known = Object.entries(TAGS).find(([, { paths }]) => paths.test(path));
  if (known !== undefined) return known[0];
  const words = (path.split('/')[1] ?? '').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The tags in use, in the order people read them. */
export const tagList = (used: ReadonlySet<string>): readonly Part[] => {
  const known = Object.entries(TAGS).filter(([name]) => used.has(name));
  const others = [...used].filter((name) => TAGS[name] === undefined);
  return [...known.map(([name, { description }]) => ({ name, description })), ...others.map((name) => ({ name }))];
};
