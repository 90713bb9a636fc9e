import type { Api } from './api.ts';
import type { Location } from './contract.ts';
import type { LiveClient } from './live-client.ts';

export type Person = { readonly id: string; readonly full_name: string };

/** Who works where, and the ways from there to the server. */
export type Place = {
  readonly api: Api;
  readonly live: LiveClient;
  readonly person: Person;
  readonly location: Location;
  /** Null where there is only one. */
  readonly chooseLocation: (() => void) | null;
  readonly logOut: () => void;
};
