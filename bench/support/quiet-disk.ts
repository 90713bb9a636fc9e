import { spawnSync } from 'node:child_process';

/**
 * What was written and deleted before goes to the disk now: where the system does so later, an fsync of what is measured waits for
 * it, up to a second. Does nothing where there is no `sync`.
 */
export const quietDisk = (): void => void spawnSync('sync');
