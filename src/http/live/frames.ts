import type { Changes, Resumed, ServerMessage, Snapshot } from './protocol.ts';

/** A frame for many subscribers: made JSON once, though each has its own name for the subscription. */
export type SharedFrame = (id: string) => Buffer;

type Without<Message, Name extends string> = Message extends unknown ? Omit<Message, Name> : never;

export const sharedFrame = ({ type, ...rest }: Without<Snapshot | Changes | Resumed, 'id'>): SharedFrame => {
  const tail = Buffer.from(`,${JSON.stringify(rest).slice(1)}`);
  const byId = new Map<string, Buffer>();
  return (id) => {
    const frame = byId.get(id) ?? Buffer.concat([Buffer.from(`{"type":"${type}","id":${JSON.stringify(id)}`), tail]);
    byId.set(id, frame);
    return frame;
  };
};

const TEXT = 0x81;
const LONGEST_SHORT = 125;
const LONGEST_MIDDLE = 0xff_ff;

/** RFC 6455, 5.2: final, unmasked, with as long a length as it needs. */
const headerOf = (length: number): Buffer => {
  if (length <= LONGEST_SHORT) return Buffer.from([TEXT, length]);
  const middle = length <= LONGEST_MIDDLE;
  const header = Buffer.alloc(middle ? 4 : 10);
  header.set([TEXT, middle ? 126 : 127]);
  if (middle) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return header;
};

const made = new WeakMap<Buffer, Buffer>();

/** A text message as it goes over the wire, made once for all it is sent to. */
export const onTheWire = (frame: Buffer): Buffer => {
  const known = made.get(frame);
  if (known !== undefined) return known;
  const whole = Buffer.concat([headerOf(frame.length), frame]);
  made.set(frame, whole);
  return whole;
};

export const frameOf = (message: ServerMessage): Buffer => Buffer.from(JSON.stringify(message));
