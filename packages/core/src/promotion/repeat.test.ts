import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRepeat } from './repeat.ts';
import type { DeployedIn, Earlier, RepeatPlace } from './repeat.ts';

const strategy = { steps: [{ kind: 'weight' as const, percent: 50 }], analysis: null };
const rollsOut = { rollout: { steps: [{ setWeight: 50 }] }, analysis: { enabled: false } };
const place: RepeatPlace = {
  targets: [
    { id: 't-eu', region: 'eu' },
    { id: 't-us', region: 'us' },
  ],
  strategy,
};

function earlier(over: Partial<Earlier> = {}): Earlier {
  return {
    deploymentId: 'd1',
    digest: 'sha256:1',
    builtAt: new Date(1_000),
    chart: { version: '1.0.0', digest: 'sha256:c1' },
    values: { 't-eu': { replicas: 2, ...rollsOut }, 't-us': { replicas: 2, ...rollsOut } },
    ...over,
  };
}

function running(targetId: string, over: Partial<DeployedIn> = {}): DeployedIn {
  const newer = { artifactId: 'a2', version: '2.0.0', digest: 'sha256:2', deploymentId: 'd2', builtAt: new Date(2_000) };
  const chart = { chartVersion: '1.0.0', chartDigest: 'sha256:c1' };
  return { targetId, region: targetId.slice(2), ...newer, ...chart, values: { replicas: 2, ...rollsOut }, replicas: 2, ...over };
}

const both = (over: Partial<DeployedIn> = {}) => [running('t-eu', over), running('t-us', over)];
const asThen = { deploymentId: 'd1', version: '1.0.0', digest: 'sha256:1', builtAt: new Date(1_000) };

describe('taking an earlier deployment again', () => {
  test('of an older version is going back, and names what gives way', () => {
    expect(compareRepeat(earlier(), both(), place)).toEqual({
      kind: 'rollback',
      isCurrent: false,
      fromVersions: ['2.0.0'],
      fromCharts: null,
      settings: [],
      newRegions: [],
    });
  });

  test('of what runs everywhere is a deployment that changes nothing', () => {
    const repeat = compareRepeat(earlier(), both(asThen), place);
    expect(repeat).toMatchObject({ kind: 'deploy', isCurrent: true, fromVersions: [], fromCharts: null, settings: [] });
  });

  test('of the same version with an earlier configuration is going back, and names the settings', () => {
    const now = both({ ...asThen, deploymentId: 'd3', values: { replicas: 5, ...rollsOut } });
    expect(compareRepeat(earlier(), now, place)).toMatchObject({
      kind: 'rollback',
      fromVersions: [],
      settings: [{ path: 'replicas', left: ['5'], right: ['2'] }],
    });
  });

  test('of what is newer in one region, or where nothing runs yet, is held to the rules of a deployment', () => {
    const newest = earlier({ builtAt: new Date(1_500) });
    expect(compareRepeat(newest, [running('t-eu'), running('t-us', asThen)], place).kind).toBe('deploy');
    expect(compareRepeat(earlier(), [], place)).toMatchObject({ kind: 'deploy', isCurrent: false });
  });

  test('another chart of the same version is another chart', () => {
    expect(compareRepeat(earlier(), both({ chartDigest: 'sha256:c2' }), place).fromCharts).toEqual(['1.0.0']);
    expect(compareRepeat(earlier(), both({ chartDigest: '' }), place).fromCharts).toBeNull();
  });

  test('two regions that change places are seen', () => {
    const values = { 't-eu': { replicas: 2, ...rollsOut }, 't-us': { replicas: 4, ...rollsOut } };
    const now = [running('t-eu', { values: values['t-us'] }), running('t-us', { values: values['t-eu'] })];
    expect(compareRepeat(earlier({ values }), now, place).settings).toEqual([{ path: 'replicas', left: ['2', '4'], right: ['2', '4'] }]);
  });

  test('a region that it did not go to is named, and its settings are not guessed', () => {
    const then = earlier({ values: { 't-eu': { replicas: 2, ...rollsOut } } });
    const now = [running('t-eu'), running('t-us', { values: { replicas: 9 } })];
    expect(compareRepeat(then, now, place)).toMatchObject({ newRegions: ['us'], settings: [] });
  });

  test('the canary steps are those of now: other steps then are no change of the configuration', () => {
    const values = { 't-eu': { replicas: 2, rollout: { steps: [] } }, 't-us': { replicas: 2, rollout: { steps: [] } } };
    expect(compareRepeat(earlier({ values }), both(), place).settings).toEqual([]);
  });
});

test('it is never going back to something built later than anything that runs', () => {
  const times = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(times, times, times, (then, eu, us) => {
      const now = [running('t-eu', { builtAt: new Date(eu) }), running('t-us', { builtAt: new Date(us) })];
      const { kind } = compareRepeat(earlier({ builtAt: new Date(then) }), now, place);
      expect(kind === 'rollback').toBe(then <= Math.min(eu, us));
    }),
  );
});
