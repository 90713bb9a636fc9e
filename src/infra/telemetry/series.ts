import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

type Count = { readonly inc: (by?: number) => void };
type Level = { readonly set: (value: number) => void };
type Spread = { readonly observe: (value: number) => void };

/** Makes series in one registry. A series with labels is asked for its child by the labels' values, in their order. */
export type Series = {
  readonly count: (name: string, help: string) => Count;
  readonly countBy: (name: string, help: string, labels: readonly string[]) => (...values: string[]) => Count;
  readonly level: (name: string, help: string) => Level;
  readonly levelBy: (name: string, help: string, labels: readonly string[]) => (...values: string[]) => Level;
  readonly spread: (name: string, help: string, buckets: readonly number[]) => Spread;
  readonly spreadBy: (name: string, help: string, buckets: readonly number[], labels: readonly string[]) => (...values: string[]) => Spread;
};

export const seriesIn = (registry: Registry): Series => {
  const registers = [registry];
  return {
    count: (name, help) => new Counter({ name, help, registers }),
    countBy: (name, help, labelNames) => {
      const counter = new Counter({ name, help, labelNames, registers });
      return bound((values) => counter.labels(...values));
    },
    level: (name, help) => new Gauge({ name, help, registers }),
    levelBy: (name, help, labelNames) => {
      const gauge = new Gauge({ name, help, labelNames, registers });
      return bound((values) => gauge.labels(...values));
    },
    spread: (name, help, buckets) => new Histogram({ name, help, buckets: [...buckets], registers }),
    spreadBy: (name, help, buckets, labelNames) => {
      const histogram = new Histogram({ name, help, labelNames, buckets: [...buckets], registers });
      return bound((values) => histogram.labels(...values));
    },
  };
};

/** Binds each combination of labels once: what is counted on every request is then a look-up and an addition. */
const bound = <Child>(labelled: (values: string[]) => Child): ((...values: string[]) => Child) => {
  const children = new Map<string, Child>();
  return (...values) => {
    const name = values.join('\n');
    let child = children.get(name);
    if (child === undefined) {
      child = labelled(values);
      children.set(name, child);
    }
    return child;
  };
};
