export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A command or an event: a name and JSON data. Nothing else travels. */
export type Message<Type extends string = string, Data = { readonly [key: string]: Json }> = {
  readonly type: Type;
  readonly data: Data;
};

export type DataOf<M extends Message<string, unknown>, Type extends M['type']> = Extract<M, { type: Type }>['data'];

export type Decider<State, Command extends Message<string, unknown>, Event extends Message<string, unknown>> = {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, command: Command) => readonly Event[];
};

export const impossible = (value: never): never => {
  throw new Error(`Impossible: ${JSON.stringify(value)}`);
};
