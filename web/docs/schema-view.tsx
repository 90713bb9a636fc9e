import type { JSX } from 'preact';
import { nameIn, schemaNamed, type Description, type Schema } from './description.ts';
import { Words } from './prose.tsx';

type Shown = { readonly description: Description; readonly schema: Schema };

const isNone = ({ type }: Schema): boolean => type === 'null';

/** `string or none`, `list of OrderLine`. */
const typeOf = (schema: Schema): string => {
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => (isNone(one) ? 'none' : typeOf(one))).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return 'one of';
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => (type === 'null' ? 'none' : type)).join(' or ');
  if (schema.format !== undefined) return schema.format;
  return typeof schema.type === 'string' ? schema.type : 'anything';
};

const limitsOf = ({ minimum, maximum, minLength, maxLength, minItems, maxItems, pattern }: Schema): readonly string[] => {
  const between = (least: number | undefined, most: number | undefined, unit: string): readonly string[] => {
    if (least === undefined && most === undefined) return [];
    if (most === undefined) return [`${least}${unit} or more`];
    return [least === undefined ? `up to ${most}${unit}` : `${least} to ${most}${unit}`];
  };
  return [
    ...between(minimum, maximum, ''),
    ...between(minLength, maxLength, ' characters'),
    ...between(minItems, maxItems, ' items'),
    ...(pattern === undefined ? [] : [pattern]),
  ];
};

const Value = ({ schema }: { schema: Schema }): JSX.Element => (
  <>
    <span class="type">{typeOf(schema)}</span>
    {schema.enum?.map((value) => (
      <code key={String(value)} class="choice">
        {String(value)}
      </code>
    ))}
    {limitsOf(schema).map((limit) => (
      <span key={limit} class="limit">
        {limit}
      </span>
    ))}
  </>
);

/** One name with what it stands for; what is inside it opens below. */
export const Field = (shown: Shown & { name: string; required: boolean; explained?: string | undefined; place?: string }): JSX.Element => {
  const { description, schema, name, required, explained = schema.description, place } = shown;
  const inside = insideOf(description, schema);
  return (
    <li class="field">
      <div class="line">
        <code class="name">{name}</code>
        {place !== undefined && <span class="place">{place}</span>}
        <Value schema={schema} />
        {required && <span class="required">required</span>}
      </div>
      {explained !== undefined && (
        <p class="explained">
          <Words text={explained} />
        </p>
      )}
      {inside !== null && (
        <details>
          <summary>{Object.keys(inside.properties ?? {}).length} fields</summary>
          <Fields description={description} schema={inside} />
        </details>
      )}
    </li>
  );
};

/** The object in a field: its own, its reference's, its items', or the one it is where it is not none. */
const insideOf = (description: Description, given: Schema): Schema | null => {
  const schema = schemaNamed(description, given);
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return insideOf(description, schema.items);
  const some = schema.anyOf?.filter((one) => !isNone(one)) ?? [];
  return some.length === 1 && some[0] !== undefined ? insideOf(description, some[0]) : null;
};

/** The fields of an object. */
export const Fields = ({ description, schema: given }: Shown): JSX.Element | null => {
  const schema = schemaNamed(description, given);
  const { properties = {}, required = [] } = schema;
  const entries = Object.entries(properties);
  if (entries.length === 0) return null;
  return (
    <ul class="fields">
      {entries.map(([name, field]) => (
        <Field key={name} description={description} name={name} schema={field} required={required.includes(name)} />
      ))}
    </ul>
  );
};
