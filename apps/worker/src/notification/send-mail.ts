import type { Message, SendOutcome } from '@flow/core/notification';
import { createTransport } from 'nodemailer';

/** Sends mail by the operator's server. */
export interface Mailer {
  send(letter: { to: string; message: Message; id: string }): Promise<SendOutcome>;
  close(): void;
}

export interface MailSettings {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  url: string;
  from: string;
  /** The server may be spoken to without TLS: it is on this machine, or the operator names it in FLOW_OUTBOUND_ALLOW. */
  isPlainAllowed: boolean;
}

const timeoutMs = 10_000;

/** Opens the way to the operator's mail server; connections are made when there is something to send. */
export function createMailer({ url, from, isPlainAllowed }: MailSettings): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    requireTLS: !isPlainAllowed,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, message, id }) {
      try {
        const messageId = `<${id}@flow>`;
        await transport.sendMail({ from, to: { name: '', address: to }, subject: message.subject, text: message.text, messageId });
        return { kind: 'sent', answer: 'Taken by the mail server' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** A server that refuses the receiver for good will not take it later. What it says stays out of the record: only its number is kept. */
function outcomeOf(error: unknown): SendOutcome {
  const code = error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  if (code === null) return { kind: 'failed', answer: 'The mail server does not answer' };
  return { kind: code >= 500 ? 'refused' : 'failed', answer: `SMTP ${code}` };
}
