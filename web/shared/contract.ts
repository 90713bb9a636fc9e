/** What the server answers over HTTP, as far as these pages read it; live rows and frames have their types from the server itself. Times are ISO 8601. */

/** In minor units (cents). */
export type Money = { readonly amount: number; readonly currency: string };

export type Location = { readonly locationId: string; readonly name: string; readonly timeZone: string; readonly currency: string };
export type Station = { readonly stationId: string; readonly name: string; readonly warnSeconds: number; readonly lateSeconds: number };
export type Category = { readonly categoryId: string; readonly name: string };
export type MenuItem = { readonly menuItemId: string; readonly name: string; readonly categoryId: string; readonly price: Money };
export type Menu = { readonly stations: readonly Station[]; readonly categories: readonly Category[]; readonly items: readonly MenuItem[] };

export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };
export type CommandAnswer = { readonly id: string; readonly revision: number; readonly position: number };

/** RFC 9457. */
export type Problem = { readonly title: string; readonly status: number; readonly code: string; readonly detail: string };
