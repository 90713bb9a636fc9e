import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { areasOf, type Area, type Description } from './description.ts';
import { Method, OperationView } from './operation-view.tsx';
import { NamedProblem, Problems } from './problems.tsx';
import { Prose } from './prose.tsx';
import { useAddress, useReadingAt } from './use-address.ts';

const idOf = (area: string): string => `area-${area.toLowerCase().replaceAll(' ', '-')}`;

/** The whole API on one page. */
export const Reference = ({ description }: { description: Description }): JSX.Element => {
  const [filter, setFilter] = useState('');
  const areas = useMemo(() => areasOf(description, filter), [description, filter]);
  const name = useAddress();
  const reading = useReadingAt(areas);
  const [foreign, setForeign] = useState(false);
  useEffect(() => setForeign(name !== '' && document.getElementById(name) === null), [name, areas]);
  return (
    <div class="page">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Contents areas={areas} reading={reading} filter={filter} setFilter={setFilter} />
      <main id="content">
        {foreign && filter === '' && <NamedProblem code={name} />}
        {filter === '' && <Introduction description={description} />}
        {areas.length === 0 && <p>Nothing has all of these words.</p>}
        {areas.map((area) => (
          <AreaView key={area.name} description={description} area={area} />
        ))}
        {filter === '' && <Problems description={description} />}
      </main>
    </div>
  );
};

const Introduction = ({ description: { info } }: { description: Description }): JSX.Element => (
  <header class="introduction">
    <h1>
      {info.title} API <span class="version">{info.version}</span>
    </h1>
    <Prose text={info.description} />
    <p>
      <a href="/api/v1/openapi.json">OpenAPI 3.1 document</a>
    </p>
  </header>
);

type ContentsProps = {
  readonly areas: readonly Area[];
  readonly reading: string;
  readonly filter: string;
  readonly setFilter: (filter: string) => void;
};

const Contents = ({ areas, reading, filter, setFilter }: ContentsProps): JSX.Element => (
  <nav class="contents" aria-label="Contents">
    <p class="brand">
      <a href="/">Brigade</a>
    </p>
    <label class="filter">
      Filter
      <input type="search" value={filter} placeholder="order lines" onInput={(event) => setFilter(event.currentTarget.value)} />
    </label>
    <div class="areas">
      {areas.map(({ name, operations }) => (
        <section key={name}>
          <h2>
            <a href={`#${idOf(name)}`}>{name}</a>
          </h2>
          <ul>
            {operations.map(({ operationId, method, summary }) => (
              <li key={operationId}>
                <a href={`#${operationId}`} aria-current={reading === operationId ? 'location' : undefined}>
                  <Method method={method} />
                  <span>{summary}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <h2>
        <a href="#problems">Problems</a>
      </h2>
    </div>
  </nav>
);

const AreaView = ({ description, area }: { description: Description; area: Area }): JSX.Element => (
  <section class="area" id={idOf(area.name)} aria-labelledby={`${idOf(area.name)}-title`}>
    <h2 id={`${idOf(area.name)}-title`}>{area.name}</h2>
    <Prose text={area.description} />
    {area.operations.map((operation) => (
      <OperationView key={operation.operationId} description={description} operation={operation} />
    ))}
  </section>
);
