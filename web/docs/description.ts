/** The parts of an OpenAPI 3.1 document that the page shows. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
};
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
};
export type Content = { readonly [type: string]: { readonly schema: Schema } };
export type Response = {
  readonly description: string;
  readonly headers?: { readonly [name: string]: unknown };
  readonly content?: Content;
};
type Ref = { readonly $ref: string };
type Written = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly 'x-permission'?: string;
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: { readonly [status: string]: Response | Ref };
};
export type Description = {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: Written } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema }; readonly responses: { readonly [name: string]: Response } };
};

/** A problem names the entry that explains it. */
export type Answer = { readonly status: string; readonly response: Response; readonly problem: string | null };
export type Operation = Omit<Written, 'parameters' | 'responses'> & {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly answers: readonly Answer[];
};
export type Area = { readonly name: string; readonly description: string; readonly operations: readonly Operation[] };

/** Follows a reference within the document. */
const found = <T>(description: Description, node: T | Ref): T => {
  if (typeof node !== 'object' || node === null || !('$ref' in node)) return node;
  const steps = node.$ref.slice('#/'.length).split('/');
  return steps.reduce<unknown>((at, step) => (at as { readonly [name: string]: unknown })[step], description) as T;
};

export const schemaNamed = (description: Description, schema: Schema): Schema => found(description, schema);

export const nameIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const answersOf = (description: Description, { responses }: Written): readonly Answer[] =>
  Object.entries(responses).map(([status, response]) => ({
    status,
    response: found(description, response),
    problem: '$ref' in response ? nameIn(response.$ref) : null,
  }));

const operationsIn = (description: Description): readonly Operation[] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, written]) => ({
      ...written,
      method,
      path,
      parameters: (written.parameters ?? []).map((parameter) => found<Parameter>(description, parameter)),
      answers: answersOf(description, written),
    })),
  );

const speaksOf = ({ method, path, summary, operationId }: Operation, words: readonly string[]): boolean => {
  const text = `${method} ${path} ${summary} ${operationId}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

/** The operations by area, those that have all the words; areas without any are left out. */
export const areasOf = (description: Description, filter: string): readonly Area[] => {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const operations = operationsIn(description).filter((operation) => speaksOf(operation, words));
  const areas = description.tags.map(({ name, description: text = '' }) => ({
    name,
    description: text,
    operations: operations.filter(({ tags }) => tags[0] === name),
  }));
  return areas.filter(({ operations: some }) => some.length > 0);
};
