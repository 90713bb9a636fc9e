import type { JSX } from 'preact';
import type { Station } from '../shared/contract.ts';
import type { Place } from '../shared/place.ts';
import { EXPO } from './station.ts';

type Props = { readonly place: Place; readonly stations: readonly Station[]; readonly choose: (station: string) => void };

export const StationPicker = ({ place, stations, choose }: Props): JSX.Element => (
  <main class="picker">
    <h1>Which station is this screen at?</h1>
    {stations.length === 0 && (
      <p class="hint">{place.location.name} has no stations yet: define them, or import a menu, then load this page again.</p>
    )}
    <div class="choices wide">
      {stations.map(({ stationId, name }) => (
        <button key={stationId} class="choice" onClick={() => choose(stationId)}>
          <strong>{name}</strong>
        </button>
      ))}
      <button class="choice" onClick={() => choose(EXPO)}>
        <strong>Expo</strong> All stations
      </button>
    </div>
    <footer>
      {place.location.name} · {place.person.full_name}
      {place.chooseLocation !== null && <button onClick={place.chooseLocation}>Other location</button>}
      <button onClick={place.logOut}>Log out</button>
    </footer>
  </main>
);
