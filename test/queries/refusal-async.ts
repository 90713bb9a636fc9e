import { expect } from 'chai';
import { Rejection } from '../../src/domain/rejection.ts';

/** The refusal of what must be refused. */
export const refusalAsync = async (work: Promise<unknown>): Promise<Rejection> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
  return expect.fail('It was not refused.');
};
