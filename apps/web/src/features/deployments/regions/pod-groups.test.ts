import { expect, test } from 'vitest';
import type { TargetDetail } from '../deployment-detail.ts';
import { podGroups } from './pod-groups.ts';

function aPod(name: string, podHash: string): TargetDetail['pods'][number] {
  return { name, podHash, role: 'old', phase: 'Running', ready: true, restarts: 0, reason: '', startedAt: null };
}

const pods = [aPod('a', 'v1'), aPod('b', 'v2'), aPod('c', 'v1'), aPod('d', 'v0')];

test('in mid-canary the new pod stands apart from the stable ones, whatever each was when it was seen', () => {
  const groups = podGroups(pods, { currentPodHash: 'v2', stablePodHash: 'v1' });
  expect(groups.map((group) => [group.role, group.pods.map((pod) => pod.name)])).toEqual([
    ['new', ['b']],
    ['stable', ['a', 'c']],
    ['leaving', ['d']],
  ]);
});

test('when the new version has become stable its pods are the new ones and the others leave', () => {
  const groups = podGroups(pods, { currentPodHash: 'v2', stablePodHash: 'v2' });
  expect(groups.map((group) => group.role)).toEqual(['new', 'leaving']);
});

test('a group without pods is not shown', () => {
  expect(podGroups([], { currentPodHash: 'v2', stablePodHash: 'v1' })).toEqual([]);
});
