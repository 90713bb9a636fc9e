import type { TObject, Static } from 'typebox';
import type { Decider, Message } from '../domain/decider.ts';
import type { LocationId } from '../domain/ids.ts';
import type { Actor } from './ports.ts';

export type Aggregate<State, C extends Message<string, unknown>, E extends Message<string, unknown>> = {
  /** The streams are named `<name>-<id>`. */
  readonly name: string;
  readonly decider: Decider<State, C, E>;
  /** The location it belongs to for good; null before it exists. Keeps other locations' people out. */
  readonly locationOf: (state: State) => string | null;
};

/** Reads another aggregate's state, at most a second old, where a command must fix what it says (a price on a line). */
export type Load = <State, C extends Message<string, unknown>, E extends Message<string, unknown>>(
  aggregate: Aggregate<State, C, E>,
  id: string,
) => Promise<State>;

/** The location another aggregate, or the command's own, belongs to, which never changes; null where there is no such thing. */
export type LocationOf = <State, C extends Message<string, unknown>, E extends Message<string, unknown>>(
  aggregate: Aggregate<State, C, E>,
  id: string,
) => Promise<string | null>;

/** What a command's schema cannot know: time, new ids, who asks, and other aggregates. */
export type Context = {
  /** ISO 8601: when it happened. */
  readonly at: string;
  readonly newId: () => string;
  readonly actor: Actor;
  readonly actorName: string;
  /** Who else gave his word for it, at a terminal; null or undefined: nobody. */
  readonly approvedBy?: string | null;
  readonly load: Load;
  readonly locationOf: LocationOf;
  /** The location asked for, or the only one there is for the asker; refuses where that is not clear. */
  readonly location: (asked: string | undefined) => Promise<LocationId>;
};

export type Ids = { readonly [name: string]: string | readonly string[] };

/** `id` names the stream; `ids` are told to the sender; `locationId` is given by a command that creates, else null. */
export type Prepared<C> = { readonly id: string; readonly command: C; readonly ids: Ids; readonly locationId: string | null };

type Route = { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly path: string };

/** One command, declared once: HTTP, OpenAPI, the batch door and the permission matrix all come from this. */
export type CommandDefinition<
  Input extends TObject = TObject,
  State = unknown,
  C extends Message<string, unknown> = Message<string, unknown>,
  E extends Message<string, unknown> = Message<string, unknown>,
> = {
  readonly type: C['type'];
  readonly summary: string;
  /** `<area>.<verb>`, given to roles in roles.ts; null: only the system itself sends it. */
  readonly permission: string | null;
  /** Path parameters in braces are properties of the input; the body holds the rest. Null: only the system itself sends it. */
  readonly route: Route | null;
  /** The input that names what somebody who has the permission may approve for one who has not, as the line that is voided. */
  readonly approvable?: string;
  /** True where it makes the aggregate: HTTP answers 201. */
  readonly creates: boolean;
  readonly input: Input;
  readonly aggregate: Aggregate<State, C, E>;
  /** Fixes ids, prices and times; the result is what is decided on. */
  readonly prepare: (input: Static<Input>, context: Context) => Prepared<C> | Promise<Prepared<C>>;
};

/** Declares the commands of one aggregate; each definition is checked against its own types and then kept with the others. */
export const commandsOf =
  <State, C extends Message<string, unknown>, E extends Message<string, unknown>>(aggregate: Aggregate<State, C, E>) =>
  <Input extends TObject>(
    definition: Omit<CommandDefinition<Input, State, C, E>, 'aggregate' | 'creates'> & { readonly creates?: boolean },
  ): CommandDefinition =>
    ({ creates: false, ...definition, aggregate }) as unknown as CommandDefinition;
