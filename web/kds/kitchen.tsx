import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { remember, remembered } from '../shared/address.ts';
import { ConnectionBar } from '../shared/connection-bar.tsx';
import type { Menu } from '../shared/contract.ts';
import { useLoaded } from '../shared/hooks.ts';
import type { Place } from '../shared/place.ts';
import { BoardScreen } from './board-screen.tsx';
import { EXPO } from './station.ts';
import { StationPicker } from './station-picker.tsx';

const WARNING = 'what you see may be old';

/** The station stays in the address, so that a screen comes back to its place after a power cut. */
export const Kitchen = ({ place }: { place: Place }): JSX.Element => {
  const [chosen, setChosen] = useState(remembered('station'));
  const { locationId } = place.location;
  const menu = useLoaded(() => place.api.query<Menu>(`/menu?locationId=${locationId}`), locationId);
  const choose = (station: string | null): void => {
    remember('station', station);
    setChosen(station);
  };

  const stations = menu.value?.stations ?? [];
  const known = chosen === EXPO || stations.some(({ stationId }) => stationId === chosen);
  return (
    <>
      <ConnectionBar place={place} warning={WARNING} />
      {menu.value === null ? (
        <p class="hint" role="status">
          {menu.trouble ?? 'Loading the stations …'}
        </p>
      ) : chosen !== null && known ? (
        <BoardScreen key={chosen} place={place} stations={stations} chosen={chosen} choose={choose} />
      ) : (
        <StationPicker place={place} stations={stations} choose={choose} />
      )}
    </>
  );
};
