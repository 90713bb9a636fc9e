import type { TargetedSubmitEvent } from 'preact';

/** What was typed into a form's fields, by their names; the page itself is not sent anywhere. */
export const typedIn = (event: TargetedSubmitEvent<HTMLFormElement>): ((field: string) => string) => {
  event.preventDefault();
  const typed = new FormData(event.currentTarget);
  return (field) => {
    const value = typed.get(field);
    return typeof value === 'string' ? value : '';
  };
};
