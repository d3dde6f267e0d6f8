import { expect, test } from 'vitest';
import { decodeKubernetesProtobuf } from './protobuf.ts';
import { kubernetesMessages } from './protobuf-types.ts';

const CORE = 'k8s.io.api.core.v1';

function encode(type: string, value: Record<string, unknown>): Uint8Array {
  return kubernetesMessages().lookupType(type).encode(value).finish();
}

function envelope(kind: { apiVersion: string; kind: string }, raw: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), encode('k8s.io.apimachinery.pkg.runtime.Unknown', { typeMeta: kind, raw })]);
}

test('a Secret comes out as the JSON that it stands for', () => {
  const raw = encode(`${CORE}.Secret`, {
    metadata: { name: 's', namespace: '', labels: { owner: 'helm' }, creationTimestamp: { seconds: 0 } },
    data: { release: Buffer.from('hello') },
    type: 'helm.sh/release.v1',
  });
  expect(decodeKubernetesProtobuf(envelope({ apiVersion: 'v1', kind: 'Secret' }, raw))).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', labels: { owner: 'helm' } },
    data: { release: 'aGVsbG8=' },
    type: 'helm.sh/release.v1',
  });
});

test('embedded messages, quantities and numbers-or-text take their JSON form', () => {
  const raw = encode(`${CORE}.Pod`, {
    spec: {
      volumes: [{ name: 'v', volumeSource: { emptyDir: {} } }],
      containers: [
        {
          name: 'c',
          resources: { requests: { cpu: { string: '100m' } } },
          livenessProbe: { handler: { httpGet: { path: '/', port: { type: 1, strVal: 'http' } } } },
        },
      ],
    },
  });
  expect(decodeKubernetesProtobuf(envelope({ apiVersion: 'v1', kind: 'Pod' }, raw))['spec']).toEqual({
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [{ name: 'c', resources: { requests: { cpu: '100m' } }, livenessProbe: { httpGet: { path: '/', port: 'http' } } }],
  });
});

test('what is not an envelope is refused as bad input, and an unknown kind by name', () => {
  expect(() => decodeKubernetesProtobuf(Buffer.from('nope'))).toThrow('magic number');
  expect(() => decodeKubernetesProtobuf(envelope({ apiVersion: 'v1', kind: 'Unheard' }, new Uint8Array()))).toThrow(
    'cannot read v1/Unheard as protobuf',
  );
  expect(() => decodeKubernetesProtobuf(envelope({ apiVersion: 'v1', kind: 'Secret' }, Buffer.from([255, 255, 255])))).toThrow(
    'not a valid Secret',
  );
});
