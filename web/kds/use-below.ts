import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How many children of a scrolling element begin under its lower edge: a cook must know that there is more. */
export const useBelow = (scroller: RefObject<HTMLElement | null>, children: number): number => {
  const [below, setBelow] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const count = (): void => {
      const edge = element.getBoundingClientRect().bottom - 40;
      setBelow([...element.querySelectorAll('[data-ticket]')].filter((child) => child.getBoundingClientRect().top > edge).length);
    };
    count();
    const sizes = new ResizeObserver(count);
    sizes.observe(element);
    element.addEventListener('scroll', count, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', count);
    };
  }, [scroller, children]);
  return below;
};
