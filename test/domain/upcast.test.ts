import { expect } from 'chai';
import { upcasting, type Upcaster } from '../../src/domain/upcast.ts';

type Named = { readonly name: string };

const upcasters: readonly Upcaster[] = [
  { type: 'TableDefined', version: 2, upcast: (data) => ({ ...(data as Named), seats: 4 }) },
  { type: 'TableDefined', version: 4, upcast: (data) => ({ ...(data as Named), name: `Table ${(data as Named).name}` }) },
];
const upcast = upcasting(upcasters);
const stored = Object.freeze({ type: 'TableDefined', data: Object.freeze({ name: '12' }), revision: 7 });

describe('An upcaster', () => {
  it('brings an event through each form since its own', () => {
    expect(upcast(stored, 1)).to.deep.equal({ type: 'TableDefined', data: { name: 'Table 12', seats: 4 }, revision: 7 });
    expect(upcast(stored, 3)).to.deep.equal({ type: 'TableDefined', data: { name: 'Table 12' }, revision: 7 });
  });

  it('leaves alone what has the form of today, and events of other types', () => {
    expect(upcast(stored, 4)).to.equal(stored);
    const other = { type: 'TableSeated', data: { covers: 2 } };
    expect(upcast(other, 1)).to.equal(other);
  });

  it('leaves what is stored as it is', () => {
    upcast(stored, 1);
    expect(stored.data).to.deep.equal({ name: '12' });
  });
});
