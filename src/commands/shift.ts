import Type from 'typebox';
import { shiftDecider, type Shift, type ShiftCommand, type ShiftEvent } from '../domain/shift.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { Id, input } from './schema.ts';

export const shiftAggregate: Aggregate<Shift, ShiftCommand, ShiftEvent> = {
  name: 'Shift',
  decider: shiftDecider,
  locationOf: (shift) => (shift.status === 'unknown' ? null : shift.locationId),
};

const command = commandsOf(shiftAggregate);

const clockIn = command({
  type: 'ClockIn',
  summary: 'Clock in: start a shift of one’s own',
  permission: 'shift.clock-in',
  route: { method: 'POST', path: '/shifts' },
  creates: true,
  input: input({ shiftId: Type.Optional(Id), locationId: Type.Optional(Id) }),
  prepare: async (given, context) => {
    const shiftId = given.shiftId ?? context.newId();
    const locationId = await context.location(given.locationId);
    const data = { shiftId, locationId, userId: context.actor.userId, name: context.actorName, at: context.at };
    return { id: shiftId, locationId, ids: { shiftId }, command: { type: 'ClockIn', data } };
  },
});

const timed = (verb: string, type: 'StartBreak' | 'EndBreak' | 'ClockOut', summary: string) =>
  command({
    type,
    summary,
    permission: `shift.${verb}`,
    route: { method: 'POST', path: `/shifts/{shiftId}/${verb}` },
    input: input({ shiftId: Id }),
    prepare: ({ shiftId }, { at }) => ({ id: shiftId, locationId: null, ids: { shiftId }, command: { type, data: { shiftId, at } } }),
  });

export const shiftCommands = [
  clockIn,
  timed('break-start', 'StartBreak', 'Start a break'),
  timed('break-end', 'EndBreak', 'End a break'),
  timed('clock-out', 'ClockOut', 'Clock out: end a shift'),
];
