import { parseArgs } from 'node:util';
import { loginFrom, LOGIN_HELP, LOGIN_OPTIONS, UsageError } from '../arguments.ts';
import type { Speed } from './play.ts';
import { runImport, type ImportFigures, type ImportOptions } from './run.ts';

export const IMPORT_HELP = `brigade import --menu FILE --orders FILE [--speed 1|60|max] [--location NAME] [--json]
  Plays a restaurant's orders into a running server, each at its own time.
  --menu      CSV: menu_item_id, item_name, category, price
  --orders    CSV: order_details_id, order_id, order_date (31/03/2023), order_time (1:05:00 PM), item_id
  --speed     how many times faster than life; max (the default): as fast as the server takes them
  --json      print the figures as JSON
${LOGIN_HELP}
  Stop it with Ctrl-C and start it again: what was sent is known and not doubled.`;

const speedFrom = (text: string): Speed => {
  if (text === 'max') return 'max';
  const speed = Number(text);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new UsageError(`--speed takes a number above 0, or max; not ${text}`);
};

const optionsFrom = (args: readonly string[], env: NodeJS.ProcessEnv): ImportOptions & { readonly json: boolean } => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...LOGIN_OPTIONS,
      menu: { type: 'string' },
      orders: { type: 'string' },
      speed: { type: 'string', default: 'max' },
      location: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.menu === undefined || values.orders === undefined) throw new UsageError('--menu and --orders are needed');
  return {
    ...loginFrom(values, env),
    menuFile: values.menu,
    ordersFile: values.orders,
    speed: speedFrom(values.speed),
    json: values.json,
    ...(values.location === undefined ? {} : { location: values.location }),
  };
};

/** Exit code: 0 all played, 1 something was refused, 130 stopped. */
export const importCommand = async (args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> => {
  const { json, ...options } = optionsFrom(args, env);
  let shown = 0;
  const figures = await runImport(options, signal, {
    onBadLine: ({ file, line, reason }) => {
      if (!json) console.error(`${file} line ${line}: ${reason}`);
    },
    onProgress: ({ orders, commands }, total) => {
      if (performance.now() - shown < 1000 && orders < total) return;
      shown = performance.now();
      console.error(`${orders} of ${total} orders, ${commands} commands`);
    },
  });
  console.log(json ? JSON.stringify(figures, null, 2) : summary(figures));
  if (figures.stopped) return 130;
  return figures.refused.length > 0 ? 1 : 0;
};

const money = ({ amount, currency }: { readonly amount: number; readonly currency: string }): string =>
  `${(amount / 100).toFixed(2)} ${currency}`;

export const summary = ({ rows, orders, lines, gross, bestSeller, bad, sent, refused, server, stopped }: ImportFigures): string =>
  [
    `${rows} rows: ${lines} good lines in ${orders} orders worth ${money(gross)}; ${bad.length} bad lines.`,
    ...(bestSeller === null ? [] : [`Sold most: ${bestSeller.name}, ${bestSeller.sold} times.`]),
    `${stopped ? 'Stopped after' : 'Played'} ${sent.orders} orders: ${sent.commands} commands in ${sent.seconds} s, ${sent.commandsPerSecond} a second; ${refused.length} refused.`,
    ...refused.slice(0, 20).map(({ order, command, code, detail }) => `  order ${order}: ${command} refused: ${detail} (${code})`),
    ...(server === null ? [] : [`The server now says: ${server.orders} orders, ${server.lines} lines, ${money(server.gross)}.`]),
  ].join('\n');
