import { expect, test } from 'vitest';
import { meetingText, outcomeText, partText, usualRows } from './foresight-texts.ts';
import type { ShownForesight } from './foresight-texts.ts';

const at = (minutes: number): string => new Date(Date.UTC(2026, 2, 2, 10, minutes)).toISOString();
const seen = { seconds: 90, sampleCount: 1 };
const usual = { prepare: seen, approval: seen, apply: seen, weight: seen, person: seen, analysis: seen, finish: seen, whole: seen };
const foresight: ShownForesight = {
  at: at(0),
  outcome: 'arrives',
  approvedAt: null,
  startAt: at(0),
  endAt: at(9),
  holds: [],
  waves: [],
  meetings: [],
  usual,
  isByNearestPlan: false,
};

test('what cannot come to its end says why', () => {
  const wave = { regions: ['eu'], startAt: at(0), endAt: null, parts: [], bakedAt: null };
  expect(outcomeText(foresight)).toBe('It will probably arrive.');
  expect(outcomeText({ ...foresight, outcome: 'stuck', startAt: null })).toContain('No start can be named');
  expect(outcomeText({ ...foresight, outcome: 'stuck', waves: [wave, wave] })).toContain('after 2 waves have begun');
});

test('parts, meetings and what it rests on are read as sentences', () => {
  expect(partText({ kind: 'pause', weight: 20, fromAt: at(0), untilAt: at(2) })).toBe('20%: it is watched, 2 min');
  expect(partText({ kind: 'finish', weight: 100, fromAt: at(0), untilAt: at(1) })).toBe('all pods become new and healthy, 1 min');
  const rollout = { kind: 'rollout', deploymentId: 'd1', serviceName: 'Cart', fromAt: at(0), untilAt: at(1) } as const;
  expect(meetingText({ ...rollout, relation: 'dependency', regions: ['eu', 'us'] })).toBe('which it calls, in eu, us');
  expect(meetingText({ ...rollout, relation: 'none', regions: ['eu'] })).toBe('in eu');
  expect(usualRows(usual)[0]).toEqual({ name: 'Preparing', text: '1 min 30 s, seen once' });
  expect(usualRows({ ...usual, prepare: { seconds: 10, sampleCount: 0 } })[0]?.text).toBe('10 s, assumed: it was never seen here');
});
