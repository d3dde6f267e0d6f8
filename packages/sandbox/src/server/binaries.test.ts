import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PodLogs } from '../store/index.ts';
import { unpackBinaries, type Binaries } from './testing/binaries.ts';
import { startTestCluster, type TestCluster } from './testing/test-cluster.ts';

let cluster: TestCluster;
let binaries: Binaries;
let home: string;

const podLogs: PodLogs = {
  async *open(pod, container, { follow }) {
    yield Buffer.from(`hello from ${container} of ${pod.metadata.name}\n`);
    if (follow) yield Buffer.from('and on\n');
  },
};

beforeAll(async () => {
  binaries = unpackBinaries();
  cluster = await startTestCluster({ podLogs });
  home = join(cluster.stateDir, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'kubeconfig'), cluster.sandbox.kubeconfig, { mode: 0o600 });
});

afterAll(async () => {
  await cluster.stop();
});

interface Result {
  code: number | null;
  out: string;
  err: string;
}

async function run(tool: keyof Binaries, args: readonly string[], input?: string): Promise<Result> {
  const child = spawn(binaries[tool], args, {
    cwd: home,
    env: { HOME: home, KUBECONFIG: join(home, 'kubeconfig'), PATH: process.env['PATH'] },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const kubectl = async (command: string, input?: string): Promise<Result> => run('kubectl', command.split(' '), input);
const helm = async (command: string): Promise<Result> => run('helm', command.split(' '));

const manifests = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: applied, labels: {app: applied}}
spec:
  selector: {matchLabels: {app: applied}}
  template:
    metadata: {labels: {app: applied}}
    spec:
      containers:
      - {name: web, image: "${image}", ports: [{containerPort: 80}]}
      - {name: side, image: "side:1"}
---
apiVersion: v1
kind: Pod
metadata: {name: applied, labels: {app: applied}}
spec: {containers: [{name: web, image: "demo:1"}]}
`;

describe('kubectl', () => {
  test('shows the kinds of the engines as tables with their own columns', async () => {
    expect((await kubectl('create namespace shop')).code).toBe(0);
    const workflow =
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec: {entrypoint: m, templates: [{name: m, container: {image: a, command: [sh]}}]}\n';
    expect(await kubectl('create -n shop -f -', workflow)).toMatchObject({ code: 0, err: '' });
    expect((await kubectl('get rollouts,workflows,pods -n shop')).out).toMatch(
      /NAME +STATUS +AGE +MESSAGE\n(workflow\.argoproj\.io\/)?w\b/,
    );
    expect((await kubectl('get nodes')).out).toMatch(/sandbox +Ready/);
  });

  test('applies from the client side, changes only what changed, and sees that nothing is to do', async () => {
    expect((await kubectl('apply -f -', manifests('demo:1'))).out).toBe('deployment.apps/applied created\npod/applied created\n');
    expect((await kubectl('apply -f -', manifests('demo:2'))).out).toBe('deployment.apps/applied configured\npod/applied unchanged\n');
    expect((await kubectl('apply -f -', manifests('demo:2'))).out).toBe('deployment.apps/applied unchanged\npod/applied unchanged\n');
    expect((await kubectl('get deployment applied -o jsonpath={.spec.template.spec.containers[*].image}')).out).toBe('demo:2 side:1');
  });

  test('applies from the server side, and another manager meets a conflict', async () => {
    const server = 'apply --server-side -f - --field-manager=';
    expect((await kubectl(`${server}first`, manifests('demo:2'))).code).toBe(0);
    const refused = await kubectl(`${server}second`, manifests('demo:9'));
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('.spec.template.spec.containers[name="web"].image')]);
  });

  test('patches, labels, scales, describes, reads logs and deletes', async () => {
    expect((await kubectl('patch deployment applied -p {"spec":{"replicas":3}}')).code).toBe(0);
    expect((await kubectl('label pod applied tier=web')).out).toContain('labeled');
    expect((await kubectl('scale deployment applied --replicas=4')).out).toContain('scaled');
    expect((await kubectl('describe deployment applied')).out).toContain('4 desired');
    expect((await kubectl('describe pod applied')).out).toContain('tier=web');
    expect((await kubectl('logs applied')).out).toBe('hello from web of applied\n');
    expect((await kubectl('logs -f applied')).out).toBe('hello from web of applied\nand on\n');
    expect((await kubectl('delete deployment,pod applied')).code).toBe(0);
    expect((await kubectl('get deployment,pod')).err).toContain('No resources found');
  });

  test('refuses a wrong field with its path, and a wrong token without a word more', async () => {
    const wrong = await kubectl(
      'create -f -',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, imgae: b}]}\n',
    );
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('unknown field "spec.containers[0].imgae"')]);
    expect((await kubectl('get pods --token=wrong')).err).toContain('Unauthorized');
  });
});

describe('helm', () => {
  const chart = (): void => {
    mkdirSync(join(home, 'chart', 'templates'), { recursive: true });
    writeFileSync(join(home, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: demo\nversion: 0.1.0\n');
    writeFileSync(join(home, 'chart', 'values.yaml'), 'image: demo:1\n');
    writeFileSync(
      join(home, 'chart', 'templates', 'all.yaml'),
      `apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {app: demo}
  ports: [{port: 80, targetPort: 8080, name: http}]
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: 2
  selector: {matchLabels: {app: demo}}
  template:
    metadata: {labels: {app: demo}}
    spec:
      containers: [{name: web, image: "{{ .Values.image }}", ports: [{containerPort: 8080}]}]
  strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
`,
    );
  };

  test.each([
    ['client', '--server-side=false'],
    ['server', '--server-side=true'],
  ])('installs, upgrades, tells its history, rolls back and uninstalls, applying from the %s side', async (side, flag) => {
    chart();
    const place = `${side} -n ${side}-shop`;
    const image = async () => (await kubectl(`get rollout ${place} -o jsonpath={.spec.template.spec.containers[0].image}`)).out;
    expect(await helm(`upgrade --install ${side} chart -n ${side}-shop --create-namespace ${flag}`)).toMatchObject({ code: 0 });
    expect(await helm(`upgrade --install ${side} chart -n ${side}-shop --set image=demo:2`)).toMatchObject({ code: 0 });
    expect(await image()).toBe('demo:2');
    expect(await helm(`rollback ${side} 1 -n ${side}-shop`)).toMatchObject({ code: 0 });
    expect(await image()).toBe('demo:1');
    expect((await helm(`history ${place}`)).out).toMatch(/1 .*superseded[^]*2 .*superseded[^]*3 .*deployed .*Rollback to 1/);
    expect((await helm(`list -n ${side}-shop -q`)).out).toBe(`${side}\n`);
    expect(await helm(`uninstall ${place}`)).toMatchObject({ code: 0 });
    expect((await kubectl(`get rollout,service,secret -n ${side}-shop`)).err).toContain('No resources found');
  });
});
