import { tableDecider } from '../../src/domain/table.ts';
import { spec } from '../support/spec.ts';
import { define, defined, release, released, seat, seated } from '../support/table-facts.ts';

const { given } = spec(tableDecider);

describe('Table: define', () => {
  it('is defined', () => given().when(define).then(defined));
  it('is defined once', () => given(defined, seated(2)).when(define).nothing());
  it('refuses another table under its id', () =>
    given(defined)
      .when({ type: 'DefineTable', data: { ...defined.data, seats: 6 } })
      .rejects('table-exists'));
  for (const seats of [0, -1, 2.5])
    it(`refuses ${seats} seats`, () =>
      given()
        .when({ type: 'DefineTable', data: { ...defined.data, seats } })
        .rejects('seats-invalid'));
});

describe('Table: seat', () => {
  it('seats guests', () => given(defined).when(seat(2)).then(seated(2)));
  it('seats one guest', () => given(defined).when(seat(1)).then(seated(1)));
  it('seats more guests than it has chairs', () => given(defined).when(seat(5)).then(seated(5)));
  it('seats the next guests once it is released', () => given(defined, seated(2), released).when(seat(3)).then(seated(3)));
  it('seats them once', () => given(defined, seated(2)).when(seat(2)).nothing());
  it('refuses while others are seated', () => given(defined, seated(2)).when(seat(3)).rejects('table-taken'));
  for (const covers of [0, -1, 1.5]) it(`refuses ${covers} covers`, () => given(defined).when(seat(covers)).rejects('covers-invalid'));
  it('refuses where no table was defined', () => given().when(seat(2)).rejects('table-unknown'));
});

describe('Table: release', () => {
  it('is released', () => given(defined, seated(2)).when(release).then(released));
  it('stays quiet when it is available', () => given(defined).when(release).nothing());
  it('is released once', () => given(defined, seated(2), released).when(release).nothing());
  it('refuses where no table was defined', () => given().when(release).rejects('table-unknown'));
});
