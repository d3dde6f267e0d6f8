import { expect, test } from 'vitest';
import { matrixCells } from './matrix.ts';
import type { PathStage, RunningIn } from './matrix.ts';

const path: readonly PathStage[] = [
  { id: 'dev', name: 'Development', kind: 'development', position: 1, regions: ['eu'] },
  { id: 'pr-7', name: 'Pull request 7', kind: 'ephemeral', position: 1, regions: ['eu'] },
  { id: 'stage', name: 'Staging', kind: 'staging', position: 2, regions: ['eu'] },
  { id: 'prod', name: 'Production', kind: 'production', position: 3, regions: ['eu', 'us'] },
];

function runs(environmentId: string, build: number, over: Partial<RunningIn> = {}): RunningIn {
  return {
    environmentId,
    region: 'eu',
    artifactId: `build-${build}`,
    deploymentId: `to-${environmentId}-${build}`,
    version: `1.${build}.0`,
    digest: `sha256:${build}`,
    since: new Date(build * 1_000 + 500),
    builtAt: new Date(build * 1_000),
    health: 'healthy',
    isQuarantined: false,
    ...over,
  };
}

const cell = (environmentId: string, running: readonly RunningIn[]) =>
  matrixCells(path, running).find((one) => one.environmentId === environmentId);

test('a newer build below is named with the environment that it has come furthest to', () => {
  const running = [runs('dev', 3), runs('stage', 3), runs('prod', 1), runs('prod', 1, { region: 'us' })];
  expect(cell('prod', running)?.newerBelow).toEqual({ artifactId: 'build-3', version: '1.3.0', environmentName: 'Staging' });
  expect(cell('stage', running)?.newerBelow).toBeNull();
});

test('an environment that runs something newer than those below is not behind, nor because of one beside the path', () => {
  const running = [runs('dev', 1), runs('pr-7', 9), runs('prod', 2)];
  expect(cell('prod', running)?.newerBelow).toBeNull();
});

test('regions that differ are told apart, newest build first, and regions without it are named', () => {
  const mixed = cell('prod', [runs('prod', 1), runs('prod', 2, { region: 'us' })]);
  expect(mixed?.versions.map(({ version, regions }) => [version, regions])).toEqual([
    ['1.2.0', ['us']],
    ['1.1.0', ['eu']],
  ]);
  expect(cell('prod', [runs('prod', 1)])?.missingRegions).toEqual(['us']);
});

test('one version in several regions is one entry, as old as its oldest region', () => {
  const since = new Date(100);
  const same = cell('prod', [runs('prod', 1), runs('prod', 1, { region: 'us', since })]);
  expect(same?.versions).toMatchObject([{ regions: ['eu', 'us'], since }]);
});

test('a cell is as well as the worst of its regions, which are named', () => {
  const unwell = cell('prod', [runs('prod', 1), runs('prod', 1, { region: 'us', health: 'degraded' })]);
  expect(unwell).toMatchObject({ health: 'degraded', unwellRegions: ['us'] });
  expect(cell('prod', [runs('prod', 1)])).toMatchObject({ health: 'healthy', unwellRegions: [] });
});

test('where nothing runs there is no cell', () => {
  expect(matrixCells(path, [])).toEqual([]);
});
