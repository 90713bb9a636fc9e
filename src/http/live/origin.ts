import type { IncomingHttpHeaders } from 'node:http';

/**
 * Browsers let any page open a WebSocket anywhere, so a page's origin has to be ours or listed.
 * Without the header it is no browser, and nothing that a foreign page could have sent: the ticket decides alone.
 */
export const originAllowed = ({ origin, host }: IncomingHttpHeaders, allowed: readonly string[]): boolean =>
  origin === undefined || allowed.includes(origin) || (host !== undefined && hostOf(origin) === host.toLowerCase());

const hostOf = (origin: string): string | null => URL.parse(origin)?.host || null;
