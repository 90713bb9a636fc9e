import { expect } from 'chai';
import { projections } from '../../src/projections/all.ts';
import { queries } from '../../src/queries/registry.ts';
import { roles } from '../../src/commands/roles.ts';

describe('Queries', () => {
  it('have a name and a path each', () => {
    expect(new Set(queries.map(({ name }) => name)).size).to.equal(queries.length);
    expect(new Set(queries.map(({ path }) => path)).size).to.equal(queries.length);
  });

  it('read read models that are kept', () => {
    const kept = new Set(projections.map(({ name }) => name));
    for (const { name, reads } of queries)
      expect(
        reads.filter((readModel) => !kept.has(readModel)),
        name,
      ).to.deep.equal([]);
  });

  it('have parameters for all of their path', () => {
    for (const { path, params } of queries) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
      expect(Object.keys(params.properties)).to.include.members(named);
      expect(params.required ?? []).to.include.members(named);
    }
  });

  it('are permitted to somebody beside the owner', () => {
    const granted = new Set<string>(Object.values(roles).flat());
    for (const { name, permission } of queries) {
      expect(granted.has(permission) || granted.has(`${permission.split('.')[0]}.*`), `${name} needs ${permission}`).to.equal(true);
    }
  });
});
