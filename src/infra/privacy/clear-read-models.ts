import type { Pool } from 'pg';
import { foldsType, type Projection } from '../../projections/projection.ts';
import type { Projector } from '../projections/projector.ts';
import { personalTypes } from './personal-texts.ts';

type Needs = {
  readonly pool: Pool;
  readonly projector: Pick<Projector, 'isActive' | 'renew'>;
  readonly projections: readonly Projection[];
  /** So that what is read from now on is without them. */
  readonly forget: (subjectIds: readonly string[]) => Promise<void>;
};

/** Read models that can hold a personal text. */
export const readModelsOfPeople = (projections: readonly Projection[]): readonly string[] =>
  projections.filter((projection) => personalTypes.some((type) => foldsType(projection, type))).map(({ name }) => name);

/** Builds the read models anew where somebody was erased since they were built; call it each second, where there is a projector. */
export const clearReadModels = ({ pool, projector, projections, forget }: Needs): (() => Promise<void>) => {
  const names = readModelsOfPeople(projections);
  return async () => {
    if (!projector.isActive()) return;
    const { rows } = await pool.query<{ readonly subject: string }>('select subject from public.erasures where cleared_at is null');
    if (rows.length === 0) return;
    const subjects = rows.map(({ subject }) => subject);
    await forget(subjects);
    await projector.renew(names);
    await pool.query('update public.erasures set cleared_at = clock_timestamp() where subject = any($1)', [subjects]);
  };
};
