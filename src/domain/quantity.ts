/** `piece`, `mg` and `ul` are the smallest units of their dimensions: every stored quantity is an integer of one of them. */
export type Dimension = 'mass' | 'volume' | 'count';
export type SmallestUnit = 'mg' | 'ul' | 'piece';
export type Unit = SmallestUnit | 'g' | 'kg' | 'oz' | 'lb' | 'ml' | 'cl' | 'l' | 'dozen';

/** An integer number of the smallest unit. */
export type Quantity = { readonly amount: number; readonly unit: SmallestUnit };
