import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../src/http/live/protocol.ts';

type Frame<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;
export type Closed = { readonly code: number; readonly reason: string };

export type LiveClient = {
  readonly socket: WebSocket;
  /** All that came, in order. */
  readonly frames: readonly ServerMessage[];
  readonly send: (message: ClientMessage) => void;
  readonly sendText: (text: string) => void;
  /** The next frame of the type that passes; frames before it are passed over. Fails when the connection closes without one. */
  readonly next: <Type extends ServerMessage['type']>(type: Type, passes?: (frame: Frame<Type>) => boolean) => Promise<Frame<Type>>;
  readonly closed: Promise<Closed>;
  /** Closes in good order. */
  readonly leave: () => Promise<Closed>;
  /** Gone without a word, as when the Wi-Fi breaks. */
  readonly vanish: () => void;
};

export type ClientOptions = { readonly origin?: string; readonly host?: string; readonly autoPong?: boolean };

/** `url`: of the HTTP server, `http://host:port`. */
export const connectLive = async (url: string, { origin, host, autoPong = true }: ClientOptions = {}): Promise<LiveClient> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, {
    autoPong,
    perMessageDeflate: false,
    ...(origin !== undefined && { origin }),
    ...(host !== undefined && { headers: { host } }),
  });
  const frames: ServerMessage[] = [];
  let taken = 0;
  let waiting: { look: () => boolean; give: () => void; fail: (error: Error) => void } | null = null;
  const closing = Promise.withResolvers<Closed>();

  socket.on('message', (data) => {
    frames.push(JSON.parse((data as Buffer).toString()) as ServerMessage);
    if (waiting?.look() === true) waiting.give();
  });
  socket.on('error', () => undefined);
  socket.on('close', (code, reason) => {
    closing.resolve({ code, reason: reason.toString() });
    waiting?.fail(new Error(`closed with ${code} ${reason.toString()}`));
  });

  const next: LiveClient['next'] = async <Type extends ServerMessage['type']>(
    type: Type,
    passes: (frame: Frame<Type>) => boolean = () => true,
  ) => {
    const isIt = (frame: ServerMessage): frame is Frame<Type> => frame.type === type && passes(frame as Frame<Type>);
    const find = (): number => frames.findIndex((frame, at) => at >= taken && isIt(frame));
    if (find() === -1) {
      if (socket.readyState === WebSocket.CLOSED) throw new Error(`closed before ${type} came`);
      await new Promise<void>((give, fail) => (waiting = { look: () => find() !== -1, give, fail }));
      waiting = null;
    }
    const at = find();
    taken = at + 1;
    return frames[at] as Frame<Type>;
  };

  await new Promise<void>((open, fail) => {
    socket.once('open', open);
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      fail(new Error(`refused with ${statusCode}`));
    });
  });
  const sendText = (text: string): void => socket.send(text);
  return {
    socket,
    frames,
    sendText,
    send: (message) => sendText(JSON.stringify(message)),
    next,
    closed: closing.promise,
    leave: () => {
      socket.close(1000);
      return closing.promise;
    },
    vanish: () => socket.terminate(),
  };
};

/** Connected and welcome. */
export const enterLive = async (url: string, ticket: string, options: ClientOptions = {}): Promise<LiveClient> => {
  const client = await connectLive(url, options);
  client.send({ type: 'authenticate', ticket });
  await client.next('welcome');
  return client;
};

type Rows = ReadonlyMap<string, { readonly [column: string]: unknown }>;

/** What a screen shows after these frames; fails where positions do not rise. `start`: what it had when it resumed. */
export const shownBy = (
  frames: readonly ServerMessage[],
  id: string,
  keyColumn: string,
  start: Rows = new Map(),
): { readonly rows: Rows; readonly position: number } => {
  const rows = new Map(start);
  let position = -1;
  for (const frame of frames) {
    if (frame.type === 'snapshot' && frame.id === id) {
      rows.clear();
      for (const row of frame.rows) rows.set(String(row[keyColumn]), row);
      position = frame.position;
    } else if (frame.type === 'resumed' && frame.id === id) {
      position = frame.position;
    } else if (frame.type === 'changes' && frame.id === id) {
      if (frame.position <= position) throw new Error(`position ${frame.position} came after ${position}`);
      for (const { key, row } of frame.changes) {
        if (row === null) rows.delete(key);
        else rows.set(key, row);
      }
      position = frame.position;
    }
  }
  return { rows, position };
};
