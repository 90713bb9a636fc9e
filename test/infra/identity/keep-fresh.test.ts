import { expect } from 'chai';
import { keepFresh } from '../../../src/infra/identity/keep-fresh.ts';
import { quiet } from '../../support/identity.ts';

describe('Keeping users fresh', () => {
  it('goes on through failures, and says once that they began and once that they ended', async () => {
    const said: string[] = [];
    const say = (_fields: object, message: string): void => void said.push(message);
    let asked = 0;
    let stop = (): Promise<void> => Promise.resolve();
    await new Promise<void>((resolve) => {
      const refresh = (): Promise<void> => {
        asked += 1;
        if (asked === 5) resolve();
        return asked === 2 || asked === 3 ? Promise.reject(new Error('away')) : Promise.resolve();
      };
      stop = keepFresh(refresh, { ...quiet, info: say, warn: say }, { everyMs: 1 });
    });
    await stop();
    expect(said).to.deep.equal(['What changed in accounts or keys cannot be read', 'What changed in accounts or keys is seen again']);
  });

  it('stops, and waits for what is under way', async () => {
    let end = (): void => undefined;
    let ended = false;
    const refresh = (): Promise<void> =>
      new Promise((resolve) => {
        end = () => {
          ended = true;
          resolve();
        };
      });
    const stop = keepFresh(refresh, quiet, { everyMs: 1 });
    const stopped = stop();
    end();
    await stopped;
    expect(ended).to.equal(true);
  });
});
