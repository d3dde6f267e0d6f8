import { expect, test } from 'vitest';
import { emptyCheck, toChecks, toGateDocument, toGateTexts } from './gate-texts.ts';

const checks = [
  { kind: 'stages', key: 'green', title: 'Green', stages: ['build', 'test'], maxAgeSeconds: 3600 },
  { kind: 'scan', key: 'scan', title: 'Scanned', maxAgeSeconds: null, criticalMax: 0, highMax: 2 },
];
const policy = {
  id: 'p',
  kind: 'gate' as const,
  title: 'Ready',
  enforcement: 'enforce' as const,
  revision: 2,
  isPlatform: false,
  updatedAt: '2026-01-01T00:00:00.000Z',
  archivedAt: null,
  revisions: [],
  document: { title: 'Ready', checks },
};

test('the form says what the gate said, with what it has no field for', () => {
  expect(toGateDocument(toGateTexts(policy), toChecks(policy))).toMatchObject({ title: 'Ready', checks });
});

test('every new check gets a key of its own', () => {
  const added = [
    { ...emptyCheck, title: 'Green', stages: 'deploy' },
    { ...emptyCheck, title: '!' },
  ];
  const document = toGateDocument(toGateTexts(policy), [...toChecks(policy), ...added]);
  expect(document['checks']).toMatchObject([
    { key: 'green' },
    { key: 'scan' },
    { key: 'green-2', kind: 'stages', stages: ['deploy'] },
    { key: 'check' },
  ]);
});
