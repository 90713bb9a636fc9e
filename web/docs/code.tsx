import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

type Copying = 'idle' | 'done' | 'failed';
const WORDS: { readonly [State in Copying]: string } = { idle: 'Copy', done: 'Copied', failed: 'Select and copy by hand' };

/** Browsers give the clipboard only to pages from here or over HTTPS. */
const clipboard = (): Clipboard | undefined => (window.isSecureContext ? navigator.clipboard : undefined);

export const Code = ({ title, text, copy = false }: { title: string; text: string; copy?: boolean }): JSX.Element => {
  const [state, setState] = useState<Copying>('idle');
  const write = (): void => {
    clipboard()
      ?.writeText(text)
      .then(
        () => setState('done'),
        () => setState('failed'),
      );
  };
  return (
    <figure class="code">
      <figcaption>
        {title}
        {copy && clipboard() !== undefined && (
          <button type="button" onClick={write}>
            {WORDS[state]}
          </button>
        )}
      </figcaption>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
};
