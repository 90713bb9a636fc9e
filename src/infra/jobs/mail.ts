import { createTransport } from 'nodemailer';

/** `id` becomes the Message-ID: a mail sent twice is recognised as the same. */
export type Message = {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  /** Else who is told of everything. */
  readonly to?: string;
  readonly files?: readonly AttachedFile[];
};
type AttachedFile = { readonly name: string; readonly type: string; readonly content: string };
export type Mail = { readonly send: (message: Message) => Promise<void>; readonly close: () => void };

/** `url` as `smtps://user:password@host:465`. */
export type MailSettings = { readonly url: string; readonly from: string; readonly to: readonly string[] };

const CONNECT_MS = 10_000;
const ANSWER_MS = 20_000;

/** `send` rejects until the server has taken the mail over. */
export const openMail = ({ url, from, to }: MailSettings): Mail => {
  const transport = createTransport({ url, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: ANSWER_MS });
  const domain = /@(?<domain>[\w.-]+)/.exec(from)?.groups?.['domain'] ?? 'brigade.invalid';
  return {
    send: async ({ id, subject, text, files = [], to: receiver }) => {
      await transport.sendMail({
        from,
        to: receiver ?? [...to],
        subject,
        text,
        attachments: files.map(({ name, type, content }) => ({ filename: name, contentType: type, content })),
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
};
