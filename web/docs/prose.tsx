import type { JSX } from 'preact';

/** Text with `code` in it. */
export const Words = ({ text }: { text: string }): JSX.Element => (
  <>{text.split('`').map((part, n) => (n % 2 === 1 ? <code key={n}>{part}</code> : part))}</>
);

/** Paragraphs, parted by empty lines. */
export const Prose = ({ text }: { text: string }): JSX.Element => (
  <>
    {text.split('\n\n').map((paragraph) => (
      <p key={paragraph}>
        <Words text={paragraph} />
      </p>
    ))}
  </>
);
