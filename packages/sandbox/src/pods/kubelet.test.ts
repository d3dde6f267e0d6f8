import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../store/index.ts';
import { createKubelet } from './create-kubelet.ts';
import { buildImage } from './image/build-image.ts';
import { createPodLogs } from './log/create-pod-logs.ts';
import { OUTPUTS_ANNOTATION, parseStepOutputs, TASK_ANNOTATION, TERMINATE_ANNOTATION } from './step-task.ts';
import { aCluster, aPod, phaseOf, readAll, type TestCluster } from './testing/cluster.ts';

const kubelet = (former?: TestCluster): TestCluster => aCluster((ctx) => [createKubelet(ctx)], former);
const isEnded = (pod: KubeObject): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';
const isReady = (pod: KubeObject): boolean => JSON.stringify(pod['status'] ?? '').includes('"type":"Ready","status":"True"');
const textOf = (pod: KubeObject): string => JSON.stringify(pod['status'] ?? '');
const follow = { follow: true, timestamps: false };

async function logOf(
  cluster: TestCluster,
  pod: KubeObject,
  options: Partial<Parameters<ReturnType<typeof createPodLogs>['open']>[2]> = {},
): Promise<Buffer> {
  return readAll(createPodLogs(cluster.ctx.stateDir).open(pod, 'main', { ...follow, ...options }, AbortSignal.timeout(60_000)));
}

function task(outputs: object[] = [], rest: object = {}): Record<string, string> {
  return { [TASK_ANNOTATION]: JSON.stringify({ outputs, captureResult: false, ...rest }) };
}

describe('pods that run to their end', () => {
  test('the command runs as a process, its exit code and its output are kept', async () => {
    await using cluster = kubelet();
    cluster.store.create('pods', aPod('p', { command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] }, { restartPolicy: 'Never' }));
    const pod = await cluster.until('pods', 'p', isEnded);
    expect(textOf(pod)).toContain('"terminated":{"exitCode":3,"reason":"Error"');
    expect((await logOf(cluster, pod)).toString().split('\n').toSorted()).toEqual(['', 'err', 'out']);
  });

  test('a command that does not exist fails the pod with the reason', async () => {
    await using cluster = kubelet();
    cluster.store.create('pods', aPod('p', { command: ['no-such-command'] }, { restartPolicy: 'Never' }));
    expect(textOf(await cluster.until('pods', 'p', isEnded))).toMatch(/StartError.*no-such-command.*ENOENT/);
  });

  test('outputs are read from their declared paths, a volume is a folder, and the environment is only what was asked for', async () => {
    await using cluster = kubelet();
    const ofPod = `/tmp/${randomUUID()}`;
    const script = `set -e\nmkdir -p /tmp/outputs\nD=/tmp/outputs\necho one > $D/a\ncd /workspace && pwd > here && cat here > ${ofPod}\nenv | cut -d= -f1 | sort`;
    const outputs = [
      { name: 'a', valueFrom: { path: '/tmp/outputs/a' } },
      { name: 'b', valueFrom: { path: ofPod } },
      { name: 'c', valueFrom: { path: '/tmp/c', default: 'none' } },
      { name: 'd', valueFrom: { path: '/workspace/here' } },
    ];
    cluster.store.create(
      'pods',
      aPod(
        'p',
        { command: ['sh'], env: [{ name: 'MINE', value: 'x' }], volumeMounts: [{ name: 'work', mountPath: '/workspace' }] },
        { restartPolicy: 'Never', annotations: task(outputs, { script, captureResult: true }), volumes: [{ name: 'work', emptyDir: {} }] },
      ),
    );
    const pod = await cluster.until('pods', 'p', isEnded);
    const folder = join(cluster.ctx.stateDir, 'pods', pod.metadata.uid, 'volumes/work');
    const read = parseStepOutputs(pod.metadata.annotations?.[OUTPUTS_ANNOTATION] ?? '{}');
    expect(read.parameters?.map((one) => one.value)).toEqual(['one', folder, 'none', folder]);
    expect(read.result?.split('\n')).toEqual([
      'FLOW_IMAGE_DIR',
      'FLOW_MOUNT_WORK',
      'HOME',
      'HOSTNAME',
      'LANG',
      'MINE',
      'OLDPWD',
      'PATH',
      'PWD',
      'TMPDIR',
    ]);
    expect(existsSync(ofPod)).toBe(false);
  });

  test('a missing output fails a pod whose command ended well', async () => {
    await using cluster = kubelet();
    cluster.store.create(
      'pods',
      aPod(
        'p',
        { command: ['true'] },
        { restartPolicy: 'Never', annotations: task([{ name: 'a', valueFrom: { path: '/tmp/nothing/a' } }]) },
      ),
    );
    expect(textOf(await cluster.until('pods', 'p', isEnded))).toContain('open /tmp/nothing/a: no such file');
  });

  test('deleting a pod ends its process, with what it started, and its folder', async () => {
    await using cluster = kubelet();
    cluster.store.create(
      'pods',
      aPod(
        'p',
        { command: ['sh', '-c', 'sleep 100 & echo $!; echo $$; wait'] },
        { restartPolicy: 'Never', terminationGracePeriodSeconds: 1 },
      ),
    );
    const pod = await cluster.until('pods', 'p', (one) => phaseOf(one) === 'Running');
    const pids = await firstLines(cluster, pod, 2);
    expect(pids.filter(isAlive)).toEqual(pids);
    cluster.store.delete('pods', pod.metadata);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
    await expect.poll(() => existsSync(join(cluster.ctx.stateDir, 'pods', pod.metadata.uid))).toBe(false);
  });

  test('a pod asked to end is ended and keeps its log; one that ignores it is killed after its grace period', async () => {
    await using cluster = kubelet();
    cluster.store.create(
      'pods',
      aPod(
        'p',
        { command: ['sh', '-c', 'trap "echo no" TERM; echo up; while true; do sleep 0.05; done'] },
        { restartPolicy: 'Never', terminationGracePeriodSeconds: 1 },
      ),
    );
    const pod = await cluster.until('pods', 'p', (one) => phaseOf(one) === 'Running');
    await firstLines(cluster, pod, 1);
    cluster.store.modify('pods', pod.metadata, (draft) => {
      draft.metadata.annotations = { [TERMINATE_ANNOTATION]: 'true' };
    });
    expect(textOf(await cluster.until('pods', 'p', isEnded))).toContain('"exitCode":137');
    expect((await logOf(cluster, pod)).toString()).toMatch(/^up\n(?:no\n)?/);
  });

  test('the deadline of a pod ends it with the reason', async () => {
    await using cluster = kubelet();
    cluster.store.create('pods', aPod('p', { command: ['sleep', '100'] }, { restartPolicy: 'Never', activeDeadlineSeconds: 1 }));
    expect(textOf(await cluster.until('pods', 'p', isEnded))).toContain('"reason":"DeadlineExceeded"');
  });

  test('after a restart of the sandbox a step that ran is failed, and its left-over process is ended', async () => {
    await using cluster = kubelet();
    cluster.store.create('pods', aPod('p', { command: ['sh', '-c', 'echo $$; sleep 100'] }, { restartPolicy: 'Never' }));
    const pod = await cluster.until('pods', 'p', (one) => phaseOf(one) === 'Running');
    const [pid = 0] = await firstLines(cluster, pod, 1);
    const second = kubelet(cluster);
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(textOf(await second.until('pods', 'p', isEnded))).toContain('pod deleted: the sandbox was stopped while it ran');
    await second[Symbol.asyncDispose]();
  });
});

describe('logs', () => {
  test('a line of 5 MB and bytes that are no text come back as they were written', async () => {
    await using cluster = kubelet();
    const program =
      "const b=Buffer.alloc(5e6,120);process.stdout.write(b);process.stdout.write(Buffer.from([10,0,255,254,13,10]));process.stdout.write('end')";
    cluster.store.create('pods', aPod('p', { command: ['node', '-e', program] }, { restartPolicy: 'Never' }));
    const pod = await cluster.until('pods', 'p', isEnded);
    const log = await logOf(cluster, pod);
    expect(log.equals(Buffer.concat([Buffer.alloc(5e6, 120), Buffer.from([10, 0, 255, 254, 13, 10]), Buffer.from('end\n')]))).toBe(true);
    expect((await logOf(cluster, pod, { tailLines: 1 })).toString()).toBe('end\n');
    expect((await logOf(cluster, pod, { tailLines: 1, timestamps: true })).toString()).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z end\n$/);
    expect((await logOf(cluster, pod, { limitBytes: 3 })).toString()).toBe('xxx');
    expect((await logOf(cluster, pod, { sinceTime: new Date(Date.now() + 60_000) })).length).toBe(0);
  });

  test('the log of a container that has not started is refused, that of an unknown container too', async () => {
    await using cluster = kubelet();
    cluster.store.create('pods', aPod('p', { image: 'sandbox.local/x@sha256:00' }));
    const pod = await cluster.until('pods', 'p', (one) => textOf(one).includes('ErrImagePull'));
    const logs = createPodLogs(cluster.ctx.stateDir);
    expect(() => logs.open(pod, 'main', follow, AbortSignal.timeout(1000))).toThrow(
      'container "main" in pod "p" is waiting to start: ErrImagePull',
    );
    expect(() => logs.open(pod, 'other', follow, AbortSignal.timeout(1000))).toThrow('container other is not valid for pod p');
  });
});

describe('pods of known images', () => {
  const server = `const http = require('node:http'); console.log('start'); http.createServer((q, s) => { if (q.url === '/crash') process.exit(7); s.end('hello ' + process.cwd()); }).listen(process.env.PORT, process.env.HOST);`;

  async function imageWith(cluster: TestCluster, source: string): Promise<string> {
    const folder = join(cluster.ctx.stateDir, 'source');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'server.cjs'), source);
    return buildImage({ folder, name: 'hello', entrypoint: ['node', 'server.cjs'], imageDir: cluster.ctx.imageDir });
  }

  const portOf = (pod: KubeObject): string => pod.metadata.annotations?.['sandbox.flow.dev/port'] ?? '';

  test('the process listens on its own port, is Ready when its probe says so, and is restarted when it ends', async () => {
    await using cluster = kubelet();
    const digest = await imageWith(cluster, server);
    const probe = { readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 } };
    cluster.store.create('pods', aPod('p', { image: `sandbox.local/hello@${digest}`, ...probe }));
    const pod = await cluster.until('pods', 'p', isReady);
    const answer = await fetch(`http://127.0.0.1:${portOf(pod)}/`);
    expect(await answer.text()).toBe(`hello ${join(cluster.ctx.imageDir, 'sha256', digest.slice(7))}`);
    await fetch(`http://127.0.0.1:${portOf(pod)}/crash`).catch(() => undefined);
    const again = await cluster.until('pods', 'p', (one) => isReady(one) && textOf(one).includes('"restartCount":1'));
    expect(textOf(again)).toContain('"lastState":{"terminated":{"exitCode":7');
    const log = await readAll(
      createPodLogs(cluster.ctx.stateDir).open(again, 'main', { follow: false, timestamps: false }, AbortSignal.timeout(60_000)),
    );
    expect(log.toString()).toBe('start\nstart\n');
  });

  test('a process that keeps ending waits longer each time and says CrashLoopBackOff', async () => {
    await using cluster = kubelet();
    const digest = await imageWith(cluster, 'process.exit(1)');
    cluster.store.create('pods', aPod('p', { image: `hello@${digest}` }));
    const pod = await cluster.until('pods', 'p', (one) => textOf(one).includes('CrashLoopBackOff'));
    expect(textOf(pod)).toContain('back-off 1s restarting failed container=main pod=p_demo');
  });

  test('a process is ended with the sandbox and started again with the next', async () => {
    await using cluster = kubelet();
    const digest = await imageWith(cluster, server);
    cluster.store.create('pods', aPod('p', { image: `hello@${digest}` }));
    const first = await cluster.until('pods', 'p', isReady);
    const second = kubelet(cluster);
    const pod = await second.until('pods', 'p', (one) => isReady(one) && portOf(one) !== portOf(first));
    expect(textOf(pod)).toContain('"restartCount":1');
    await second[Symbol.asyncDispose]();
    await expect(fetch(`http://127.0.0.1:${portOf(pod)}/`)).rejects.toThrow('fetch failed');
  });

  test('an image that is not there is waited for, and found when it is built', async () => {
    await using cluster = kubelet();
    const folder = join(cluster.ctx.stateDir, 'elsewhere');
    mkdirSync(folder);
    writeFileSync(join(folder, 'server.cjs'), server);
    const asked = { folder, name: 'hello', entrypoint: ['node', 'server.cjs'] };
    const digest = await buildImage({ ...asked, imageDir: join(cluster.ctx.stateDir, 'other') });
    cluster.store.create('pods', aPod('p', { image: `sandbox.local/hello@${digest}` }));
    const pod = await cluster.until('pods', 'p', (one) => textOf(one).includes('ErrImagePull'));
    expect(textOf(pod)).toContain(`the image store has no ${digest}`);
    await buildImage({ ...asked, imageDir: cluster.ctx.imageDir });
    await cluster.until('pods', 'p', isReady);
  });
});

describe('modelled pods', () => {
  test('any other pod becomes Ready after its delay; one marked to fail never does', async () => {
    await using cluster = kubelet();
    cluster.store.create('pods', aPod('good', { image: 'nginx' }, { annotations: { 'sandbox.flow.dev/ready-after': '20' } }));
    cluster.store.create(
      'pods',
      aPod('bad', { image: 'nginx' }, { annotations: { 'sandbox.flow.dev/fail': 'true', 'sandbox.flow.dev/ready-after': '0' } }),
    );
    cluster.store.create('pods', aPod('none', { image: 'does-not-exist:1' }));
    await cluster.until('pods', 'good', isReady);
    expect(isReady(await cluster.until('pods', 'bad', (pod) => phaseOf(pod) === 'Running'))).toBe(false);
    expect(textOf(await cluster.until('pods', 'none', (pod) => textOf(pod).includes('waiting')))).toContain('ImagePullBackOff');
  });
});

async function firstLines(cluster: TestCluster, pod: KubeObject, count: number): Promise<number[]> {
  let text = '';
  for await (const chunk of createPodLogs(cluster.ctx.stateDir).open(pod, 'main', follow, AbortSignal.timeout(60_000))) {
    text += Buffer.from(chunk).toString();
    if (text.split('\n').length > count) break;
  }
  return text.trim().split('\n').map(Number);
}

/** A process that has ended and that nobody has asked about yet is not alive. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
