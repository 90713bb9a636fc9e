import { render } from 'preact';
import { App } from '../shared/app.tsx';
import { Kitchen } from './kitchen.tsx';

const screen = document.getElementById('screen');
if (screen === null) throw new Error('The page has no place for the screen.');
render(<App title="Kitchen screen">{(place) => <Kitchen place={place} />}</App>, screen);
