import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

/** Fields of messages that Go embeds: what they hold stands in the JSON of the outer object. */
export const EMBEDDED: ReadonlySet<string> = new Set([
  'volumeSource',
  'persistentVolumeSource',
  'localObjectReference',
  'handler',
  'ephemeralContainerCommon',
  'artifactLocation',
  'artifact',
  's3Bucket',
  'gCSBucket',
  'oSSBucket',
  'hDFSConfig',
  'azureBlobContainer',
  'artifactoryAuth',
  'rolloutAnalysis',
]);

let loaded: protobuf.Root | undefined;

/** The messages of Kubernetes, read from the `.proto` files beside this module when they are first needed. */
export function kubernetesMessages(): protobuf.Root {
  loaded ??= load(join(import.meta.dirname, 'proto'));
  return loaded;
}

function load(folder: string): protobuf.Root {
  const root = new protobuf.Root();
  for (const file of readdirSync(folder)) {
    protobuf.parse(readFileSync(join(folder, file), 'utf8'), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}
