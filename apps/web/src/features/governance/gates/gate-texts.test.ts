import { expect, test } from 'vitest';
import { emptyCheck } from './check-texts.ts';
import { toChecks, toGateDocument, toGateTexts } from './gate-texts.ts';

const checks = [
  { kind: 'stages', key: 'green', title: 'Green', stages: ['build', 'test'], maxAgeSeconds: 3600 },
  { kind: 'scan', key: 'scan', title: 'Scanned', maxAgeSeconds: null, criticalMax: 0, highMax: 2 },
  { kind: 'tests', key: 'tests', title: 'Tested', maxAgeSeconds: 86_400, passedMin: 10 },
  { kind: 'coverage', key: 'covered', title: 'Covered', maxAgeSeconds: null, minPercent: 79.5 },
  {
    kind: 'attestation',
    key: 'from',
    title: 'Provenance',
    maxAgeSeconds: null,
    predicateType: 'https://spdx.dev/Document',
    builderId: 'ci',
    sourceUri: 'git+https://git.test/shop',
  },
  { kind: 'nfr', key: 'nfr', title: 'Fast', maxAgeSeconds: null },
  { kind: 'checklist', key: 'list', title: 'Ready', maxAgeSeconds: null, items: ['Support knows', 'On call'] },
  { kind: 'external', key: 'board', title: 'Change board', maxAgeSeconds: 3600, externalId: 'x1', ifSilent: 'refuse' },
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
    { key: 'tests' },
    { key: 'covered' },
    { key: 'from' },
    { key: 'nfr' },
    { key: 'list' },
    { key: 'board' },
    { key: 'green-2', kind: 'stages', stages: ['deploy'] },
    { key: 'check' },
  ]);
});

test('what is no number is sent as it was typed, so that it is told at its field', () => {
  const document = toGateDocument(toGateTexts(null), [
    { ...emptyCheck, title: 'Covered', kind: 'coverage', minPercent: 'most' },
    { ...emptyCheck, title: 'Tested', kind: 'tests', passedMin: '5', maxAgeHours: '1.5' },
    { ...emptyCheck, title: 'Listed', kind: 'checklist', items: ' Support knows \n\nOn call' },
  ]);
  expect(document['checks']).toEqual([
    { kind: 'coverage', key: 'covered', title: 'Covered', minPercent: 'most', maxAgeSeconds: null },
    { kind: 'tests', key: 'tested', title: 'Tested', passedMin: 5, maxAgeSeconds: 5_400 },
    { kind: 'checklist', key: 'listed', title: 'Listed', items: ['Support knows', 'On call'], maxAgeSeconds: null },
  ]);
});
