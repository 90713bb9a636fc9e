import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Props = { readonly title: string; readonly close: () => void; readonly children: ComponentChildren };

/** The browser's own modal: focus stays in it, Escape closes it, what is behind is inert. */
export const Dialog = ({ title, close, children }: Props): JSX.Element => {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} aria-label={title} onClose={close} onClick={(event) => event.target === element.current && close()}>
      <div class="dialog">
        <header>
          <h2>{title}</h2>
          <button class="quiet" onClick={close}>
            Close
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
};
