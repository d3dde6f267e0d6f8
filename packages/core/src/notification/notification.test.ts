import { describe, expect, test } from 'vitest';
import { afterTry, deliveryMayBecome, deliveryState, messageKind, outcomeOfStatus, renderMessage } from './index.ts';
import type { MessageFacts } from './index.ts';

const now = new Date('2026-03-01T10:00:00Z');
const facts = (over: Partial<MessageFacts> = {}): MessageFacts => ({
  kind: 'approvalNeeded',
  serviceName: 'Checkout',
  version: '1.1',
  environmentName: 'Production',
  requestedByName: 'Dora',
  state: '',
  reason: '',
  asked: 'Eve or Bob',
  policyTitle: '',
  expiresAt: new Date('2026-03-02T10:30:00Z'),
  url: 'https://flow.test/t/acme/approvals?id=a1',
  links: { approveUrl: 'https://flow.test/yes', rejectUrl: 'https://flow.test/no' },
  ...over,
});

describe('a message', () => {
  test('says what is needed of whom until when, and where', () => {
    const { subject, text } = renderMessage(facts());
    expect(subject).toBe('Your approval is needed: Checkout 1.1 to Production');
    for (const part of ['Asked for by Dora', 'Eve or Bob', '2026-03-02 10:30 UTC', 'approvals?id=a1', 'https://flow.test/yes', 'log in'])
      expect(text).toContain(part);
  });

  test('has a subject for every kind and every end', () => {
    const subjects = messageKind.options.map((kind) => renderMessage(facts({ kind, state: 'rejected' })).subject);
    expect(new Set(subjects).size).toBe(messageKind.options.length);
    expect(renderMessage(facts({ kind: 'approvalDecided', state: 'expired' })).subject).toContain('Nobody decided in time');
  });

  test('no name breaks out of its line', () => {
    const { subject, text } = renderMessage(facts({ serviceName: 'A\r\nBcc: all@flow.test', reason: 'x\n\ny' }));
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text.split('\n').some((line) => line.startsWith('Bcc'))).toBe(false);
  });
});

describe('a message about an exemption', () => {
  test('says from what, for whom, why, and by when it is to be reviewed', () => {
    const { subject, text } = renderMessage(
      facts({ kind: 'breakGlassTaken', version: '', policyTitle: 'Change freeze', reason: 'Nobody can pay', requestedByName: 'Rita' }),
    );
    expect(subject).toBe('Break-glass, to be reviewed by someone else: Checkout to Production');
    for (const part of ['It is about "Change freeze".', 'Nobody can pay', 'Taken by Rita.', 'The review is due 2026-03-02 10:30 UTC.'])
      expect(text).toContain(part);
  });

  test('tells a yes from a no', () => {
    const subjectOf = (state: string) => renderMessage(facts({ kind: 'exemptionAnswered', state })).subject;
    expect([subjectOf('granted'), subjectOf('refused')]).toEqual([
      'Exemption given: Checkout 1.1 to Production',
      'Exemption refused: Checkout 1.1 to Production',
    ]);
  });
});

describe('a delivery', () => {
  test('is tried again with longer waits, and is dead after the last', () => {
    const failed = { kind: 'failed', answer: 'HTTP 503' } as const;
    const waits = Array.from(
      { length: 9 },
      (_, index) => afterTry(failed, { attempts: index + 1, now, random: 0.5 }).nextAt?.getTime() ?? null,
    );
    expect(waits.slice(0, 8)).toEqual(waits.slice(0, 8).toSorted((left, right) => (left ?? 0) - (right ?? 0)));
    expect(waits.at(-1)).toBeNull();
    expect(afterTry(failed, { attempts: 9, now, random: 0 }).state).toBe('dead');
    expect(afterTry({ kind: 'refused', answer: 'HTTP 404' }, { attempts: 1, now, random: 0 }).state).toBe('dead');
  });

  test.each([
    [200, 'sent'],
    [204, 'sent'],
    [301, 'refused'],
    [404, 'refused'],
    [408, 'failed'],
    [429, 'failed'],
    [500, 'failed'],
  ])('an answer %i is %s', (status, kind) => {
    expect(outcomeOfStatus(status).kind).toBe(kind);
  });

  test('that was sent never begins again; one that is set aside does when a person says so', () => {
    for (const state of deliveryState.options) expect(deliveryMayBecome('sent', state)).toBe(false);
    expect([deliveryMayBecome('dead', 'waiting'), deliveryMayBecome('unknown', 'waiting'), deliveryMayBecome('waiting', 'sent')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
