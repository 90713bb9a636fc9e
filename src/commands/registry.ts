import { alertCommands } from './alert.ts';
import type { CommandDefinition } from './command.ts';
import { locationCommands } from './location.ts';
import { menuCommands } from './menu.ts';
import { menuItemCommands } from './menu-item.ts';
import { orderCommands } from './order.ts';
import { shiftCommands } from './shift.ts';
import { stockItemCommands } from './stock-item.ts';
import { subjectCommands } from './subject.ts';
import { tableCommands } from './table.ts';

/** Every command once. */
export const commands: readonly CommandDefinition[] = [
  ...orderCommands,
  ...stockItemCommands,
  ...tableCommands,
  ...shiftCommands,
  ...menuCommands,
  ...menuItemCommands,
  ...locationCommands,
  ...alertCommands,
  ...subjectCommands,
];

const byType = new Map(commands.map((definition) => [definition.type, definition]));

export const commandNamed = (type: string): CommandDefinition | undefined => byType.get(type);
