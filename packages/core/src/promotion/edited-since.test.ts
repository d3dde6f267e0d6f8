import { expect, test } from 'vitest';
import { flowChartValues } from '../configuration/index.ts';
import type { Strategy } from '../deployment/index.ts';
import { editedSince } from './edited-since.ts';

const strategy: Strategy = { steps: [{ kind: 'weight', percent: 20 }, { kind: 'analysis' }], analysis: null };
const prepared = (...layers: Record<string, unknown>[]) =>
  flowChartValues({
    layers,
    mark: { tenant: 't', service: 's', environment: 'e', deployment: 'd' },
    image: { repository: 'registry.test/checkout', digest: 'sha256:1' },
    strategy,
  });
const service = { replicas: 2, resources: { limits: { cpu: '1' } } };
const environment = { replicas: 3, currency: 'EUR' };

test('nothing is edited as long as the layers are the same, however they were written', () => {
  const then = { eu: prepared(service, environment, {}) };
  expect(editedSince(then, [{ targetId: 'eu', layers: [service, { currency: 'EUR', replicas: 3 }, {}] }], strategy)).toEqual([]);
});

test('what is edited in any layer is told with what would be installed and what is there now, and a layer that is covered is not', () => {
  const then = { eu: prepared(service, environment, {}), us: prepared(service, environment, { replicas: 9 }) };
  const now = (targetId: string, target: object) => ({ targetId, layers: [{ ...service, replicas: 7 }, { replicas: 4 }, { ...target }] });
  expect(editedSince(then, [now('eu', {}), now('us', { replicas: 9 })], strategy)).toEqual([
    { path: 'currency', left: ['EUR'], right: [] },
    { path: 'replicas', left: ['3'], right: ['4'] },
  ]);
});

test('a region that was added or taken away since is not part of what was prepared', () => {
  expect(editedSince({ eu: prepared(service) }, [{ targetId: 'us', layers: [{ replicas: 8 }] }], strategy)).toEqual([]);
});
