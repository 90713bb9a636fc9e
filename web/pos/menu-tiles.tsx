import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Menu, MenuItem } from '../shared/contract.ts';
import type { Loaded } from '../shared/hooks.ts';
import { formatMoney } from '../shared/money.ts';

type Props = { readonly menu: Loaded<Menu>; readonly add: (item: MenuItem) => void; readonly disabled: boolean };

export const MenuTiles = ({ menu, add, disabled }: Props): JSX.Element => {
  const [chosen, setChosen] = useState<string | null>(null);
  if (menu.value === null) {
    return (
      <p class="hint" role="status">
        {menu.trouble ?? 'Loading the menu …'}
      </p>
    );
  }
  const byCategory = Map.groupBy(menu.value.items, ({ categoryId }) => categoryId);
  const categories = menu.value.categories.filter(({ categoryId }) => byCategory.has(categoryId));
  const shown = chosen ?? categories[0]?.categoryId ?? null;
  return (
    <section class="menu" aria-label="Menu">
      <div class="categories" role="group" aria-label="Categories">
        {categories.map(({ categoryId, name }) => (
          <button key={categoryId} aria-pressed={categoryId === shown} onClick={() => setChosen(categoryId)}>
            {name}
          </button>
        ))}
      </div>
      <div class="tiles">
        {categories.length === 0 && <p class="hint">The menu has no items yet.</p>}
        {(byCategory.get(shown ?? '') ?? []).map((item) => (
          <button key={item.menuItemId} class="tile item" disabled={disabled} onClick={() => add(item)}>
            <strong>{item.name}</strong>
            <span>{formatMoney(item.price)}</span>
          </button>
        ))}
      </div>
    </section>
  );
};
