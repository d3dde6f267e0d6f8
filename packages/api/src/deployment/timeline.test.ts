import { expect, test } from 'vitest';
import type { AuditRow } from '@flow/db/audit';
import { toTimeline } from './timeline.ts';

test.each([
  { before: 'preparing', after: 'awaitingApproval', reason: ': Needs 1 vote', sentence: 'Waits for approval: Needs 1 vote' },
  { before: 'awaitingApproval', after: 'deploying', reason: '', sentence: 'The first wave starts' },
  { before: 'deploying', after: 'baking', reason: ': Wave 1 is healthy', sentence: 'Wave 1 is healthy' },
  { before: 'baking', after: 'deploying', reason: '', sentence: 'The next wave starts' },
  { before: 'deploying', after: 'rollingBack', reason: ': eu-west: too many errors', sentence: 'Rolling back: eu-west: too many errors' },
  { before: 'rollingBack', after: 'rolledBack', reason: ': eu-west: too many errors', sentence: 'Rolled back: what ran before runs again' },
  { before: 'deploying', after: 'succeeded', reason: '', sentence: 'Succeeded: every region runs the new version' },
])('going from $before to $after is told as people say it, with its reason', ({ before, after, reason, sentence }) => {
  const audit = [entry({ before: { state: before }, after: { state: after }, summary: `Deployment went from one to another${reason}` })];
  expect(toTimeline({ audit, actions: [], regions: new Map() })).toMatchObject([{ kind: 'flow', sentence, state: after }]);
});

test('what is no change of state is told as it was written down', () => {
  const audit = [entry({ action: 'approval.vote', actor: 'user:1', actorName: 'Rita', summary: 'Approved Checkout 2 for Production' })];
  expect(toTimeline({ audit, actions: [], regions: new Map() })).toMatchObject([
    { kind: 'vote', actorName: 'Rita', sentence: 'Approved Checkout 2 for Production', state: null },
  ]);
});

function entry(given: Partial<AuditRow>): AuditRow {
  return {
    id: 'a',
    at: new Date(0),
    actor: 'worker',
    actorName: 'Flow',
    action: 'deployment.transition',
    subject: 'deployment:d',
    summary: '',
    before: null,
    after: null,
    requestId: null,
    address: null,
    ...given,
  };
}
