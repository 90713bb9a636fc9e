import type { Log } from '../postgres/log.ts';
import { build, type BuildNeeds } from './build.ts';
import { BEGINNING, groupOf, type Group } from './group.ts';
import { beginBuild } from './owner-work.ts';
import type { Target } from './target.ts';

/** The builds under way beside the read models in use. */
export type Builds = {
  readonly start: (group: Group) => void;
  /** Begins to build a read model in use anew, unless it is being built already. */
  readonly rebuild: (projection: string) => Promise<void>;
  /** Builds all of them anew, from after this call, and resolves when they are in use. */
  readonly renew: (projections: readonly string[]) => Promise<void>;
  /** Once none is under way any more. */
  readonly ended: () => Promise<void>;
};

export const builds = (needs: BuildNeeds, log: Log, fail: (error: unknown) => void): Builds => {
  const { client, live, inUse, inTurn, signal } = needs;
  const underWay = new Map<string, Promise<void>>();

  const run = async (group: Group, readModels: readonly string[]): Promise<void> => {
    try {
      await build(group, needs);
      if (!signal.aborted) log.info({ readModels }, 'Read models were built and are in use');
    } catch (error) {
      fail(error);
    } finally {
      for (const name of readModels) underWay.delete(name);
    }
  };

  const start = (group: Group): void => {
    const names = group.targets.map(({ projection }) => projection.name);
    const running = run(group, names);
    for (const name of names) underWay.set(name, running);
  };

  const rebuild = (name: string): Promise<void> =>
    inTurn(async () => {
      const target = live.targets.find(({ projection }) => projection.name === name);
      if (target === undefined || underWay.has(name)) return;
      const anew = await beginBuild(client, target.projection, inUse.get(name) ?? null);
      start(groupOf(true, [anew], BEGINNING));
    });

  const allOf = (names: readonly string[]): Promise<unknown> => Promise.all(names.flatMap((name) => underWay.get(name) ?? []));

  const renew = async (names: readonly string[]): Promise<void> => {
    await allOf(names);
    await inTurn(async () => {
      const anew = live.targets.filter(({ projection: { name } }) => names.includes(name) && !underWay.has(name));
      const targets: Target[] = [];
      for (const { projection } of anew) targets.push(await beginBuild(client, projection, inUse.get(projection.name) ?? null));
      if (targets.length > 0) start(groupOf(true, targets, BEGINNING));
    });
    await allOf(names);
    signal.throwIfAborted();
  };

  return {
    start,
    rebuild,
    renew,
    ended: async () => {
      await Promise.all(underWay.values());
    },
  };
};
