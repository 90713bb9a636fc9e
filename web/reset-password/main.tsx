import { render } from 'preact';
import { NewPassword } from './new-password.tsx';

const screen = document.getElementById('screen');
if (screen === null) throw new Error('The page has no place for the form.');
// Behind the hash, so that the one-time secret is sent to no server and stands in no log.
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
render(<NewPassword token={token} />, screen);
