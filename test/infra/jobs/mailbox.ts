import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Received = {
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  /** What the attached file holds; '' where there is none. */
  readonly attached: string;
};
export type Mailbox = {
  readonly url: string;
  readonly received: readonly Received[];
  /** Settles once so many have come. */
  readonly has: (count: number) => Promise<readonly Received[]>;
  /** The next mail is refused for the moment. */
  readonly refuseNext: () => void;
  readonly close: () => Promise<void>;
};

const header = (raw: string, name: string): string => new RegExp(`^${name}: (.*)$`, 'mi').exec(raw)?.[1]?.trim() ?? '';

const attachedTo = (raw: string): string => {
  const [, base64 = ''] = /^Content-Disposition: attachment;[^]*?\n\n([^-]*)/m.exec(raw) ?? [];
  return Buffer.from(base64, 'base64').toString('utf8');
};

/** A mail server on a port of its own. */
export const openMailbox = async (): Promise<Mailbox> => {
  const received: Received[] = [];
  let refusals = 0;
  let arrived = Promise.withResolvers<void>();
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusals > 0) {
          refusals--;
          callback(new Error('Mailbox busy'));
          return;
        }
        const raw = Buffer.concat(chunks).toString('utf8').replaceAll('\r\n', '\n');
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({
          to,
          messageId: header(raw, 'Message-ID'),
          subject: header(raw, 'Subject'),
          text: raw.slice(raw.indexOf('\n\n') + 2),
          attached: attachedTo(raw),
        });
        callback();
        arrived.resolve();
        arrived = Promise.withResolvers();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    has: async (count) => {
      while (received.length < count) await arrived.promise;
      return received;
    },
    refuseNext: () => refusals++,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
