import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { DatabasePool } from 'slonik';
import type { Static, TObject, TSchema } from 'typebox';
import { historyOf } from '../../src/infra/projections/history.ts';
import { openQueries } from '../../src/infra/postgres/connect.ts';
import type { QueryDefinition, Scope, Until } from '../../src/queries/query.ts';
import { happenInTurn, type Happening } from '../infra/projections/evening.ts';
import { log, openReadModels, type ReadModels } from '../infra/projections/read-models.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;
const ajv = new Ajv2020({ strict: true, strictTypes: false });
addFormats(ajv);

/** What is said must fit what was promised. */
const fitting = <T>(schema: TSchema, value: T): T => {
  const validate = ajv.compile(schema);
  if (validate(value)) return value;
  throw new Error(`${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
};

const everywhere: Scope = null;

/** Asks about what happened in a story, told once for a file of tests. */
export const asking = (story: readonly Happening[]) => {
  let models: ReadModels;
  let db: DatabasePool;

  before(async () => {
    models = await openReadModels();
    db = await openQueries(models.url, { name: 'test queries', max: 2, log });
    models.start();
    await models.reached(await happenInTurn(models.store, story));
  });
  after(async () => {
    await db.end();
    await models.close();
  });

  return {
    models: () => models,
    ask: async <P extends TObject, A extends TSchema>(
      definition: QueryDefinition<P, A>,
      params: Static<P>,
      scope: Scope = everywhere,
    ): Promise<Static<A> | null> => {
      const answer = await definition.run(db, fitting(definition.params, params), scope);
      return answer === null ? null : fitting(definition.answer, answer);
    },
    askAsOf: async <P extends TObject, A extends TSchema>(
      definition: QueryDefinition<P, A>,
      until: Until,
      params: Static<P>,
      scope: Scope = everywhere,
    ): Promise<Static<A> | null> => {
      if (definition.asOf === undefined) throw new Error(`${definition.name} cannot be asked about the past`);
      const answer = await definition.asOf(historyOf(models.store), until, fitting(definition.params, params), scope);
      return answer === null ? null : fitting(definition.answer, answer);
    },
  };
};
