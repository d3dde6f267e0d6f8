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
  expect(toTimeline({ audit, actions: [], progress: [], regions: new Map() })).toMatchObject([{ kind: 'flow', sentence, state: after }]);
});

test('what is no change of state is told as it was written down', () => {
  const audit = [entry({ action: 'approval.vote', actor: 'user:1', actorName: 'Rita', summary: 'Approved Checkout 2 for Production' })];
  expect(toTimeline({ audit, actions: [], progress: [], regions: new Map() })).toMatchObject([
    { kind: 'vote', actorName: 'Rita', sentence: 'Approved Checkout 2 for Production', state: null },
  ]);
});

test('the steps of a canary are told with its share of the traffic, where it is, and in their order', () => {
  const weight = { kind: 'weight' as const, percent: 20 };
  const at = (second: number): string => new Date(second * 1_000).toISOString();
  const progress = [
    { at: at(1), stepIndex: 0, step: weight, weight: 0 },
    { at: at(2), stepIndex: 1, step: { kind: 'pause' as const, durationSeconds: 12 }, weight: 20 },
    { at: at(3), stepIndex: 2, step: { kind: 'pause' as const }, weight: 40 },
    { at: at(4), stepIndex: 3, step: { kind: 'analysis' as const }, weight: 60 },
    { at: at(5), stepIndex: 4, step: { kind: 'other' as const, name: 'experiment' }, weight: 60 },
    { at: at(6), stepIndex: 5, step: null, weight: 100 },
  ];
  const told = toTimeline({
    audit: [],
    actions: [],
    progress: [{ targetDeploymentId: 't', progress }],
    regions: new Map([['t', 'eu-west']]),
  });
  expect(told.map(({ region, sentence }) => `${String(region)}: ${sentence}`)).toEqual([
    'eu-west: All traffic goes to the new version',
    'eu-west: The canary has 60 % and comes to experiment',
    'eu-west: The canary has 60 % and is measured',
    'eu-west: The canary has 40 % and waits for a person',
    'eu-west: The canary has 20 % and is watched for 12 s',
  ]);
});

function entry(given: Partial<AuditRow>): AuditRow {
  return {
    id: 'a',
    at: new Date(0),
    actor: 'worker',
    actorName: 'Flow',
    onBehalfOf: null,
    door: 'worker',
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
