import type { Changes, Resumed, ServerMessage, Snapshot } from './protocol.ts';

/** A frame for many subscribers: made JSON once, though each has its own name for the subscription. */
export type SharedFrame = (id: string) => Buffer;

type Without<Message, Name extends string> = Message extends unknown ? Omit<Message, Name> : never;

export const sharedFrame = ({ type, ...rest }: Without<Snapshot | Changes | Resumed, 'id'>): SharedFrame => {
  const tail = Buffer.from(`,${JSON.stringify(rest).slice(1)}`);
  const made = new Map<string, Buffer>();
  return (id) => {
    const frame = made.get(id) ?? Buffer.concat([Buffer.from(`{"type":"${type}","id":${JSON.stringify(id)}`), tail]);
    made.set(id, frame);
    return frame;
  };
};

export const frameOf = (message: ServerMessage): Buffer => Buffer.from(JSON.stringify(message));
