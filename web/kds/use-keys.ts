import { useEffect } from 'preact/hooks';
import { keyAction, type KeyAction } from './keys.ts';

const HAVE_KEYS_OF_THEIR_OWN = 'input, textarea, select, dialog';
const PRESSED_BY_KEYS = 'button, a';

/** Calls `act` for the keys of a bump bar, wherever the focus is, except where the focused thing needs them itself. */
export const useKeys = (act: (action: KeyAction) => void): void => {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const action = keyAction(event);
      const at = event.target instanceof Element ? event.target : document.body;
      if (action === null || at.closest(HAVE_KEYS_OF_THEIR_OWN) !== null) return;
      if (action.type === 'bump' && at.closest(PRESSED_BY_KEYS) !== null) return;
      event.preventDefault();
      act(action);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [act]);

  useEffect(() => {
    const clicked = ({ detail }: MouseEvent): void => {
      // A button touched by hand must not be pressed again by the bump bar's Enter.
      const byHand = detail > 0;
      if (byHand && document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
    };
    document.addEventListener('click', clicked);
    return () => document.removeEventListener('click', clicked);
  }, []);
};
