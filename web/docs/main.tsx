import { render } from 'preact';
import type { Description } from './description.ts';
import { Reference } from './reference.tsx';

const place = document.getElementById('page');
if (place === null) throw new Error('The page has no place for the reference.');

const load = async (): Promise<Description> => {
  const answer = await fetch('/api/v1/openapi.json');
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()) as Description;
};

/** What the address names was not there yet when the page came. */
const goToNamed = (): void => {
  if (location.hash !== '') location.replace(location.hash);
};

try {
  render(<Reference description={await load()} />, place);
  goToNamed();
} catch (failure) {
  render(
    <p class="failure" role="alert">
      The API’s description cannot be read: {String(failure)} Load the page again.
    </p>,
    place,
  );
}
