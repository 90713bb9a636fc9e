import { commandNamed } from '../commands/registry.ts';
import { bootstrapOwner, type OwnerLogin } from '../infra/identity/bootstrap-owner.ts';
import type { System } from './system.ts';

const KEY = { scope: 'system', key: 'bootstrap:first-location', fingerprint: 'first-location' };

/** The first location, made once: its key stands for ever, whatever the configuration says later. */
const firstLocation = async ({ execute, config, newId }: System): Promise<void> => {
  const definition = commandNamed('DefineLocation');
  if (definition === undefined) throw new Error('The registry has no command DefineLocation');
  const { locationName: name, timeZone, currency } = config.bootstrap;
  await execute(
    definition,
    { name, timeZone, currency, dayStartsAt: '04:00' },
    {
      actor: { userId: 'system:bootstrap', roles: ['system'], terminalId: null },
      actorName: 'system',
      locationIds: null,
      key: KEY,
      ifMatch: null,
      occurredAt: null,
      correlationId: newId(),
      causationId: null,
      traceParent: null,
    },
  );
};

/** What a system needs before anyone can use it: somebody who may log in, and a place. */
export const bootstrap = async (system: System): Promise<OwnerLogin> => {
  const { pool, clock, newId, config } = system;
  await firstLocation(system);
  const { ownerEmail: email, ownerPassword: password } = config.bootstrap;
  return bootstrapOwner({ pool, clock, newId, dataFolder: config.data.dir, email, password });
};
