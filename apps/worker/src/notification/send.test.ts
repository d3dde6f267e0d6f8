import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createOutbound, readAllowedPlaces } from '@flow/delivery/outbound';
import { signatureOf } from '@flow/operations/webhook';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { createMailer } from './send-mail.ts';
import { sendWebhook } from './send-webhook.ts';

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const message = { subject: 'Held: Checkout 1.1', text: 'Held: Checkout 1.1.\nA freeze\n\nhttps://flow.test/x' };

describe('mail', () => {
  /** A mail server that keeps what it takes. */
  async function mailServer(refuse?: { to: string; code: number }): Promise<{ url: string; taken: string[] }> {
    const taken: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo(address, _session, done) {
        const refusal = Object.assign(new Error('no such user: a secret of the server'), { responseCode: refuse?.code ?? 550 });
        done(address.address === refuse?.to ? refusal : null);
      },
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (part: Buffer) => (text += part.toString('utf8')));
        stream.on('end', () => {
          taken.push(text);
          done();
        });
      },
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
    closing.push(() => new Promise<void>((done) => server.close(() => done())));
    const address = server.server.address();
    return { url: `smtp://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, taken };
  }
  function mailer(url: string, isPlainAllowed = true) {
    const opened = createMailer({ url, from: 'Flow <flow@flow.test>', isPlainAllowed });
    closing.unshift(() => {
      opened.close();
      return undefined;
    });
    return opened;
  }

  test('reaches the server with its subject, its text and an id by which a second one would be known', async () => {
    const { url, taken } = await mailServer();
    expect(await mailer(url).send({ to: 'rita@flow.test', message, id: 'd1' })).toEqual({
      kind: 'sent',
      answer: 'Taken by the mail server',
    });
    expect(taken).toHaveLength(1);
    for (const part of [
      'To: rita@flow.test',
      'From: Flow <flow@flow.test>',
      'Subject: Held: Checkout 1.1',
      '<d1@flow>',
      'https://flow.test/x',
    ])
      expect(taken[0]).toContain(part);
  });

  test('of a receiver that the server refuses is not tried again, of one that it puts off is; what it says is not kept', async () => {
    const refused = await mailServer({ to: 'gone@flow.test', code: 550 });
    expect(await mailer(refused.url).send({ to: 'gone@flow.test', message, id: 'd2' })).toEqual({ kind: 'refused', answer: 'SMTP 550' });
    const busy = await mailServer({ to: 'busy@flow.test', code: 451 });
    expect(await mailer(busy.url).send({ to: 'busy@flow.test', message, id: 'd3' })).toEqual({ kind: 'failed', answer: 'SMTP 451' });
  });

  test('is not sent over a line that anyone can read, unless the operator allows the server by name', async () => {
    const { url, taken } = await mailServer();
    expect((await mailer(url, false).send({ to: 'rita@flow.test', message, id: 'd4' })).kind).not.toBe('sent');
    expect(taken).toEqual([]);
  });

  test('waits for a server that does not answer', async () => {
    expect(await mailer('smtp://127.0.0.1:1').send({ to: 'rita@flow.test', message, id: 'd5' })).toEqual({
      kind: 'failed',
      answer: 'The mail server does not answer',
    });
  });
});

describe('a channel', () => {
  const secret = `whsec_${Buffer.from('0123456789012345678901234567890123').toString('base64')}`;

  async function receiver(status: number): Promise<{ url: string; got: { headers: IncomingHttpHeaders; body: string }[] }> {
    const got: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        got.push({ headers: request.headers, body });
        response.writeHead(status).end('a secret of the receiver');
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
    closing.push(() => new Promise<void>((done) => server.close(() => done())));
    const address = server.address();
    return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook`, got };
  }
  async function send(url: string, allow = '127.0.0.1') {
    const read = readAllowedPlaces(allow);
    if (!read.ok) throw new Error(read.message);
    await using outbound = createOutbound({ allowed: read.places });
    const letter = { url, secret, body: '{"text":"hi"}', id: 'd1' };
    return await sendWebhook(outbound, letter, { now: new Date('2026-03-01T10:00:00.900Z'), signal: new AbortController().signal });
  }

  test('is called with a signature over id, time and body, as Standard Webhooks has it', async () => {
    const { url, got } = await receiver(204);
    expect(await send(url)).toEqual({ kind: 'sent', answer: 'HTTP 204' });
    const seconds = Date.parse('2026-03-01T10:00:00Z') / 1_000;
    expect(got[0]).toMatchObject({
      body: '{"text":"hi"}',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'd1',
        'webhook-timestamp': String(seconds),
        'webhook-signature': signatureOf(secret, { seconds, body: '{"text":"hi"}', id: 'd1' }),
      },
    });
  });

  test('has the signature that the specification gives for its own example', () => {
    const example = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', example)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test.each([
    [503, 'failed'],
    [429, 'failed'],
    [302, 'refused'],
    [404, 'refused'],
  ])('that answers %i is %s, and of its answer only the number is kept', async (status, kind) => {
    const { url } = await receiver(status);
    expect(await send(url)).toEqual({ kind, answer: `HTTP ${status}` });
  });

  test('inside is not called', async () => {
    const { url, got } = await receiver(200);
    expect((await send(url.replace('http:', 'https:'), '')).kind).toBe('failed');
    expect((await send(url, '')).kind).toBe('refused');
    expect(got).toEqual([]);
  });
});
