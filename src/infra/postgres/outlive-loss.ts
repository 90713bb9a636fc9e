import type { Pool } from 'pg';

/** A connection that somebody has taken out and asks nothing of at the moment must not end the program when its server goes away. */
export const outliveLoss = (pool: Pool): void => {
  const toldWhenItIsUsed = (): void => undefined;
  pool.on('connect', (client) => void client.on('error', toldWhenItIsUsed));
};
