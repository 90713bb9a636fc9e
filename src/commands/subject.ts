import Type from 'typebox';
import { erasureReasons, subjectDecider, type SubjectCommand, type SubjectEvent, type SubjectState } from '../domain/subject.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { Id, input } from './schema.ts';

export const subjectAggregate: Aggregate<SubjectState, SubjectCommand, SubjectEvent> = {
  name: 'Subject',
  decider: subjectDecider,
  locationOf: () => null,
};

const command = commandsOf(subjectAggregate);

export const ErasureReason = Type.Enum([...erasureReasons]);

/** Says that it was done: whoever sends it has destroyed the person's key. */
export const eraseSubject = command({
  type: 'EraseSubject',
  summary: 'Say that a person’s data were erased',
  permission: null,
  route: null,
  input: input({ subjectId: Id, kind: Type.Enum(['staff', 'guest']), reason: ErasureReason, erasedBy: Type.String() }),
  prepare: (data) => ({
    id: data.subjectId,
    locationId: null,
    ids: { subjectId: data.subjectId },
    command: { type: 'EraseSubject', data },
  }),
});

export const subjectCommands = [eraseSubject];
