import { gunzipSync } from 'node:zlib';
import { FlowError } from '@flow/core/fault';
import { kinds, type ClusterClient } from '../cluster/index.ts';
import { numberAt, objectAt, textAt, type JsonObject } from '../json/index.ts';
import { checkNames, deploymentLabel, type ReleaseRef } from './create-helm.ts';

export type ReleaseStatus =
  | 'deployed'
  | 'superseded'
  | 'failed'
  | 'uninstalled'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'
  | 'unknown';

/** One revision of a release as its Secret's labels show it. */
export interface ReleaseRevision {
  revision: number;
  status: ReleaseStatus;
  /** The deployment that made it (a rollback carries that of the revision it went back to); null when Flow did not make it. */
  deploymentId: string | null;
}

export interface Release extends ReleaseRevision {
  manifest: string;
  values: JsonObject;
  chart: { name: string; version: string };
  description: string;
}

const statuses: readonly ReleaseStatus[] = [
  'deployed',
  'superseded',
  'failed',
  'uninstalled',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
];
const maxReleaseBytes = 32 * 1024 * 1024;

/** The revisions that the cluster still keeps of a release, oldest first; empty when there is no such release. */
export async function readHistory(client: ClusterClient, ref: ReleaseRef): Promise<ReleaseRevision[]> {
  checkNames(ref);
  const revisions: ReleaseRevision[] = [];
  const selection = { kind: kinds.secrets, namespace: ref.namespace, labelSelector: `owner=helm,name=${ref.name}`, metadataOnly: true };
  for await (const page of client.list(selection)) revisions.push(...page.items.map(revisionOf));
  return revisions.sort((left, right) => left.revision - right.revision);
}

/** One revision of a release with all that it holds, the newest when none is given; null when it is not there. */
export async function readRelease(client: ClusterClient, ref: ReleaseRef, revision?: number): Promise<Release | null> {
  const wanted = revision ?? (await readHistory(client, ref)).at(-1)?.revision;
  if (wanted === undefined) return null;
  checkNames(ref);
  const answer = await client.get({ kind: kinds.secrets, namespace: ref.namespace, name: `sh.helm.release.v1.${ref.name}.v${wanted}` });
  if (!answer.ok) return null;
  const release = unpack(textAt(answer.value, 'data', 'release'));
  return {
    ...revisionOf(answer.value),
    manifest: textAt(release, 'manifest'),
    values: objectAt(release, 'config'),
    chart: { name: textAt(release, 'chart', 'metadata', 'name'), version: textAt(release, 'chart', 'metadata', 'version') },
    description: textAt(release, 'info', 'description'),
  };
}

function revisionOf(secret: unknown): ReleaseRevision {
  const labels = objectAt(secret, 'metadata', 'labels');
  const status = textAt(labels, 'status');
  return {
    revision: numberAt(labels, 'version') ?? 0,
    status: statuses.find((known) => known === status) ?? 'unknown',
    deploymentId: textAt(labels, deploymentLabel) || null,
  };
}

/** Helm packs with gzip and base64, and the Secret adds another base64. */
function unpack(data: string): unknown {
  try {
    const packed = Buffer.from(Buffer.from(data, 'base64').toString('utf8'), 'base64');
    return JSON.parse(gunzipSync(packed, { maxOutputLength: maxReleaseBytes }).toString('utf8')) satisfies unknown;
  } catch (cause) {
    throw new FlowError({ code: 'upstream', owner: 'cluster', message: 'The record of the release in the cluster cannot be read', cause });
  }
}
