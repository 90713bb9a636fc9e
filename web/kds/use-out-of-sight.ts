import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export type OutOfSight = { readonly above: number; readonly below: number };

/** At least so much of a ticket has to be seen for it to count as seen, in pixels. */
const GLIMPSE = 40;

/** How many tickets are scrolled away: a cook must know that there are more. */
export const useOutOfSight = (scroller: RefObject<HTMLElement | null>, tickets: number): OutOfSight => {
  const [hidden, setHidden] = useState<OutOfSight>({ above: 0, below: 0 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const count = (): void => {
      const edges = element.getBoundingClientRect();
      const cards = [...element.querySelectorAll('[data-ticket]')].map((card) => card.getBoundingClientRect());
      const above = cards.filter(({ bottom }) => bottom < edges.top + GLIMPSE).length;
      const below = cards.filter(({ top }) => top > edges.bottom - GLIMPSE).length;
      setHidden((before) => (before.above === above && before.below === below ? before : { above, below }));
    };
    count();
    const sizes = new ResizeObserver(count);
    sizes.observe(element);
    element.addEventListener('scroll', count, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', count);
    };
  }, [scroller, tickets]);
  return hidden;
};
