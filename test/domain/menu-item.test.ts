import { menuItemDecider } from '../../src/domain/menu-item.ts';
import { beefId } from '../support/canonical-events.ts';
import { change, changed, changedOnly, define, defined, retire, retired } from '../support/menu-item-facts.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(menuItemDecider);
const { price, recipe } = changed.data;
const usd = (amount: number) => ({ amount, currency: 'USD' });

const unsound = [
  { wishes: { price: usd(-1) }, code: 'price-invalid' },
  { wishes: { price: usd(0.5) }, code: 'price-invalid' },
  { wishes: { price: { amount: 1, currency: 'usd' } }, code: 'currency-invalid' },
  { wishes: { prepSeconds: -1 }, code: 'prep-seconds-invalid' },
  { wishes: { recipe: [{ stockItemId: beefId, quantity: 0 }] }, code: 'ingredient-quantity-invalid' },
  { wishes: { recipe: [{ stockItemId: beefId, quantity: 1.5 }] }, code: 'ingredient-quantity-invalid' },
  { wishes: { recipe: [{ stockItemId: beefId, quantity: 9_000_000_000_001 }] }, code: 'ingredient-quantity-invalid' },
  { wishes: { recipe: [...defined.data.recipe, ...defined.data.recipe] }, code: 'ingredient-repeated' },
];

describe('MenuItem: define', () => {
  it('is defined, with its first recipe', () => given().when(define()).then(defined));
  it('is defined once', () => given(defined).when(define()).nothing());
  it('refuses another item under its id', () =>
    given(defined)
      .when(define({ name: 'Cheeseburger' }))
      .rejects('menu-item-exists'));
  it('refuses what was retired', () => given(defined, retired).when(define()).rejects('menu-item-retired'));
  it('may cost nothing and take nothing', () =>
    given()
      .when(define({ price: usd(0), recipe: [] }))
      .then({ ...defined, data: { ...defined.data, price: usd(0), recipe: [] } }));
  it('may take nine thousand tonnes of an ingredient', () => {
    const most = [{ stockItemId: beefId, quantity: 9_000_000_000_000 }];
    given()
      .when(define({ recipe: most }))
      .then({ ...defined, data: { ...defined.data, recipe: most } });
  });
  for (const { wishes, code } of unsound) it(`refuses ${JSON.stringify(wishes)}`, () => given().when(define(wishes)).rejects(code));
});

describe('MenuItem: change', () => {
  it('counts a new recipe', () => given(defined).when(change({ price, recipe })).then(changed));
  it('keeps the version of a recipe that stays', () => given(defined).when(change({ price })).then(changedOnly({ price })));
  it('goes on from what was changed', () =>
    given(defined, changed)
      .when(change({ recipe: [] }))
      .then({ ...changed, data: { ...changed.data, recipe: [], recipeVersion: 3 } }));
  it('changes once', () => given(defined, changed).when(change({ price, recipe })).nothing());
  it('stays quiet when nothing is wished', () => given(defined).when(change({})).nothing());
  for (const { wishes, code } of unsound) it(`refuses ${JSON.stringify(wishes)}`, () => given(defined).when(change(wishes)).rejects(code));
  it('refuses what was retired', () => given(defined, retired).when(change({ price })).rejects('menu-item-retired'));
  it('refuses what was never defined', () => given().when(change({ price })).rejects('menu-item-unknown'));
});

describe('MenuItem: retire', () => {
  it('is retired', () => given(defined, changed).when(retire).then(retired));
  it('is retired once', () => given(defined, retired).when(retire).nothing());
  it('refuses what was never defined', () => given().when(retire).rejects('menu-item-unknown'));
});
