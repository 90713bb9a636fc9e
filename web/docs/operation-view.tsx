import type { JSX } from 'preact';
import { Code } from './code.tsx';
import type { Answer, Description, Operation } from './description.ts';
import { bodyOf, curlOf, exampleOf } from './example.ts';
import { Prose } from './prose.tsx';
import { Field, Fields } from './schema-view.tsx';

type Shown = { readonly description: Description; readonly operation: Operation };

export const Method = ({ method }: { method: string }): JSX.Element => <span class={`method ${method}`}>{method}</span>;

/** A path with its parameters set apart. */
const Path = ({ path }: { path: string }): JSX.Element => (
  <code class="path">{path.split(/(\{\w+\})/).map((part, n) => (n % 2 === 1 ? <em key={n}>{part}</em> : part))}</code>
);

export const OperationView = ({ description, operation }: Shown): JSX.Element => {
  const { operationId, summary, method, path, description: text, security } = operation;
  const good = operation.answers.find(({ problem }) => problem === null);
  return (
    <section class="operation" id={operationId} aria-labelledby={`${operationId}-title`}>
      <div class="told">
        <h3 id={`${operationId}-title`}>
          <a href={`#${operationId}`}>{summary}</a>
        </h3>
        <p class="address">
          <Method method={method} />
          <Path path={path} />
        </p>
        {text !== undefined && <Prose text={text} />}
        {security?.length === 0 && <p>No access token needed.</p>}
        <Parameters description={description} operation={operation} />
        <Body description={description} operation={operation} />
        <Answers description={description} answers={operation.answers} />
      </div>
      <div class="shown">
        <Code title="Request" text={curlOf(description, operation, location.origin)} copy />
        {good !== undefined && <AnswerExample description={description} answer={good} />}
      </div>
    </section>
  );
};

const Parameters = ({ description, operation: { parameters } }: Shown): JSX.Element | null =>
  parameters.length === 0 ? null : (
    <>
      <h4>Parameters</h4>
      <ul class="fields">
        {parameters.map(({ name, in: place, required = false, schema, description: explained }) => (
          <Field key={name} description={description} name={name} place={place} schema={schema} required={required} explained={explained} />
        ))}
      </ul>
    </>
  );

const Body = ({ description, operation }: Shown): JSX.Element | null => {
  const schema = bodyOf(operation);
  if (schema === null) return null;
  return (
    <>
      <h4>Body{operation.requestBody?.required === true ? '' : ', may be left out'}</h4>
      <Fields description={description} schema={schema} />
    </>
  );
};

const Answers = ({ description, answers }: { description: Description; answers: readonly Answer[] }): JSX.Element => {
  const good = answers.filter(({ problem }) => problem === null);
  const refusals = answers.filter(({ problem }) => problem !== null);
  return (
    <>
      <h4>Answers</h4>
      {good.map(({ status, response }) => (
        <div key={status} class="answer">
          <p>
            <span class={`status ${status.startsWith('2') ? 'good' : 'bad'}`}>{status}</span> {response.description}
            {Object.keys(response.headers ?? {}).map((name) => (
              <code key={name} class="header">
                {name}
              </code>
            ))}
          </p>
          <AnswerFields description={description} response={response} />
        </div>
      ))}
      {refusals.length > 0 && (
        <p class="refusals">
          {refusals.map(({ status, problem, response }) => (
            <a key={status} href={`#${problem ?? ''}`} class="status bad" title={response.description}>
              {status}
            </a>
          ))}
        </p>
      )}
    </>
  );
};

const AnswerFields = ({ description, response }: { description: Description; response: Answer['response'] }): JSX.Element | null => {
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined) return null;
  return (
    <details>
      <summary>What it holds</summary>
      <Fields description={description} schema={schema} />
    </details>
  );
};

const AnswerExample = ({ description, answer: { status, response } }: { description: Description; answer: Answer }): JSX.Element | null => {
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined) return null;
  return <Code title={`Answer ${status}`} text={JSON.stringify(exampleOf(description, schema, true), null, 2)} />;
};
