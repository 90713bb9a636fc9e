import { render } from 'preact';
import { App } from '../shared/app.tsx';
import { Pos } from './pos.tsx';

const screen = document.getElementById('screen');
if (screen === null) throw new Error('The page has no place for the screen.');
render(<App title="Order screen">{(place) => <Pos place={place} />}</App>, screen);
