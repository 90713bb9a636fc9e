import { menuDecider, type MenuCommand, type MenuEvent } from '../../src/domain/menu.ts';
import { canonicalEvents } from '../support/canonical-events.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(menuDecider);
const { MenuStationDefined: grill, MenuCategoryDefined: american } = canonicalEvents;

describe('Menu: define a station', () => {
  type Wishes = Partial<typeof grill.data>;
  const define = (wishes: Wishes = {}): MenuCommand => ({ type: 'DefineStation', data: { ...grill.data, ...wishes } });
  const defined = (wishes: Wishes): MenuEvent => ({ type: 'MenuStationDefined', data: { ...grill.data, ...wishes } });

  it('is defined', () => given().when(define()).then(grill));
  it('is changed', () =>
    given(grill)
      .when(define({ lateSeconds: 900 }))
      .then(defined({ lateSeconds: 900 })));
  it('is defined beside another', () =>
    given(grill)
      .when(define({ stationId: 'fry' }))
      .then(defined({ stationId: 'fry' })));
  it('is defined once', () => given(grill, american).when(define()).nothing());
  for (const times of [{ warnSeconds: 0 }, { warnSeconds: 720 }, { lateSeconds: 480 }, { lateSeconds: 720.5 }, { warnSeconds: 1.5 }])
    it(`refuses ${JSON.stringify(times)}`, () => given().when(define(times)).rejects('station-times-invalid'));
});

describe('Menu: define a category', () => {
  const define = (name: string): MenuCommand => ({ type: 'DefineCategory', data: { ...american.data, name } });

  it('is defined', () => given().when(define('American')).then(american));
  it('is renamed', () =>
    given(american)
      .when(define('Burgers'))
      .then({ ...american, data: { ...american.data, name: 'Burgers' } }));
  it('is defined once', () => given(american, grill).when(define('American')).nothing());
});
