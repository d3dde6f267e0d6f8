import { AppsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from './testing/test-cluster.ts';
import { listAt, objectAt, textAt, valueAt } from './wire/json-object.ts';

let cluster: TestCluster;
const pods = '/api/v1/namespaces/default/pods';
const rollouts = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts';
const workflows = '/apis/argoproj.io/v1alpha1/namespaces/default/workflows';

const aPod = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'web', image: 'demo:1' }] },
});

const aRollout = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'demo:1' }] } },
    strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
  },
});

const aWorkflow = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name },
  spec: { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'alpine', command: ['true'] } }] },
});

beforeAll(async () => {
  cluster = await startTestCluster();
});

afterAll(async () => {
  await cluster.stop();
});

describe('with @kubernetes/client-node', () => {
  const config = (): KubeConfig => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(cluster.sandbox.kubeconfig);
    return kubeConfig;
  };

  test('creates, reads, lists by label and deletes', async () => {
    const core = config().makeApiClient(CoreV1Api);
    const body = { metadata: { name: 'client-cm', labels: { tier: 'a' } }, data: { a: 'b' } };
    const created = await core.createNamespacedConfigMap({ namespace: 'default', body });
    expect(created.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    const listed = await core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'tier in (a,b),!gone' });
    expect(listed.items.map((item) => item.metadata?.name)).toEqual(['client-cm']);
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'client-cm' });
    await expect(core.readNamespacedConfigMap({ namespace: 'default', name: 'client-cm' })).rejects.toMatchObject({ code: 404 });
  });

  test('patches a Deployment strategically and a Rollout by merge patch', async () => {
    const apps = config().makeApiClient(AppsV1Api);
    const template = {
      metadata: { labels: { app: 'd' } },
      spec: {
        containers: [
          { name: 'a', image: 'a:1' },
          { name: 'b', image: 'b:1' },
        ],
      },
    };
    await apps.createNamespacedDeployment({
      namespace: 'default',
      body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'd' } }, template } },
    });
    const patch = { spec: { template: { spec: { containers: [{ name: 'b', image: 'b:2' }] } } } };
    const patched = await apps.patchNamespacedDeployment(
      { namespace: 'default', name: 'd', body: patch },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
    expect(patched.spec?.template.spec?.containers.map((one) => one.image)).toEqual(['a:1', 'b:2']);

    const custom = config().makeApiClient(CustomObjectsApi);
    const place = { group: 'argoproj.io', version: 'v1alpha1', namespace: 'default', plural: 'rollouts' };
    await custom.createNamespacedCustomObject({ ...place, body: aRollout('by-client') });
    const merged: unknown = await custom.patchNamespacedCustomObject(
      { ...place, name: 'by-client', body: { spec: { paused: true } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(valueAt(merged, 'spec', 'paused')).toBe(true);
  });
});

describe('lists', () => {
  test('are read in pages that show one moment, though objects come and go between', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await cluster.call('POST', pods, { body: aPod(name, { paged: 'yes' }) });
    const first = await cluster.call('GET', `${pods}?labelSelector=paged%3Dyes&limit=2`);
    const token = textAt(first.body, 'metadata', 'continue');
    await cluster.call('DELETE', `${pods}/page-c`);
    await cluster.call('POST', pods, { body: aPod('page-d', { paged: 'yes' }) });
    const second = await cluster.call('GET', `${pods}?limit=2&continue=${token}`);
    const names = [...listAt(first.body, 'items'), ...listAt(second.body, 'items')].map((item) => textAt(item, 'metadata', 'name'));
    expect(names).toEqual(['page-a', 'page-b', 'page-c']);
    expect(valueAt(first.body, 'metadata', 'remainingItemCount')).toBe(1);
    expect(textAt(second.body, 'metadata', 'resourceVersion')).toBe(textAt(first.body, 'metadata', 'resourceVersion'));
  });

  test('refuse a page whose moment is forgotten with 410 Expired', async () => {
    for (const name of ['old-a', 'old-b']) await cluster.call('POST', pods, { body: aPod(name, { old: 'yes' }) });
    const first = await cluster.call('GET', `${pods}?labelSelector=old&limit=1`);
    await cluster.call('POST', pods, { body: aPod('old-c') });
    await cluster.call('POST', '/sandbox/faults', { body: { kind: 'compact' } });
    const second = await cluster.call('GET', `${pods}?limit=1&continue=${textAt(first.body, 'metadata', 'continue')}`);
    expect([second.status, second.body['reason']]).toEqual([410, 'Expired']);
    const rest = await cluster.call('GET', `${pods}?labelSelector=old&continue=${textAt(second.body, 'metadata', 'continue')}`);
    expect(listAt(rest.body, 'items').map((item) => textAt(item, 'metadata', 'name'))).toEqual(['old-b']);
  });

  test('select by the fields that the kind has, and refuse others with 400', async () => {
    await cluster.call('POST', pods, { body: aPod('field-pod') });
    const selector = encodeURIComponent('metadata.name=field-pod,status.phase=Pending');
    expect(listAt((await cluster.call('GET', `/api/v1/pods?fieldSelector=${selector}`)).body, 'items')).toHaveLength(1);
    expect((await cluster.call('GET', `${workflows}?fieldSelector=status.phase%3DFailed`)).status).toBe(400);
  });

  test('are answered as a table or as metadata only when the client asks', async () => {
    await cluster.call('POST', rollouts, { body: aRollout('seen') });
    const table = await cluster.call('GET', rollouts, {
      headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    });
    expect(listAt(table.body, 'columnDefinitions').map((column) => textAt(column, 'name'))).toEqual([
      'Name',
      'Desired',
      'Current',
      'Up-to-date',
      'Available',
      'Age',
    ]);
    const metadata = await cluster.call('GET', rollouts, {
      headers: { Accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
    });
    expect(metadata.body['kind']).toBe('PartialObjectMetadataList');
    expect(valueAt(metadata.body, 'items', 0, 'spec')).toBeUndefined();
  });
});

describe('writes', () => {
  test('a JSON Patch replaces a member that is not there, and tests it as null', async () => {
    const configMaps = '/api/v1/namespaces/default/configmaps';
    await cluster.call('POST', configMaps, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched' }, data: { a: '1' } },
    });
    const body = [
      { op: 'test', path: '/data/b', value: null },
      { op: 'replace', path: '/data/b', value: '2' },
    ];
    const reply = await cluster.call('PATCH', `${configMaps}/patched`, { body, type: 'application/json-patch+json' });
    expect([reply.status, reply.body['data']]).toEqual([200, { a: '1', b: '2' }]);
  });

  test('an empty map in the metadata is not kept', async () => {
    const metadata = { name: 'bare', labels: {}, annotations: { a: 'b' } };
    const reply = await cluster.call('POST', '/api/v1/namespaces/default/configmaps', {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata },
    });
    expect(valueAt(reply.body, 'metadata')).not.toHaveProperty('labels');
    expect(valueAt(reply.body, 'metadata', 'annotations')).toEqual({ a: 'b' });
  });

  test('a key of a ConfigMap that could be no name of a file is refused', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keys' }, data: { 'a/b': '1' } };
    const reply = await cluster.call('POST', '/api/v1/namespaces/default/configmaps', { body });
    expect([reply.status, textAt(reply.body, 'details', 'causes', 0, 'field')]).toEqual([422, 'data[a/b]']);
  });

  test('a failed JSON Patch test is 422 and changes nothing', async () => {
    await cluster.call('POST', workflows, { body: aWorkflow('guarded') });
    const patch = [
      { op: 'test', path: '/spec/entrypoint', value: 'other' },
      { op: 'replace', path: '/spec/entrypoint', value: 'changed' },
    ];
    const refused = await cluster.call('PATCH', `${workflows}/guarded`, { body: patch, type: 'application/json-patch+json' });
    expect([refused.status, refused.body['reason']]).toEqual([422, 'Invalid']);
    expect(valueAt((await cluster.call('GET', `${workflows}/guarded`)).body, 'spec', 'entrypoint')).toBe('main');
  });

  test('a write with an old resourceVersion is 409 Conflict', async () => {
    const created = await cluster.call('POST', rollouts, { body: aRollout('contended') });
    const body = { ...created.body, spec: { ...objectAt(created.body, 'spec'), replicas: 3 } };
    expect((await cluster.call('PUT', `${rollouts}/contended`, { body })).status).toBe(200);
    expect((await cluster.call('PUT', `${rollouts}/contended`, { body: { ...body, spec: { ...body.spec, replicas: 4 } } })).status).toBe(
      409,
    );
    const stale = { metadata: { resourceVersion: textAt(created.body, 'metadata', 'resourceVersion') }, spec: { paused: true } };
    expect((await cluster.call('PATCH', `${rollouts}/contended`, { body: stale, type: 'application/merge-patch+json' })).status).toBe(409);
  });

  test("a Rollout's status is written through /status alone, and does not move the generation", async () => {
    await cluster.call('POST', rollouts, { body: { ...aRollout('status'), status: { phase: 'Healthy' } } });
    const main = await cluster.call('PATCH', `${rollouts}/status`, {
      body: { spec: { replicas: 2 }, status: { phase: 'Healthy' } },
      type: 'application/merge-patch+json',
    });
    expect([valueAt(main.body, 'status'), valueAt(main.body, 'metadata', 'generation')]).toEqual([undefined, 2]);
    const sub = await cluster.call('PATCH', `${rollouts}/status/status`, {
      body: { spec: { replicas: 9 }, status: { abort: true } },
      type: 'application/merge-patch+json',
    });
    expect([
      valueAt(sub.body, 'status', 'abort'),
      valueAt(sub.body, 'spec', 'replicas'),
      valueAt(sub.body, 'metadata', 'generation'),
    ]).toEqual([true, 2, 2]);
  });

  test('a Workflow has no status subresource: its status is part of the object', async () => {
    await cluster.call('POST', workflows, { body: aWorkflow('whole') });
    const patch = { body: { status: { phase: 'Running' } }, type: 'application/merge-patch+json' };
    expect((await cluster.call('PATCH', `${workflows}/whole/status`, patch)).status).toBe(404);
    expect(valueAt((await cluster.call('PATCH', `${workflows}/whole`, patch)).body, 'status', 'phase')).toBe('Running');
  });

  test('the scale subresource changes the replicas of a Rollout', async () => {
    await cluster.call('POST', rollouts, { body: aRollout('scaled') });
    const scaled = await cluster.call('PATCH', `${rollouts}/scaled/scale`, {
      body: { spec: { replicas: 7 } },
      type: 'application/merge-patch+json',
    });
    expect(valueAt(scaled.body, 'spec', 'replicas')).toBe(7);
    expect(valueAt((await cluster.call('GET', `${rollouts}/scaled`)).body, 'spec', 'replicas')).toBe(7);
  });

  test('a dry run shows the result and stores nothing', async () => {
    const shown = await cluster.call('POST', `${pods}?dryRun=All`, { body: aPod('dry') });
    expect([shown.status, textAt(shown.body, 'metadata', 'name')]).toEqual([201, 'dry']);
    expect((await cluster.call('GET', `${pods}/dry`)).status).toBe(404);
  });

  test('generateName ends in five characters of its own', async () => {
    const { body } = await cluster.call('POST', pods, { body: { ...aPod(''), metadata: { generateName: 'made-' } } });
    expect(textAt(body, 'metadata', 'name')).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('a finalizer holds a deleted object back until it is taken off', async () => {
    await cluster.call('POST', pods, { body: { ...aPod('held'), metadata: { name: 'held', finalizers: ['flow.dev/keep'] } } });
    const deleted = await cluster.call('DELETE', `${pods}/held`);
    expect(textAt(deleted.body, 'metadata', 'deletionTimestamp')).not.toBe('');
    await cluster.call('PATCH', `${pods}/held`, { body: { metadata: { finalizers: null } }, type: 'application/merge-patch+json' });
    expect((await cluster.call('GET', `${pods}/held`)).status).toBe(404);
  });

  test('an owned object goes with its owner, and stays when the client orphans it', async () => {
    for (const [policy, expected] of [
      ['Background', 404],
      ['Orphan', 200],
    ] as const) {
      const owner = await cluster.call('POST', rollouts, { body: aRollout('owner') });
      const ownerReferences = [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'owner', uid: textAt(owner.body, 'metadata', 'uid') },
      ];
      await cluster.call('POST', pods, { body: { ...aPod('owned'), metadata: { name: 'owned', ownerReferences } } });
      await cluster.call('DELETE', `${rollouts}/owner?propagationPolicy=${policy}`);
      expect((await cluster.call('GET', `${pods}/owned`)).status).toBe(expected);
    }
  });

  test('a patch that names another object is refused', async () => {
    await cluster.call('POST', pods, { body: aPod('named') });
    const body = { metadata: { name: 'another' } };
    expect((await cluster.call('PATCH', `${pods}/named`, { body, type: 'application/merge-patch+json' })).status).toBe(400);
  });

  test('a delete that names another uid is refused', async () => {
    await cluster.call('POST', pods, { body: aPod('uid') });
    expect((await cluster.call('DELETE', `${pods}/uid`, { body: { preconditions: { uid: 'another' } } })).status).toBe(409);
  });

  test('a namespace takes its content with it, and nothing can be created where there is none', async () => {
    await cluster.call('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } } });
    expect((await cluster.call('POST', '/api/v1/namespaces/gone/pods', { body: aPod('inside') })).status).toBe(201);
    await cluster.call('DELETE', '/api/v1/namespaces/gone');
    expect(cluster.sandbox.store.list('pods', 'gone')).toEqual([]);
    const refused = await cluster.call('POST', '/api/v1/namespaces/gone/pods', { body: aPod('late') });
    expect([refused.status, refused.body['message']]).toEqual([404, 'namespaces "gone" not found']);
  });
});

describe('admission', () => {
  const causes = async (path: string, body: unknown): Promise<[number, unknown[]]> => {
    const reply = await cluster.call('POST', path, { body });
    return [reply.status, listAt(reply.body, 'details', 'causes').map((cause) => textAt(cause, 'field'))];
  };

  test('an object that breaks its published schema is 422 with the path of each field', async () => {
    const rollout = aRollout('broken');
    const broken = { ...rollout, spec: { ...rollout.spec, replicas: 'two', template: { spec: { containers: [{ image: 'x' }] } } } };
    expect(await causes(rollouts, broken)).toEqual([422, ['spec.replicas', 'spec.template.spec.containers[0].name']]);
  });

  test("a Workflow's steps are checked one by one", async () => {
    const steps = [[{ name: 'a', template: 'main' }], [{ name: 7, template: 'main' }]];
    const body = {
      ...aWorkflow('steps'),
      spec: {
        entrypoint: 'all',
        templates: [
          { name: 'all', steps },
          { name: 'main', script: { image: 'a', source: 'true' } },
        ],
      },
    };
    expect(await causes(workflows, body)).toEqual([422, ['spec.templates[0].steps[1][0].name']]);
  });

  test.each(['UPPER', 'a_b', '-a', 'a'.repeat(254), 'ä', 'a b', '../x'])('the name %s is refused at metadata.name', async (name) => {
    expect(await causes(pods, aPod(name))).toEqual([422, ['metadata.name']]);
  });

  test('a field that the kind does not have is refused when validation is strict', async () => {
    const rollout = aRollout('typo');
    const body = {
      ...rollout,
      spec: {
        ...rollout.spec,
        stratgey: {},
        template: { ...rollout.spec.template, spec: { containers: [{ name: 'a', image: 'b', imagee: 'c' }] } },
      },
    };
    const strict = await cluster.call('POST', `${rollouts}?fieldValidation=Strict`, { body });
    expect([strict.status, strict.body['message']]).toEqual([
      400,
      'strict decoding error: unknown field "spec.template.spec.containers[0].imagee", unknown field "spec.stratgey"',
    ]);
    const warned = await cluster.call('POST', `${rollouts}?dryRun=All`, { body });
    expect([warned.status, String(warned.headers['warning'])]).toEqual([201, expect.stringContaining('spec.stratgey')]);
    expect(warned.text).not.toMatch(/stratgey|imagee/);
  });

  test('a kind that nothing runs is refused by name', async () => {
    const body = { apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', metadata: { name: 'c' }, spec: {} };
    const refused = await cluster.call('POST', '/apis/argoproj.io/v1alpha1/namespaces/default/cronworkflows', { body });
    expect([refused.status, refused.body['message']]).toEqual([403, expect.stringContaining('CronWorkflow is refused')]);
  });

  test("a Rollout's selector cannot be changed", async () => {
    await cluster.call('POST', rollouts, { body: aRollout('fixed') });
    const reply = await cluster.call('PATCH', `${rollouts}/fixed`, {
      body: { spec: { selector: { matchLabels: { app: 'x' } } } },
      type: 'application/merge-patch+json',
    });
    expect([reply.status, textAt(reply.body, 'details', 'causes', 0, 'field')]).toEqual([422, 'spec.selector']);
  });
});

describe('server-side apply', () => {
  // A manager's name that ends in an exclamation mark applies with force.
  const configMaps = '/api/v1/namespaces/default/configmaps';
  const apply = async (name: string, manager: string, data: Record<string, string>) => {
    const [fieldManager, force] = manager.split('!');
    return cluster.call('PATCH', `${configMaps}/${name}?fieldManager=${fieldManager}&force=${force !== undefined}`, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
      type: 'application/apply-patch+yaml',
    });
  };

  test('creates, and removes what its manager no longer names', async () => {
    expect((await apply('applied', 'one', { a: '1', b: '2' })).status).toBe(201);
    expect(valueAt((await apply('applied', 'one', { a: '1' })).body, 'data')).toEqual({ a: '1' });
  });

  test('keeps what another manager owns', async () => {
    await apply('shared', 'one', { a: '1' });
    await apply('shared', 'two', { b: '2' });
    expect(valueAt((await apply('shared', 'one', {})).body, 'data')).toEqual({ b: '2' });
  });

  test('refuses to change what another manager owns, unless forced', async () => {
    await apply('fought', 'one', { a: '1' });
    const refused = await apply('fought', 'two', { a: '2' });
    expect([refused.status, refused.body['message']]).toEqual([409, 'Apply failed with 1 conflict: conflict with "one": .data.a']);
    expect(valueAt((await apply('fought', 'two!', { a: '2' })).body, 'data', 'a')).toBe('2');
  });

  test('applying the same again writes nothing', async () => {
    const first = await apply('same', 'one', { a: '1' });
    const second = await apply('same', 'one', { a: '1' });
    expect(textAt(second.body, 'metadata', 'resourceVersion')).toBe(textAt(first.body, 'metadata', 'resourceVersion'));
  });
});
