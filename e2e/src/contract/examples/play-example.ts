import { kinds, type KubeObject } from '@flow/delivery/cluster';
import { objectAt, textAt } from '@flow/delivery/json';
import { readNodes } from '@flow/delivery/workflows';
import type { Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import type { Example } from './published-examples.ts';

/** How an example ended: its phase, and type and phase of each node by its name. */
export interface Played {
  phase: string;
  nodes: Record<string, string>;
}

/** An example has so long to end, or to come to where it waits for a person. */
const longestMs = 280_000;
const over = new Set(['Succeeded', 'Failed', 'Error']);

/** Runs an example to its end. One that waits for a person is terminated there. */
export async function playExample(engine: Engine, example: Example): Promise<Played> {
  const made = await engine.admin.create({ kind: kinds.workflows, namespace: engine.namespace }, example.object);
  if (!made.ok) return { phase: `refused: ${made.status} ${made.reason}`, nodes: {} };
  const ref = { kind: kinds.workflows, namespace: engine.namespace, name: example.name };
  const when = (what: string, is: (workflow: KubeObject) => boolean): Promise<KubeObject> =>
    eventually(
      `${example.name} ${what}`,
      async () => {
        const answer = await engine.admin.get(ref);
        return answer.ok && is(answer.value) && answer.value;
      },
      longestMs,
    );
  const first = await when('ends or waits', (workflow) => hasEnded(workflow) || isWaiting(example, workflow));
  if (hasEnded(first)) return playedOf(first);
  await engine.admin.patch(ref, { type: 'merge', body: { spec: { shutdown: 'Terminate' } } });
  return playedOf(await when('ends when it is told to', hasEnded));
}

function hasEnded(workflow: KubeObject): boolean {
  return over.has(textAt(workflow, 'status', 'phase'));
}

function isWaiting({ object }: Example, workflow: KubeObject): boolean {
  return JSON.stringify(object.spec).includes('"suspend":{}') && Object.values(nodesOf(workflow)).includes('Suspend Running');
}

function playedOf(workflow: KubeObject): Played {
  return { phase: textAt(workflow, 'status', 'phase'), nodes: nodesOf(workflow) };
}

function nodesOf(workflow: KubeObject): Record<string, string> {
  const read = readNodes(workflow);
  const nodes = read.kind === 'offloaded' ? {} : read.nodes;
  return Object.fromEntries(
    Object.keys(nodes).map((id) => {
      const node = objectAt(nodes, id);
      return [textAt(node, 'name'), `${textAt(node, 'type')} ${textAt(node, 'phase')}`];
    }),
  );
}
