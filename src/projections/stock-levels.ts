import type { Dimension, SmallestUnit, Unit } from '../domain/quantity.ts';
import { change, existing, projection, type Change, type Fact } from './projection.ts';

/** Quantities are integers of `unit`, the smallest of the item's dimension. */
export type StockLevel = {
  readonly stockItemId: string;
  readonly locationId: string;
  readonly name: string;
  readonly dimension: Dimension;
  readonly unit: SmallestUnit;
  readonly displayUnit: Unit;
  readonly onHand: number;
  readonly par: number;
  readonly reorderPoint: number;
  readonly low: boolean;
  /** The kitchen used more than the books know of. */
  readonly negative: boolean;
  readonly lastCountedAt: string | null;
  readonly revision: number;
};

const dimensions: { readonly [Unit in SmallestUnit]: Dimension } = { mg: 'mass', ul: 'volume', piece: 'count' };

const withOnHand = (level: StockLevel, onHand: number): StockLevel => ({
  ...level,
  onHand,
  low: onHand <= level.reorderPoint,
  negative: onHand < 0,
});

const defined = ({ data, revision }: Fact<'StockItemDefined'>): StockLevel =>
  withOnHand(
    {
      stockItemId: data.stockItemId,
      locationId: data.locationId,
      name: data.name,
      dimension: dimensions[data.par.unit],
      unit: data.par.unit,
      displayUnit: data.displayUnit,
      onHand: 0,
      par: data.par.amount,
      reorderPoint: data.reorderPoint.amount,
      low: false,
      negative: false,
      lastCountedAt: null,
      revision,
    },
    0,
  );

const moved = (stockItemId: string, revision: number, by: number): readonly Change<StockLevel>[] => [
  existing(stockItemId, (level) => withOnHand({ ...level, revision }, level.onHand + by)),
];

export const stockLevels = projection<StockLevel>({
  name: 'stock_levels',
  version: 1,
  key: 'stockItemId',
  columns: {
    stockItemId: 'text',
    locationId: 'text',
    name: 'text',
    dimension: 'text',
    unit: 'text',
    displayUnit: 'text',
    onHand: 'integer',
    par: 'integer',
    reorderPoint: 'integer',
    low: 'boolean',
    negative: 'boolean',
    lastCountedAt: 'time?',
    revision: 'integer',
  },
  indexes: [['locationId', 'name']],
  live: false,
  shared: false,
  on: {
    StockItemDefined: (fact) => [change(fact.data.stockItemId, () => defined(fact))],
    StockItemReceived: ({ data, revision }) => moved(data.stockItemId, revision, data.quantity),
    StockItemConsumed: ({ data, revision }) => moved(data.stockItemId, revision, -data.quantity),
    StockItemWasted: ({ data, revision }) => moved(data.stockItemId, revision, -data.quantity),
    StockItemCounted: ({ data, at, revision }) => [
      existing(data.stockItemId, (level) => withOnHand({ ...level, lastCountedAt: at, revision }, data.counted)),
    ],
    StockItemReorderPointReached: ({ data, revision }) => [existing(data.stockItemId, (level) => ({ ...level, revision }))],
  },
});
