import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = process.env['BRIGADE_DATA'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** Maven Analytics' public restaurant data: a quarter's orders. It is not part of the project. */
export const restaurantData = { menu: join(FOLDER, 'menu_items.csv'), orders: join(FOLDER, 'order_details.csv') };

export const restaurantDataIsThere = (): boolean => existsSync(restaurantData.menu) && existsSync(restaurantData.orders);

/** What is in the files, counted by other means. */
export const trueFigures = {
  rows: 12_234,
  orders: 5_343,
  lines: 12_097,
  gross: { amount: 15_921_790, currency: 'USD' },
  bestSeller: { name: 'Hamburger', sold: 622 },
  badLines: 137,
  rowsInHour12: 1_672,
  linesInHour12: 1_659,
};
