import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { pipelineAccount } from '@flow/delivery/access';
import { unsupportedInWorkflow } from '@flow/sandbox/workflows';
import { upstreamFolder } from '../../cluster/build/edited-module.ts';
import { builder } from '../../cluster/machine/requirements.ts';
import { stepImage } from '../../cluster/node/images.ts';

/** Images that are there under another name: both are the busybox of the machine, which is also all that Alpine's shell is. */
const localNames: Readonly<Record<string, string>> = { busybox: stepImage, 'alpine:3.23': stepImage };

/** Where Argo says why its own tests leave an example out. */
const untested = 'workflows.argoproj.io/no-test';

const workflow = z.looseObject({
  kind: z.literal('Workflow'),
  apiVersion: z.string(),
  metadata: z.looseObject({ name: z.string().optional(), labels: z.record(z.string(), z.string()).optional() }),
  spec: z.looseObject({}),
});

/** An example as it is published, ready to be run: under a name that is the same on both engines, by the account of pipelines. */
export interface Example {
  name: string;
  object: z.infer<typeof workflow>;
}

/** The examples that come with Argo Workflows: those that can be run here, and why the others cannot. */
export interface Examples {
  runnable: Example[];
  unsupported: { name: string; why: string }[];
}

/** Reads the examples inside the Go module that the controllers are built from. None of them is copied. */
export async function publishedExamples(): Promise<Examples> {
  const folder = join(await upstreamFolder(await builder(), 'argo-workflows'), 'examples');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const all = files.toSorted().flatMap((file) => examplesIn(join(folder, file), file.replace(/\.yaml$/, '')));
  const judged = all.map((example) => ({ example, why: obstacle(example) }));
  return {
    runnable: judged.filter(({ why }) => why === null).map(({ example }) => example),
    unsupported: judged.flatMap(({ example, why }) => (why === null ? [] : [{ name: example.name, why }])),
  };
}

function examplesIn(path: string, name: string): Example[] {
  const found = parseAllDocuments(readFileSync(path, 'utf8'), { logLevel: 'silent' }).flatMap((document) => {
    const read = workflow.safeParse(document.toJS());
    if (!read.success) return [];
    return [document.errors.length === 0 ? read.data : { ...read.data, spec: { unreadable: true } }];
  });
  return found.map((object, index) => prepared(`${name.toLowerCase()}${index === 0 ? '' : `-${index + 1}`}`, object));
}

function prepared(name: string, object: z.infer<typeof workflow>): Example {
  const spec = z.looseObject({}).parse(JSON.parse(JSON.stringify(object.spec), (key, value: unknown) => localImage(key, value)));
  return {
    name,
    object: { ...object, metadata: { name, labels: object.metadata.labels }, spec: { ...spec, serviceAccountName: pipelineAccount } },
  };
}

function localImage(key: string, value: unknown): unknown {
  return key === 'image' && typeof value === 'string' ? (localNames[value] ?? value) : value;
}

/** Why an example cannot be run on both, if so. */
function obstacle({ object }: Example): string | null {
  if (object.spec['unreadable'] === true) return 'it is not YAML to the reader of this suite';
  if (object.metadata.labels?.[untested] === 'duration') return 'it is made to run for long';
  const metadata = { name: '', uid: '', resourceVersion: '', generation: 1, creationTimestamp: '' };
  const [refused] = unsupportedInWorkflow({ ...object, metadata });
  if (refused !== undefined) return refused.message;
  const text = JSON.stringify(object.spec);
  const image = [...text.matchAll(/"image":"([^"]+)"/g)].map((match) => match[1]).find((one) => one !== stepImage);
  if (image !== undefined) return `the image ${image} is not on this machine`;
  if (/"(persistentVolumeClaim|volumeClaimTemplates)":/.test(text)) return 'the clusters of this machine have no storage for claims';
  if (text.includes('apk add')) return 'it loads programs from the network';
  return /"command":\["(?:bash|python)/.test(text) ? 'the image has no such program' : null;
}
