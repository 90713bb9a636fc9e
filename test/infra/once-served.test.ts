import { expect } from 'chai';
import { DatabaseError } from 'pg';
import { onceServed } from '../../src/infra/postgres/once-served.ts';

const answer = (code: string): DatabaseError => Object.assign(new DatabaseError('no', 0, 'error'), { code });

describe('Work of a start', () => {
  const tried = async (...errors: readonly Error[]): Promise<{ readonly outcome: unknown; readonly pauses: number }> => {
    const left = [...errors];
    let pauses = 0;
    const work = async (): Promise<string> => {
      const error = left.shift();
      if (error !== undefined) throw error;
      return 'done';
    };
    try {
      return { outcome: await onceServed(work, async () => void pauses++), pauses };
    } catch (error) {
      return { outcome: error, pauses };
    }
  };

  it('is done again where the server went away meanwhile', async () => {
    expect(await tried(new Error('Connection terminated unexpectedly'), answer('57P03'))).to.deep.equal({ outcome: 'done', pauses: 2 });
  });

  it('fails at once where the server says no', async () => {
    const no = answer('42501');
    expect(await tried(no)).to.deep.equal({ outcome: no, pauses: 0 });
  });

  it('fails where the server stays away', async () => {
    const gone = Array.from({ length: 100 }, () => new Error('ECONNREFUSED'));
    expect(await tried(...gone)).to.deep.equal({ outcome: gone[39], pauses: 39 });
  });
});
