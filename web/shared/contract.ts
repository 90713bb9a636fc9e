/** What the server answers over HTTP, as far as these pages read it; live rows and frames have their types from the server itself. Times are ISO 8601. */
import type { OrderType } from '../../src/domain/order.ts';

/** In minor units (cents). */
export type Money = { readonly amount: number; readonly currency: string };

export type OrderLine = {
  readonly lineId: string;
  readonly menuItemId: string;
  readonly name: string;
  readonly quantity: number;
  /** Of one portion. */
  readonly price: Money;
  readonly seat: number | null;
  readonly note: string | null;
  readonly status: 'waiting' | 'fired' | 'started' | 'ready' | 'served' | 'voided';
  readonly voidReason?: string | null;
};

/** Sums in minor units of `currency`. */
export type Order = {
  readonly orderId: string;
  readonly orderType: OrderType;
  readonly status: 'open' | 'closed' | 'cancelled';
  readonly reference: string;
  readonly tableId: string | null;
  readonly tableName: string | null;
  readonly covers: number | null;
  readonly server: string | null;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly total: number;
  readonly paid: number;
  readonly balance: number;
  readonly openedAt: string;
  readonly revision: number;
};

export type Location = { readonly locationId: string; readonly name: string; readonly timeZone: string; readonly currency: string };
export type Station = { readonly stationId: string; readonly name: string; readonly warnSeconds: number; readonly lateSeconds: number };
export type Category = { readonly categoryId: string; readonly name: string };
export type MenuItem = { readonly menuItemId: string; readonly name: string; readonly categoryId: string; readonly price: Money };
export type Menu = { readonly stations: readonly Station[]; readonly categories: readonly Category[]; readonly items: readonly MenuItem[] };

export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };
export type CommandAnswer = { readonly id: string; readonly revision: number; readonly position: number };

/** RFC 9457. */
export type Problem = { readonly title: string; readonly status: number; readonly code: string; readonly detail: string };
