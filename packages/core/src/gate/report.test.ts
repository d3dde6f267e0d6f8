import { expect, test } from 'vitest';
import { describeEvidence, evidenceReport, readEvidence, readWritten } from './index.ts';

const head = { id: 'e1', digest: 'sha256:a', recordedAt: new Date('2026-03-01T09:00:00Z'), expiresAt: null, by: 'CI' };

test.each([
  [{ kind: 'tests', passed: 9, failed: 1 }, '9 tests passed, 1 failed'],
  [{ kind: 'coverage', percent: 81.5 }, '81.5 % covered'],
  [{ kind: 'scan', critical: 0, high: 2 }, '0 critical, 2 high vulnerabilities'],
  [{ kind: 'nfr', result: 'inconclusive' }, 'Single Box inconclusive'],
])('what was reported is read again and told: %j', (report, told) => {
  const { kind, ...fact } = evidenceReport.parse(report);
  const found = readEvidence(head, kind, fact);
  expect(found).toEqual({ ...head, ...report });
  expect(found === null ? '' : describeEvidence(found)).toBe(told);
});

test.each([null, 'text', [], { passed: -1, failed: 0 }, { passed: 1 }, { passed: 1, failed: 0, digest: 'x', more: 1 }])(
  'what cannot be read counts for nothing: %j',
  (fact) => {
    expect(readEvidence(head, 'tests', fact)).toBeNull();
  },
);

test('what is kept cannot say that it is about another artifact', () => {
  expect(readEvidence(head, 'tests', { passed: 1, failed: 0, digest: 'sha256:b', by: 'somebody' })).toMatchObject({
    digest: 'sha256:a',
    by: 'CI',
  });
});

test('what a step wrote is a report on each line', () => {
  const text = '{"kind":"tests","passed":12,"failed":0,"source":"vitest","link":"https://ci.test/1"}\n\n{"kind":"coverage","percent":81}\n';
  expect(readWritten(text)).toEqual({
    ok: true,
    evidence: [
      { report: { kind: 'tests', passed: 12, failed: 0 }, source: 'vitest', link: 'https://ci.test/1' },
      { report: { kind: 'coverage', percent: 81 }, source: undefined, link: '' },
    ],
  });
  expect(readWritten(' \n')).toEqual({ ok: true, evidence: [] });
});

test.each([
  ['12 passed', /^Line 1: /],
  ['{"kind":"tests","passed":1,"failed":0}\n{"kind":"tests","passed":-1,"failed":0}', /^Line 2, passed: /],
  ['\n{"kind":"checklist","checkKey":"a","item":"b"}', /^Line 2, kind: /],
  ['{"kind":"coverage","percent":80,"verified":true}', /^Line 1: .*verified/],
  ['{"kind":"coverage","percent":80,"link":"javascript:alert(1)"}', /^Line 1, link: /],
  ['null', /^Line 1: /],
  ['{"kind":"coverage","percent":80}\n'.repeat(21), /^There are 21 lines/],
])('what a step wrote counts as a whole or not at all: %j', (text, fault) => {
  expect(readWritten(text)).toEqual({ ok: false, fault: expect.stringMatching(fault) });
});
