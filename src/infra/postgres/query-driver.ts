import { createDriverFactory, type DriverFactory } from '@slonik/driver';
import { types as usual, type Pool } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';
import { isAnswer } from './is-answer.ts';
import { twice } from './twice.ts';

/** A column's text as a value, by PostgreSQL's number of its type. */
type Parsers = { readonly [oid: number]: (text: string) => unknown };

const TRANSACTION = /^\s*(?:begin|start|commit|rollback|savepoint)\b/i;

/**
 * slonik over a pool of pg's, whose connections are watched. Each statement stands alone: it goes over any of them, and is asked
 * again where the first had gone silent or was lost. So there are no transactions, and nothing but questions should be asked.
 * Throws DependencyDown for a server that cannot be reached or cannot serve.
 */
export const questionsOver = (pool: Pool, parsers: Parsers): DriverFactory => {
  const types = { getTypeParser: (oid: number) => parsers[oid] ?? usual.getTypeParser(oid) };

  const ask = async (text: string, values: readonly unknown[] = []) => {
    if (TRANSACTION.test(text)) throw new Error(`A question is asked outside of transactions: ${text}`);
    try {
      return await twice(() => pool.query({ text, values: [...values], types }));
    } catch (error) {
      throw isAnswer(error) ? error : new DependencyDown('database', error);
    }
  };

  return createDriverFactory(async () => ({
    createPoolClient: async () => ({
      connect: async () => undefined,
      end: async () => undefined,
      query: async (text, values) => {
        const { command, fields, rowCount, rows } = await ask(text, values);
        return {
          command: command as 'SELECT',
          fields: fields.map(({ dataTypeID, name }) => ({ dataTypeId: dataTypeID, name })),
          rowCount,
          rows,
        };
      },
      stream: () => {
        throw new Error('Questions are answered whole.');
      },
    }),
  }));
};
