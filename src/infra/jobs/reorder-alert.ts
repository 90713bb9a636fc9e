import type { Job } from '../../commands/policies/job.ts';
import type { SendCommand } from '../../commands/policies/send-command.ts';
import { inUnit } from '../../domain/quantity.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Mail, Message } from './mail.ts';
import type { JobHandler } from './worker.ts';

type ReorderNeed = Extract<Job, { queue: 'reorder-alerts' }>['data'];

/** The alert has the job's id, which comes from the event's: raised again it is the same alert. `mail` null: nobody is written to. */
export const reorderAlertHandler =
  (send: SendCommand, mail: Mail | null): JobHandler =>
  async ({ id, data, cause }) => {
    const need = data as ReorderNeed;
    const sent = await send(
      { type: 'RaiseAlert', data: { alertId: id, kind: 'reorder', ...need } },
      { ...cause, sender: 'reorder-alerts', key: `job:${id}` },
    );
    if (sent.kind === 'refused') throw new Rejection(sent.code, sent.detail);
    if (sent.kind === 'busy') throw new Error(`The alert must wait: ${sent.code}`);
    await mail?.send(reorderMail(id, need));
  };

const reorderMail = (alertId: string, { name, onHand, reorderPoint, par, displayUnit }: ReorderNeed): Message => ({
  id: `alert-${alertId}`,
  subject: `Reorder ${name}: ${inUnit(onHand, displayUnit)} left`,
  text: [
    `${name} has reached its reorder point.`,
    '',
    `On hand:        ${inUnit(onHand, displayUnit)}`,
    `Reorder point:  ${inUnit(reorderPoint, displayUnit)}`,
    `Fill up to:     ${inUnit(par, displayUnit)}`,
    '',
  ].join('\n'),
});
