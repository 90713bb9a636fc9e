import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Db } from './db.ts';

/** Devices that somebody has logged in on: his failures there count for the device, and strangers' failures elsewhere do not lock it out. */
export type KnownDevices = {
  readonly knows: (userId: string, device: string) => Promise<boolean>;
  /** Answers what the device is to keep; null where it keeps it already. */
  readonly welcome: (userId: string, device: string | null) => Promise<string | null>;
};

const DEVICE = /^[\w-]{43}$/;

export const knownDevices = (db: Db, clock: Clock): KnownDevices => ({
  knows: async (userId, device) => {
    if (!DEVICE.test(device)) return false;
    const { rowCount } = await db.query({
      name: 'device-known',
      text: 'select from known_devices where device_hash = $1 and user_id = $2',
      values: [hashOf(device), userId],
    });
    return rowCount === 1;
  },
  welcome: async (userId, device) => {
    const kept = device !== null && DEVICE.test(device) ? device : null;
    const token = kept ?? randomBytes(32).toString('base64url');
    await db.query({
      name: 'device-welcome',
      text: 'insert into known_devices (device_hash, user_id, known_since) values ($1, $2, $3) on conflict do nothing',
      values: [hashOf(token), userId, clock.now()],
    });
    return kept === null ? token : null;
  },
});

const hashOf = (device: string): Buffer => createHash('sha256').update(device).digest();
