import { expect } from 'chai';
import { areas } from './areas.ts';
import { goodRequests } from './locations.ts';
import { openRoom, type Room } from './room.ts';

const total = areas.reduce((sum, { attacks }) => sum + attacks.length, 0);

describe('Attacks on a running server', () => {
  let room: Room;
  let tried = 0;
  const succeeded: string[] = [];
  before(async () => void (room = await openRoom()));
  after(() => room.close());

  for (const { name, attacks } of areas) {
    it(`${name}: ${attacks.length}`, async () => {
      const got: string[] = [];
      for (const { name: what, run } of attacks) {
        const gain = await run(room);
        tried += 1;
        if (gain !== null) got.push(`${what}: ${gain}`);
      }
      succeeded.push(...got);
      expect(got).to.deep.equal([]);
    });
  }

  it('are on requests that are good ones in the right hands', async () => {
    expect(await goodRequests(room)).to.deep.equal([]);
  });

  it(`${total} in all, of which 0 succeed`, () => {
    expect(total).to.be.at.least(300);
    expect([tried, succeeded.length]).to.deep.equal([total, 0]);
  });
});
