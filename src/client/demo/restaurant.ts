/** An invented restaurant: enough of one for every screen to live. */
type Amount = { readonly amount: number; readonly unit: 'g' | 'ml' | 'piece' };
export type DemoStation = { readonly id: string; readonly name: string; readonly warnMinutes: number; readonly lateMinutes: number };
export type DemoStock = {
  readonly id: string;
  readonly name: string;
  readonly unit: 'kg' | 'l' | 'piece';
  readonly par: number;
  readonly reorderPoint: number;
  readonly delivered: number;
};
export type DemoDish = {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly course: 'starter' | 'main' | 'dessert' | 'drink';
  readonly station: string;
  /** Minor units of the location's currency. */
  readonly price: number;
  readonly prepMinutes: number;
  readonly recipe: readonly (readonly [stock: string, quantity: Amount])[];
};

export const stations: readonly DemoStation[] = [
  { id: 'grill', name: 'Grill', warnMinutes: 12, lateMinutes: 18 },
  { id: 'fry', name: 'Fry', warnMinutes: 7, lateMinutes: 11 },
  { id: 'cold', name: 'Cold', warnMinutes: 6, lateMinutes: 10 },
  { id: 'bar', name: 'Bar', warnMinutes: 4, lateMinutes: 7 },
];

export const categories: readonly (readonly [id: string, name: string])[] = [
  ['starters', 'Starters'],
  ['mains', 'Mains'],
  ['sides', 'Sides'],
  ['desserts', 'Desserts'],
  ['drinks', 'Drinks'],
];

export const stock: readonly DemoStock[] = [
  { id: 'beef', name: 'Beef, minced', unit: 'kg', par: 12, reorderPoint: 5, delivered: 9 },
  { id: 'steak', name: 'Rib-eye', unit: 'kg', par: 15, reorderPoint: 4, delivered: 12 },
  { id: 'salmon', name: 'Salmon fillet', unit: 'kg', par: 8, reorderPoint: 3, delivered: 6 },
  { id: 'buns', name: 'Brioche buns', unit: 'piece', par: 80, reorderPoint: 24, delivered: 60 },
  { id: 'potatoes', name: 'Potatoes', unit: 'kg', par: 40, reorderPoint: 12, delivered: 30 },
  { id: 'lettuce', name: 'Lettuce', unit: 'kg', par: 5, reorderPoint: 2, delivered: 4 },
  { id: 'tomatoes', name: 'Tomatoes', unit: 'kg', par: 10, reorderPoint: 3, delivered: 8 },
  { id: 'burrata', name: 'Burrata', unit: 'piece', par: 30, reorderPoint: 8, delivered: 20 },
  { id: 'cream', name: 'Cream', unit: 'l', par: 8, reorderPoint: 2, delivered: 6 },
  { id: 'chocolate', name: 'Dark chocolate', unit: 'kg', par: 3, reorderPoint: 1, delivered: 2 },
  { id: 'wine', name: 'House red', unit: 'l', par: 24, reorderPoint: 6, delivered: 18 },
  { id: 'lemons', name: 'Lemons', unit: 'piece', par: 60, reorderPoint: 15, delivered: 40 },
];

const g = (amount: number): Amount => ({ amount, unit: 'g' });
const ml = (amount: number): Amount => ({ amount, unit: 'ml' });
const pieces = (amount: number): Amount => ({ amount, unit: 'piece' });

export const dishes: readonly DemoDish[] = [
  {
    id: 'burrata',
    name: 'Burrata & tomatoes',
    category: 'starters',
    course: 'starter',
    station: 'cold',
    price: 1350,
    prepMinutes: 4,
    recipe: [
      ['burrata', pieces(1)],
      ['tomatoes', g(150)],
    ],
  },
  {
    id: 'tartare',
    name: 'Salmon tartare',
    category: 'starters',
    course: 'starter',
    station: 'cold',
    price: 1450,
    prepMinutes: 5,
    recipe: [
      ['salmon', g(90)],
      ['lemons', pieces(1)],
    ],
  },
  {
    id: 'croquettes',
    name: 'Potato croquettes',
    category: 'starters',
    course: 'starter',
    station: 'fry',
    price: 950,
    prepMinutes: 6,
    recipe: [['potatoes', g(200)]],
  },
  {
    id: 'burger',
    name: 'House burger',
    category: 'mains',
    course: 'main',
    station: 'grill',
    price: 1750,
    prepMinutes: 10,
    recipe: [
      ['beef', g(180)],
      ['buns', pieces(1)],
      ['lettuce', g(30)],
      ['tomatoes', g(40)],
    ],
  },
  {
    id: 'rib-eye',
    name: 'Rib-eye 300 g',
    category: 'mains',
    course: 'main',
    station: 'grill',
    price: 3250,
    prepMinutes: 14,
    recipe: [['steak', g(300)]],
  },
  {
    id: 'salmon',
    name: 'Grilled salmon',
    category: 'mains',
    course: 'main',
    station: 'grill',
    price: 2450,
    prepMinutes: 11,
    recipe: [
      ['salmon', g(170)],
      ['lemons', pieces(1)],
    ],
  },
  {
    id: 'fish-chips',
    name: 'Fish & chips',
    category: 'mains',
    course: 'main',
    station: 'fry',
    price: 1850,
    prepMinutes: 9,
    recipe: [
      ['salmon', g(150)],
      ['potatoes', g(250)],
    ],
  },
  {
    id: 'garden-salad',
    name: 'Garden salad',
    category: 'mains',
    course: 'main',
    station: 'cold',
    price: 1250,
    prepMinutes: 5,
    recipe: [
      ['lettuce', g(120)],
      ['tomatoes', g(120)],
    ],
  },
  {
    id: 'fries',
    name: 'Fries',
    category: 'sides',
    course: 'main',
    station: 'fry',
    price: 550,
    prepMinutes: 6,
    recipe: [['potatoes', g(250)]],
  },
  {
    id: 'mousse',
    name: 'Chocolate mousse',
    category: 'desserts',
    course: 'dessert',
    station: 'cold',
    price: 850,
    prepMinutes: 3,
    recipe: [
      ['chocolate', g(60)],
      ['cream', ml(80)],
    ],
  },
  {
    id: 'panna-cotta',
    name: 'Panna cotta',
    category: 'desserts',
    course: 'dessert',
    station: 'cold',
    price: 800,
    prepMinutes: 3,
    recipe: [['cream', ml(120)]],
  },
  {
    id: 'red',
    name: 'House red, glass',
    category: 'drinks',
    course: 'drink',
    station: 'bar',
    price: 650,
    prepMinutes: 2,
    recipe: [['wine', ml(150)]],
  },
  {
    id: 'lemonade',
    name: 'Lemonade',
    category: 'drinks',
    course: 'drink',
    station: 'bar',
    price: 450,
    prepMinutes: 2,
    recipe: [['lemons', pieces(2)]],
  },
];

export const tables: readonly { readonly name: string; readonly section: string; readonly seats: number }[] = Array.from(
  { length: 12 },
  (_none, index) => ({
    name: String(index + 1),
    section: index < 8 ? 'Room' : 'Terrace',
    seats: [2, 2, 4, 4, 4, 6, 6, 8, 2, 2, 4, 4][index] ?? 4,
  }),
);
