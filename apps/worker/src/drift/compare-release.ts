import { createHash } from 'node:crypto';
import { canonicalJson } from '@flow/core/configuration';
import { findDrift, redact } from '@flow/core/drift';
import type { FoundDrift } from '@flow/core/drift';
import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import type { ComparedRelease } from '@flow/db/drift';
import { eventChannel, jobChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { readDeployed } from '@flow/delivery/drift';
import { recordComparison } from '@flow/operations/drift';
import type { ComparedDifference } from '@flow/operations/drift';
import type { Logger } from 'pino';
import type { Clusters } from '../clusters/clusters.ts';
import { systemContext } from '../system-context.ts';

/** What comparing what runs with what was deployed needs from outside. */
export interface DriftDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  now: () => Date;
  newId: () => string;
}

/** `lost`: the cluster did not let Flow read, so that the next release there will fare no better. */
export type Comparison = 'compared' | 'lost';

/** Compares one release with what was deployed and keeps what came of it; a cluster that does not answer is kept as the reason why it could not be. */
export async function compareRelease(dependencies: DriftDependencies, release: ComparedRelease, signal: AbortSignal): Promise<Comparison> {
  const triedAt = dependencies.now();
  try {
    const { client } = await dependencies.clusters.open(release.clusterId);
    const ref = { namespace: release.namespace, name: release.releaseName };
    const read = await readDeployed(client, ref, { deploymentId: release.deploymentId, signal });
    const differences = read.kind === 'read' ? findDrift(read.objects).map(toKeep) : null;
    await keep(dependencies, release, { triedAt, differences, trouble: read.kind === 'unreadable' ? read.why : '' });
    return 'compared';
  } catch (error) {
    if (signal.aborted || !(error instanceof FlowError)) throw error;
    await keep(dependencies, release, { triedAt, differences: null, trouble: error.message });
    return error.code === 'upstream' ? 'lost' : 'compared';
  }
}

async function keep(
  dependencies: DriftDependencies,
  { tenantId, serviceId, targetId, deploymentId }: ComparedRelease,
  compared: { triedAt: Date; differences: ComparedDifference[] | null; trouble: string },
): Promise<void> {
  const ctx = systemContext(dependencies, tenantId, 'compares what runs with what was deployed');
  await recordComparison(ctx, { serviceId, targetId, deploymentId, ...compared });
  dependencies.announcer.announce(eventChannel);
  // Somebody may be to be told.
  dependencies.announcer.announce(jobChannel);
}

// What a page can show of one value.
const shownCharacters = 4_000;

function toKeep({ kind, name, path, difference, changedBy }: FoundDrift): ComparedDifference {
  const { wanted, found, isHidden } = redact(kind, difference);
  // Of an object that is not there it is enough to say so.
  const isMissing = path === '';
  return {
    object: `${kind}/${name}`,
    path,
    wanted: isMissing ? null : asText(wanted),
    found: asText(found),
    isHidden: !isMissing && isHidden,
    fingerprint: fingerprintOf(difference),
    changedBy: changedBy?.name ?? '',
    changedAt: changedBy?.at == null ? null : dateOf(changedBy.at),
  };
}

/** Names the values of a difference, those too that nobody is shown: what was adopted is known by it. */
export function fingerprintOf({ wanted, found }: FoundDrift['difference']): string {
  return createHash('sha256').update(canonicalJson({ wanted, found }), 'utf8').digest('hex');
}

function asText(value: unknown): string | null {
  if (value === undefined) return null;
  const text = canonicalJson(value);
  return text.length <= shownCharacters ? text : JSON.stringify(`${text.slice(0, shownCharacters)} …`);
}

function dateOf(text: string): Date | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}
