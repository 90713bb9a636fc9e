import type { PasswordLinkJob } from '../../commands/policies/job.ts';
import { Rejection } from '../../domain/rejection.ts';
import { LINK_MINUTES, type PasswordLinks } from '../identity/password-links.ts';
import type { Mail } from './mail.ts';
import type { JobHandler } from './worker.ts';

/** Done again it mails a new link, and the one before is void. Nothing is mailed to an account that is not there. */
export const passwordLinkHandler =
  (links: Pick<PasswordLinks, 'make'>, mail: Mail | null, publicUrl: string | null): JobHandler =>
  async ({ id, data }) => {
    const { userId } = data as PasswordLinkJob['data'];
    if (mail === null || publicUrl === null)
      throw new Rejection('mail-not-configured', 'Set smtp.url and server.public_url, and try the job again.');
    const link = await links.make(userId);
    if (link === null) return;
    const text = [
      'Somebody, most likely you, asked for a new password for Brigade.',
      '',
      `Set it here within ${LINK_MINUTES} minutes:`,
      `${publicUrl}/reset-password#${link.token}`,
      '',
      'If it was not you, do nothing: your password stays as it is.',
      '',
    ].join('\n');
    try {
      await mail.send({ id: `password-${id}-${Date.parse(link.madeAt)}`, to: link.email, subject: 'A new password for Brigade', text });
    } catch (error) {
      // What a mail server says has the address in it, and would stand in the log and in the job.
      const code = error instanceof Error && 'responseCode' in error ? String(error.responseCode) : 'no answer';
      // oxlint-disable-next-line preserve-caught-error -- for the same reason
      throw new Error(`The mail server did not take the mail (${code})`);
    }
  };
