import { ancestry, commitGraph, whereIs } from '@flow/core/promotion';
import { listEnvironments } from '@flow/db/catalog';
import { findCommits, listCommits, listOnItsWay, listRunningCommits } from '@flow/db/promotion';
import type { FoundCommit } from '@flow/db/promotion';
import { listRunsOfCommit } from '@flow/db/run';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { foundCommit, pathEnvironment } from './schemas.ts';

type Found = z.input<typeof foundCommit>;
type PathEnvironment = z.input<typeof pathEnvironment>;

/** Where a commit is, in each service that is built from it: in which environments and regions, and with what share of the traffic. */
export async function whereIsCommit(ctx: TenantContext, prefix: string): Promise<{ environments: PathEnvironment[]; found: Found[] }> {
  const [environments, commits] = await Promise.all([
    listEnvironments(ctx.reader, ctx.tenant.id),
    findCommits(ctx.reader, ctx.tenant.id, prefix),
  ]);
  const path = environments.map((environment) => ({ ...environment, regions: environment.targets.map(({ region }) => region) }));
  return { environments: path, found: await Promise.all(commits.map((commit) => placesOf(ctx, { commit, path }))) };
}

async function placesOf(
  { reader, tenant }: TenantContext,
  { commit, path }: { commit: FoundCommit; path: readonly PathEnvironment[] },
): Promise<Found> {
  const { service, sha } = commit;
  const [known, running, onItsWay, runs] = await Promise.all([
    listCommits(reader, tenant.id, service.id),
    listRunningCommits(reader, tenant.id, service.id),
    listOnItsWay(reader, tenant.id, service.id),
    listRunsOfCommit(reader, tenant.id, { serviceId: service.id, commitSha: sha }),
  ]);
  const graph = commitGraph(known);
  // One walk for each version, however many regions it runs in.
  const tips = new Set([...running, ...onItsWay].map(({ commitSha }) => commitSha));
  const having = new Set([...tips].filter((tip) => ancestry(graph, tip).has(sha)));
  const marked = <Row extends { commitSha: string }>(row: Row): Row & { hasCommit: boolean } => ({
    ...row,
    hasCommit: having.has(row.commitSha),
  });
  const regions = path.flatMap((environment) => environment.regions.map((region) => ({ environmentId: environment.id, region })));
  const places = whereIs(regions, { running: running.map(marked), onItsWay: onItsWay.map(marked) });
  return { ...commit, runs, places };
}
