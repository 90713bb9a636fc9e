import { connect, type Api, type Login } from '../api.ts';
import { instantOf } from './local-time.ts';
import { planOf } from './plan.ts';
import { play, type Played, type Refused, type Speed } from './play.ts';
import { readMenu, readOrders, type BadLine } from './read-files.ts';
import { chooseLocation, setUpMenu } from './set-up.ts';

export type ImportOptions = Login & {
  readonly menuFile: string;
  readonly ordersFile: string;
  readonly speed: Speed;
  readonly location?: string;
};

type MoneyFigure = { readonly amount: number; readonly currency: string };
type SalesReport = { readonly total: { readonly orders: number; readonly lines: number; readonly gross: MoneyFigure } };

/** What the files hold, what was sent, and what the server says of it afterwards. */
export type ImportFigures = {
  readonly stopped: boolean;
  readonly rows: number;
  readonly orders: number;
  readonly lines: number;
  readonly gross: MoneyFigure;
  readonly bestSeller: { readonly name: string; readonly sold: number } | null;
  readonly rowsByHour: { readonly [hour: string]: number };
  readonly bad: readonly BadLine[];
  readonly sent: { readonly orders: number; readonly commands: number; readonly seconds: number; readonly commandsPerSecond: number };
  readonly refused: readonly Refused[];
  readonly server: SalesReport['total'] | null;
};

export type Listener = { readonly onBadLine: (bad: BadLine) => void; readonly onProgress: (played: Played, orders: number) => void };

/** Plays the files into the server. Stopped by the signal it ends after the orders under way; run again it goes on without doubling any. */
export const runImport = async (
  options: ImportOptions,
  signal: AbortSignal,
  { onBadLine, onProgress }: Listener,
): Promise<ImportFigures> => {
  const menu = await readMenu(options.menuFile);
  const items = new Map(menu.items.map((item) => [item.menuItemId, item]));
  const read = await readOrders(options.ordersFile, new Set(items.keys()));
  const bad = [...menu.bad, ...read.bad];
  for (const line of bad) onBadLine(line);

  const api = await connect(options);
  const location = await chooseLocation(api, options.location);
  await setUpMenu(api, location, menu.items);

  const plans = read.orders.map((order) =>
    planOf(order, instantOf(order.at, location.timeZone), location.locationId, location.currency, items),
  );
  const started = performance.now();
  const played = await play(api, plans, options.speed, signal, (soFar) => onProgress(soFar, plans.length));
  const seconds = (performance.now() - started) / 1000;

  const sold = Map.groupBy(
    read.orders.flatMap((order) => order.lines),
    (line) => line.menuItemId,
  );
  const [best] = [...sold].toSorted(([, a], [, b]) => b.length - a.length);
  return {
    stopped: signal.aborted,
    rows: read.rows,
    orders: plans.length,
    lines: plans.reduce((sum, plan) => sum + plan.lines, 0),
    gross: { amount: plans.reduce((sum, plan) => sum + plan.gross, 0), currency: location.currency },
    bestSeller: best === undefined ? null : { name: items.get(best[0])?.name ?? best[0], sold: best[1].length },
    rowsByHour: read.rowsByHour,
    bad,
    sent: {
      orders: played.orders,
      commands: played.commands,
      seconds: round(seconds),
      commandsPerSecond: Math.round(played.commands / seconds),
    },
    refused: played.refused,
    server:
      played.lastPosition === 0
        ? null
        : await salesOf(
            api,
            location.locationId,
            plans.map((plan) => plan.steps[0]?.at ?? 0),
            played.lastPosition,
          ),
  };
};

const DAY_MS = 86_400_000;
const isoDay = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);
const round = (seconds: number): number => Math.round(seconds * 10) / 10;

/** A day more at each end: business days are the location's, not UTC's. */
const salesOf = async (api: Api, locationId: string, times: readonly number[], position: number): Promise<SalesReport['total']> => {
  const from = times.reduce((a, b) => Math.min(a, b));
  const to = times.reduce((a, b) => Math.max(a, b));
  const query = new URLSearchParams({ from: isoDay(from - DAY_MS), to: isoDay(to + DAY_MS), groupBy: 'category', locationId });
  return (await api.get<SalesReport>(`reports/sales?${query.toString()}`, position)).total;
};
