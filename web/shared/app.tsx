import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { remember, remembered } from './address.ts';
import type { Api } from './api.ts';
import { browserApi, browserLive, browserSession } from './browser.ts';
import type { Location, Page } from './contract.ts';
import { useLoaded, useStore } from './hooks.ts';
import { Login } from './login.tsx';
import type { Person, Place } from './place.ts';
import type { Session } from './session.ts';

type Inside = (place: Place) => JSX.Element;

/** Login, then the location when there are several, then the screen itself. */
export const App = ({ title, children }: { title: string; children: Inside }): JSX.Element => {
  const session = useMemo(browserSession, []);
  const tokens = useStore(session.tokens);
  return tokens === null ? <Login session={session} title={title} /> : <SignedIn session={session} inside={children} />;
};

const whereabouts = async (server: Api): Promise<{ person: Person; locations: readonly Location[] }> => {
  const [person, locations] = await Promise.all([server.query<Person>('/users/me'), server.query<Page<Location>>('/locations')]);
  return { person, locations: locations.items };
};

const SignedIn = ({ session, inside }: { session: Session; inside: Inside }): JSX.Element => {
  const server = useMemo(() => browserApi(session), [session]);
  const { value, trouble } = useLoaded(() => whereabouts(server), '');
  const [chosen, setChosen] = useState(remembered('location'));
  const choose = (locationId: string | null): void => {
    remember('location', locationId);
    setChosen(locationId);
  };
  const logOut = (): void => {
    session.logout().catch((failure: unknown) => console.error('Logged out here, but the server was not told.', failure));
  };

  if (value === null) return <Waiting trouble={trouble} logOut={logOut} />;
  const { person, locations } = value;
  const location = locations.length === 1 ? locations[0] : locations.find(({ locationId }) => locationId === chosen);
  if (location === undefined) return <LocationPicker locations={locations} choose={choose} />;
  const chooseLocation = locations.length > 1 ? () => choose(null) : null;
  return <Connected key={location.locationId} server={server} inside={inside} place={{ person, location, chooseLocation, logOut }} />;
};

const Connected = ({ server, inside, place }: { server: Api; inside: Inside; place: Omit<Place, 'api' | 'live'> }): JSX.Element => {
  const live = useMemo(() => browserLive(server), [server]);
  useEffect(() => live.close, [live]);
  const whole = useMemo(() => ({ ...place, api: server, live }), [server, live, place.location]);
  return inside(whole);
};

const Waiting = ({ trouble, logOut }: { trouble: string | null; logOut: () => void }): JSX.Element => (
  <main class="entrance">
    <div class="sheet" role="status">
      <p class="brand">Brigade</p>
      <p>{trouble ?? 'Loading …'}</p>
      {trouble !== null && <button onClick={logOut}>Log in as somebody else</button>}
    </div>
  </main>
);

const LocationPicker = ({ locations, choose }: { locations: readonly Location[]; choose: (locationId: string) => void }): JSX.Element => (
  <main class="entrance">
    <div class="sheet">
      <p class="brand">Brigade</p>
      <h1>Which location?</h1>
      {locations.length === 0 && <p>There is no location yet. Define one, or import a menu, then load this page again.</p>}
      <div class="choices">
        {locations.map(({ locationId, name }) => (
          <button key={locationId} class="choice" onClick={() => choose(locationId)}>
            {name}
          </button>
        ))}
      </div>
    </div>
  </main>
);
