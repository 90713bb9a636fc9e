import type { Area } from './attack.ts';
import { browserTricks } from './browsers.ts';
import { prototypePollution, roleEscalation, typeJuggling } from './fields.ts';
import { liveStream, slowClients } from './live.ts';
import { otherLocations } from './locations.ts';
import { passwordGuessing } from './logins.ts';
import { hostileBodies, hostileMessages } from './messages.ts';
import { requestForgery } from './outgoing.ts';
import { patternBombs } from './patterns.ts';
import { parameterPollution, spreadsheets, sqlInjection } from './queries.ts';
import { sessionTheft } from './sessions.ts';
import { tokenForgery } from './tokens.ts';
import { headersAndLogs, pathTraversal } from './traces.ts';

export const areas: readonly Area[] = [
  tokenForgery,
  sessionTheft,
  otherLocations,
  roleEscalation,
  typeJuggling,
  prototypePollution,
  sqlInjection,
  parameterPollution,
  spreadsheets,
  hostileBodies,
  hostileMessages,
  browserTricks,
  headersAndLogs,
  pathTraversal,
  passwordGuessing,
  requestForgery,
  patternBombs,
  liveStream,
  slowClients,
];
