import { expect, test } from 'vitest';
import { emptyTexts, readTexts, textsOf } from './environment-texts.ts';

const environment = {
  id: 'e1',
  slug: 'production',
  name: 'Production',
  kind: 'production' as const,
  position: 3,
  requiredApprovals: 1,
  bakeTimeSeconds: 60,
  targets: [],
  waves: [['eu-west'], ['us-east', 'us-west']],
  strategy: {
    steps: [{ kind: 'weight' as const, percent: 20 }, { kind: 'pause' as const }],
    analysis: { maxErrorRatePercent: 5, maxP95Ms: 500, intervalSeconds: 7, failureLimit: 0 },
  },
  progression: {
    onFailure: { kind: 'rollBackAll' as const },
    regionsAtOnce: null,
    pauses: 'none' as const,
    whenUnreachable: { kind: 'wait' as const },
  },
  values: { replicas: 3 },
  version: 0,
  archivedAt: null,
};

test('an environment that is opened and saved untouched says what it said', () => {
  const { name, position, requiredApprovals, bakeTimeSeconds, waves, strategy, progression, values } = environment;
  expect(readTexts(textsOf(environment), strategy.analysis)).toEqual({
    ok: true,
    environment: { name, position, requiredApprovals, bakeTimeSeconds, waves, strategy, progression, values },
  });
});

test('what cannot be read is told at its field, all at once', () => {
  const read = readTexts({ ...emptyTexts, steps: 'jump', values: 'a: [', maxErrorRatePercent: '5' });
  expect(read.ok ? [] : Object.keys(read.faults)).toEqual(['steps', 'values', 'maxP95Ms']);
});

test('waves are read with commas, spaces and empty lines', () => {
  const read = readTexts({ ...emptyTexts, waves: 'eu-west\n\n us-east,us-west ' });
  expect(read).toMatchObject({ environment: { waves: [['eu-west'], ['us-east', 'us-west']] } });
});
