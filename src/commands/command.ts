import type { TObject, Static } from 'typebox';
import type { Decider, Message } from '../domain/decider.ts';
import type { Actor } from './ports.ts';

/** Reads another aggregate's present state, where a command must fix what it says (a menu item's price on an order line). */
export type Load = <State, C extends Message<string, unknown>, E extends Message<string, unknown>>(
  aggregate: Aggregate<State, C, E>,
  id: string,
) => Promise<State>;

/** What a command's schema cannot know: time, new ids, who asks, and other aggregates. */
export type Context = {
  /** ISO 8601: when it happened. */
  readonly at: string;
  readonly newId: () => string;
  readonly actor: Actor;
  readonly actorName: string;
  readonly load: Load;
};

export type Aggregate<State, C extends Message<string, unknown>, E extends Message<string, unknown>> = {
  /** The streams are named `<name>-<id>`. */
  readonly name: string;
  readonly decider: Decider<State, C, E>;
  /** The location it belongs to; null before it exists. Keeps other locations' people out. */
  readonly locationOf: (state: State) => string | null;
};

export type Ids = { readonly [name: string]: string | readonly string[] };

/** One command, declared once: HTTP, OpenAPI, the batch door and the permission matrix all come from this. */
export type CommandDefinition<Input extends TObject = TObject, State = unknown, C extends Message<string, unknown> = Message<string, unknown>, E extends Message<string, unknown> = Message<string, unknown>> = {
  readonly type: string;
  readonly summary: string;
  /** `<area>.<verb>`, given to roles in roles.ts; null: only the system itself sends it. */
  readonly permission: string | null;
  /** Path parameters in braces are properties of the input; the body holds the rest. Null: only the system itself sends it. */
  readonly route: { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly path: string } | null;
  readonly input: Input;
  readonly aggregate: Aggregate<State, C, E>;
  /** Fixes ids, prices and times; the result is what is decided on. `id` names the stream; `ids` are told to the sender. */
  readonly prepare: (input: Static<Input>, context: Context) => Prepared<C> | Promise<Prepared<C>>;
};

export type Prepared<C> = { readonly id: string; readonly command: C; readonly ids: Ids; /** Of a command that creates; null where the aggregate knows. */ readonly locationId: string | null };
