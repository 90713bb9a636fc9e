import { expect } from 'chai';
import { inTurns } from '../../src/http/in-turns.ts';

describe('Works begun in turns', () => {
  const begunBy = (most: number) => {
    const turns: (() => void)[] = [];
    const begun: number[] = [];
    const begin = inTurns(most, (turn) => turns.push(turn));
    return {
      begun,
      come: (...works: readonly number[]) => works.forEach((work) => begin(() => void begun.push(work))),
      next: () => turns.splice(0).forEach((turn) => turn()),
      isOver: () => turns.length === 0,
    };
  };

  it('begin at once while there are few', () => {
    const { come, begun } = begunBy(3);
    come(1, 2, 3);
    expect(begun).to.deep.equal([1, 2, 3]);
  });

  it('begin in the turns after it where there are more, in their order', () => {
    const { come, begun, next } = begunBy(2);
    come(1, 2, 3, 4, 5);
    expect(begun).to.deep.equal([1, 2]);
    next();
    expect(begun).to.deep.equal([1, 2, 3, 4]);
    come(6);
    next();
    expect(begun).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('begin at once again when the crowd is gone, and no turn is planned for nobody', () => {
    const { come, begun, next, isOver } = begunBy(1);
    come(1, 2);
    next();
    next();
    expect(isOver()).to.equal(true);
    come(3);
    expect(begun).to.deep.equal([1, 2, 3]);
  });
});
