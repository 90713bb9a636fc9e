import type { Message } from '../../domain/decider.ts';
import { personal, type Whose } from '../../domain/personal.ts';
import type { Subject } from '../../domain/subject.ts';

/** What becomes of a text at a place (`lines[0].note`) in an event's data; `subject` null: it is nobody's. */
export type ToText = (text: string, field: string, subject: Subject | null) => string;

type Field = { readonly steps: readonly string[]; readonly whose: Whose<unknown> };

const EACH = '[]';

const stepsOf = (path: string): readonly string[] => path.replaceAll(EACH, `.${EACH}`).split('.');

const fields = new Map<string, readonly Field[]>(
  Object.entries(personal)
    .map(([type, texts]): readonly [string, readonly Field[]] => [
      type,
      Object.entries(texts).map(([path, whose]) => ({ steps: stepsOf(path), whose: whose as Whose<unknown> })),
    ])
    .filter(([, texts]) => texts.length > 0),
);

export const hasPersonalTexts = (type: string): boolean => fields.has(type);

/** Types of events that say something about a person. */
export const personalTypes: readonly string[] = [...fields.keys()];

type At = (text: string, field: string) => string;

const isObject = (value: unknown): value is { readonly [name: string]: unknown } => typeof value === 'object' && value !== null;

/** The value with the text at the end of the steps changed; itself where there is none, or none that changes. */
const changed = (value: unknown, steps: readonly string[], index: number, field: string, to: At): unknown => {
  const step = steps[index];
  if (step === undefined) return typeof value === 'string' ? to(value, field) : value;
  if (step === EACH) {
    if (!Array.isArray(value)) return value;
    const items = value.map((item, nth) => changed(item, steps, index + 1, `${field}[${nth}]`, to));
    return items.every((item, nth) => item === value[nth]) ? value : items;
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return value;
  const inner = changed(value[step], steps, index + 1, field === '' ? step : `${field}.${step}`, to);
  return inner === value[step] ? value : { ...value, [step]: inner };
};

/** An event's data with each of its personal texts changed; the same object where none is. */
export const withTexts = ({ type, data }: Message<string, unknown>, actorId: string, to: ToText): unknown => {
  let present = data;
  for (const { steps, whose } of fields.get(type) ?? []) {
    const subject = whose(data, actorId);
    present = changed(present, steps, 0, '', (text, field) => to(text, field, subject));
  }
  return present;
};
