import type { JSX } from 'preact';
import type { Description } from './description.ts';
import { Words } from './prose.tsx';

const codesIn = (text: string): readonly string[] => [...text.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code ?? '');

/** What refusals mean. A problem's `type` leads here. */
export const Problems = ({ description }: { description: Description }): JSX.Element => (
  <section class="area" id="problems" aria-labelledby="problems-title">
    <h2 id="problems-title">Problems</h2>
    <p>
      A refusal is <code>application/problem+json</code>: <code>code</code> names the reason and stays the same, <code>detail</code> says
      what to do, <code>errors</code> says which fields are wrong.
    </p>
    <dl class="problems">
      {Object.entries(description.components.responses).map(([name, { description: text }]) => {
        const [meaning = '', codes = ''] = text.split('\n\n');
        return (
          <div key={name} id={name} class="problem">
            <dt>{statusOf(description, name)}</dt>
            <dd>
              <Words text={meaning} />
              <span class="codes">
                {codesIn(codes).map((code) => (
                  <code key={code} id={code}>
                    {code}
                  </code>
                ))}
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  </section>
);

/** The status under which operations refer to a problem. */
const statusOf = ({ paths }: Description, name: string): string => {
  for (const methods of Object.values(paths)) {
    for (const { responses } of Object.values(methods)) {
      const entry = Object.entries(responses).find(([, response]) => '$ref' in response && response.$ref.endsWith(`/${name}`));
      if (entry !== undefined) return entry[0];
    }
  }
  return '';
};

/** For a problem whose code no list can know: the rules of the house have their own. */
export const NamedProblem = ({ code }: { code: string }): JSX.Element => (
  <p class="named" role="status">
    <code>{code}</code> is the reason a request was refused. The answer’s <code>detail</code> says what to do; see{' '}
    <a href="#problems">Problems</a>.
  </p>
);
