/** An amount in minor units (cents) of an ISO 4217 currency. */
export type Money = { readonly amount: number; readonly currency: string };
