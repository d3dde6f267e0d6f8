import { describe, expect, test } from 'vitest';
import { gate, judgeGate } from './index.ts';
import type { Evidence, GateInput } from './index.ts';

const now = new Date('2026-03-01T10:00:00Z');
const recorded = { id: 'e1', digest: 'sha256:a', recordedAt: new Date('2026-03-01T09:00:00Z'), expiresAt: null, by: 'CI' };
const provenance = {
  kind: 'attestation',
  ...recorded,
  predicateType: 'slsa',
  verified: true,
  detail: 'ok',
  builderId: '',
  sourceUri: '',
} as const;
const judge = (check: GateInput['checks'][number], found: readonly Evidence[], at = now) =>
  judgeGate(
    gate.parse({
      id: 'g',
      revision: 1,
      title: 'Production',
      owner: { kind: 'tenant', name: 'Shop' },
      scope: {},
      appliesTo: {},
      enforcement: 'enforce',
      checks: [check],
    }),
    found,
    {
      digest: 'sha256:a',
      configurationHash: 'h1',
      now: at,
    },
  );

const external = { kind: 'external', key: 'k', title: 'Change board', externalId: 'x1' } as const;
const answered = { kind: 'external', ...recorded, externalId: 'x1', name: 'Board', configurationHash: 'h1', detail: '' } as const;

describe('checks of a gate', () => {
  const cases: readonly [GateInput['checks'][number], Evidence, 'passed' | 'failed' | 'waiting', string][] = [
    [
      { kind: 'stages', key: 'k', title: 'Stages', stages: ['build', 'test'] },
      { kind: 'stages', ...recorded, stages: { build: 'succeeded', test: 'succeeded' } },
      'passed',
      'build, test succeeded',
    ],
    [
      { kind: 'stages', key: 'k', title: 'Stages', stages: ['build', 'test'] },
      { kind: 'stages', ...recorded, stages: { build: 'succeeded' } },
      'waiting',
      'test is missing',
    ],
    [
      { kind: 'stages', key: 'k', title: 'Stages', stages: ['constructor'] },
      { kind: 'stages', ...recorded, stages: {} },
      'waiting',
      'constructor is missing',
    ],
    [{ kind: 'tests', key: 'k', title: 'Tests' }, { kind: 'tests', ...recorded, passed: 9, failed: 1 }, 'failed', '1 tests failed'],
    [
      { kind: 'tests', key: 'k', title: 'Tests', passedMin: 10 },
      { kind: 'tests', ...recorded, passed: 9, failed: 0 },
      'failed',
      'only 9 tests ran',
    ],
    [
      { kind: 'coverage', key: 'k', title: 'Coverage', minPercent: 80 },
      { kind: 'coverage', ...recorded, percent: 79.5 },
      'failed',
      '79.5%',
    ],
    [{ kind: 'scan', key: 'k', title: 'Scan' }, { kind: 'scan', ...recorded, critical: 0, high: 0 }, 'passed', '0 critical'],
    [{ kind: 'scan', key: 'k', title: 'Scan', highMax: 2 }, { kind: 'scan', ...recorded, critical: 0, high: 3 }, 'failed', '3 high'],
    [
      { kind: 'attestation', key: 'k', title: 'Provenance', predicateType: 'slsa' },
      { ...provenance, verified: false, detail: 'signed by nobody' },
      'failed',
      'signed by nobody',
    ],
    [
      { kind: 'attestation', key: 'k', title: 'Provenance', predicateType: 'slsa' },
      { ...provenance, predicateType: 'sbom' },
      'waiting',
      'no evidence',
    ],
    [
      {
        kind: 'attestation',
        key: 'k',
        title: 'Provenance',
        predicateType: 'slsa',
        builderId: 'ci',
        sourceUri: 'git+https://git.test/shop',
      },
      { ...provenance, builderId: 'ci', sourceUri: 'git+https://git.test/shop@refs/heads/main' },
      'passed',
      'verified: ok',
    ],
    [
      { kind: 'attestation', key: 'k', title: 'Provenance', predicateType: 'slsa', builderId: 'ci' },
      { ...provenance, builderId: 'laptop' },
      'failed',
      'made by laptop, not by ci',
    ],
    [
      { kind: 'attestation', key: 'k', title: 'Provenance', predicateType: 'slsa', sourceUri: 'git+https://git.test/shop' },
      { ...provenance, sourceUri: 'git+https://git.test/shop-fork@refs/heads/main' },
      'failed',
      'not from git+https://git.test/shop',
    ],
    [{ kind: 'nfr', key: 'k', title: 'NFR' }, { kind: 'nfr', ...recorded, result: 'inconclusive' }, 'waiting', 'could not tell'],
    [external, { ...answered, result: 'refused', detail: 'CHG1 is not approved' }, 'failed', 'Board refused: CHG1 is not approved'],
    [external, { ...answered, result: 'allowed', detail: '' }, 'passed', 'Board allowed it'],
    [external, { ...answered, result: 'waiting', detail: 'waiting for Board' }, 'waiting', 'waiting for Board'],
    [external, { ...answered, externalId: 'other', result: 'allowed', detail: '' }, 'waiting', 'asked when a deployment is prepared'],
    [external, { ...answered, configurationHash: 'h2', result: 'allowed', detail: '' }, 'waiting', 'asked when a deployment is prepared'],
    [external, { ...answered, result: 'silent', detail: 'Board did not answer' }, 'waiting', 'Board did not answer'],
    [{ ...external, ifSilent: 'refuse' }, { ...answered, result: 'silent', detail: 'Board did not answer' }, 'failed', 'counts as a no'],
    [{ ...external, ifSilent: 'pass' }, { ...answered, result: 'silent', detail: 'Board did not answer' }, 'passed', 'counts as a yes'],
    [
      { kind: 'checklist', key: 'k', title: 'List', items: ['told support', 'on call'] },
      { kind: 'checklist', ...recorded, checkKey: 'k', item: 'on call' },
      'waiting',
      'still open: told support',
    ],
  ];

  test.each(cases)('%j (%#)', (...[check, found, state, sentence]) => {
    expect(judge(check, [found])).toMatchObject({ state, checks: [{ state, sentence: expect.stringContaining(sentence) }] });
  });

  test('evidence about another artifact does not count, and of two the newer does', () => {
    const check = { kind: 'tests', key: 'k', title: 'Tests' } as const;
    expect(judge(check, [{ kind: 'tests', ...recorded, digest: 'sha256:b', passed: 1, failed: 0 }]).state).toBe('waiting');
    const older = { kind: 'tests', ...recorded, id: 'e0', recordedAt: new Date('2026-03-01T08:00:00Z'), passed: 1, failed: 0 } as const;
    const newer = { kind: 'tests', ...recorded, passed: 1, failed: 1 } as const;
    expect(judge(check, [older, newer]).state).toBe('failed');
    expect(judge(check, [newer, older]).checks[0]?.evidenceIds).toEqual(['e1']);
  });

  test('evidence that has expired or is too old counts no more, and the time at which it will is named', () => {
    const check = { kind: 'scan', key: 'k', title: 'Scan', maxAgeSeconds: 7_200 } as const;
    const found = { kind: 'scan', ...recorded, critical: 0, high: 0 } as const;
    expect(judge(check, [found]).passedUntil).toEqual(new Date('2026-03-01T11:00:00Z'));
    expect(judge(check, [found], new Date('2026-03-01T11:00:00Z'))).toMatchObject({
      state: 'waiting',
      checks: [{ sentence: 'Scan: the evidence is too old' }],
    });
    expect(judge(check, [{ ...found, expiresAt: new Date('2026-03-01T09:30:00Z') }]).state).toBe('waiting');
  });
});
