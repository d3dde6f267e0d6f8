import { expect, test } from 'vitest';
import { askedByKey } from './asked.ts';
import type { DeploymentDetail, TargetDetail } from './deployment-detail.ts';

type Given = { id: string; wave: number; open: readonly string[] };

/** Only what the keys look at. */
function aDeployment(targets: readonly Given[], open: readonly string[] = []): DeploymentDetail {
  const abilities = (actions: readonly string[]) => actions.map((action) => ({ action, allowed: true, why: '' }));
  const shown = targets.map(({ id, wave, open: actions }) => ({ id, wave, state: 'paused', observed: {}, abilities: abilities(actions) }));
  return { targets: shown as unknown as TargetDetail[], abilities: abilities(open) } as DeploymentDetail;
}

test('a key asks about the first region, in the order of the waves, where the action is open', () => {
  const deployment = aDeployment([
    { id: 'later', wave: 1, open: ['promote'] },
    { id: 'closed', wave: 0, open: ['abort'] },
  ]);
  expect(askedByKey(deployment, 'p')).toEqual({ kind: 'target', targetId: 'later', action: 'promote' });
  expect(askedByKey(deployment, 'a')).toEqual({ kind: 'target', targetId: 'closed', action: 'abort' });
});

test('a key whose action is open nowhere asks nothing', () => {
  expect(askedByKey(aDeployment([{ id: 'one', wave: 0, open: [] }]), 'p')).toBeNull();
  expect(askedByKey(aDeployment([]), 'r')).toBeNull();
  expect(askedByKey(aDeployment([], ['rollback']), 'x')).toBeNull();
});

test('r asks about the whole deployment', () => {
  expect(askedByKey(aDeployment([], ['rollback']), 'r')).toEqual({ kind: 'deployment', action: 'rollback' });
});
