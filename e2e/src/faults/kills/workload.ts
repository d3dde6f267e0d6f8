import { isDeepStrictEqual } from 'node:util';
import { deploymentState, isTerminal } from '@flow/core/deployment';
import type { Database } from '@flow/db/client';
import type { ClusterClient } from '@flow/delivery/cluster';
import { readHistory } from '@flow/delivery/helm';
import { askForDeployment } from '@flow/operations/deployment';
import { eventually } from '../../contract/eventually.ts';
import { endStateOf } from '../facts.ts';
import type { EndState } from '../facts.ts';
import { addService, contextOf, namespace } from '../ground.ts';
import type { Ground, GroundTools, TestService } from '../ground.ts';
import { actAsPeople } from '../people.ts';
import type { Wish } from '../people.ts';
import { brokenPromises } from '../promises.ts';

/** Where deployments move. */
export interface Scene {
  db: Database;
  ground: Ground;
  tools: GroundTools;
  clients: ReadonlyMap<string, ClusterClient>;
  /** What the worker printed last, for the message of a failure. */
  lastWords: () => string;
}

export interface Moving {
  service: TestService;
  /** How many of its versions were asked for. */
  asked: number;
  deploymentId: string;
  wish: Wish;
}

export interface Ended extends Moving {
  end: EndState;
}

/** Versions that each service of a workload has. */
export const versions = Array.from({ length: 60 }, (_none, index) => `${index + 1}.0.0`);

/** The first version is always promoted, since there is nothing to go back to; of the others every third is taken back. */
const wishFor = (number: number): Wish => (number % 3 === 2 ? 'rollBack' : 'promote');

/** How the same deployments end when nobody dies, by what people want and whether something ran there before. */
const kindOf = ({ wish, asked }: Moving): string => `${wish}${asked === 1 ? ' first' : ''}`;

/** Asks for a version of a service, by its number. */
export async function ask({ tools, ground }: Scene, service: TestService, number: number): Promise<Moving> {
  const artifactId = service.artifacts[number - 1]?.id ?? '';
  const { deploymentId } = await askForDeployment(contextOf(tools, ground.tenantId, ground.asker), {
    serviceId: service.serviceId,
    environmentId: ground.environmentId,
    artifactId,
    idempotencyKey: `${service.slug}-${number}`,
  });
  return { service, asked: number, deploymentId, wish: wishFor(number) };
}

/** Carries all of them on as people would, asking for the next version while `goesOn`; resolves when everything has ended. */
export async function carryOn(
  scene: Scene,
  given: readonly Moving[],
  options: { goesOn: () => boolean; meanwhile: () => Promise<void>; withinMs: number },
): Promise<Ended[]> {
  const moving = [...given];
  const ended: Ended[] = [];
  const look = async (): Promise<boolean> => {
    await options.meanwhile();
    for (const [index, each] of [...moving.entries()].toReversed()) {
      await actAsPeople(scene.tools, scene.ground, each);
      if (!(await hasEnded(scene, each))) continue;
      const subject = { deploymentId: each.deploymentId, releaseName: each.service.slug, clients: scene.clients };
      const end = await endStateOf(scene.db, scene.ground, subject);
      ended.push({ ...each, end: inWords(end, each) });
      if (options.goesOn()) moving[index] = await ask(scene, each.service, each.asked + 1);
      else moving.splice(index, 1);
    }
    return moving.length === 0;
  };
  // People try again when the portal cannot reach its database or a cluster.
  await eventually('every deployment has ended', () => look().catch(() => false), options.withinMs).catch(async (error: unknown) => {
    const stuck = await scene.db.prisma.deployment.findMany({
      where: { id: { in: moving.map((each) => each.deploymentId) } },
      include: { targets: true },
    });
    throw new Error(`${String(error)}\n${JSON.stringify(stuck)}\n${scene.lastWords()}`, { cause: error });
  });
  return ended;
}

/** How one deployment of each kind ends when nobody dies. */
export async function cleanEnds(scene: Scene, withinMs: number): Promise<Map<string, EndState>> {
  const untouched = await addService(scene.tools, scene.ground, { slug: 'untouched', versions: versions.slice(0, 3) });
  const clean = new Map<string, EndState>();
  for (const number of [1, 2, 3]) {
    const options = { goesOn: () => false, meanwhile: () => Promise.resolve(), withinMs };
    const [only] = await carryOn(scene, [await ask(scene, untouched, number)], options);
    if (only !== undefined) clean.set(kindOf(only), only.end);
  }
  return clean;
}

/** In sentences, what is not as it would have been: how each deployment ended, what was promised, and what the releases look like. */
export async function violationsOf(scene: Scene, ended: readonly Ended[], clean: ReadonlyMap<string, EndState>): Promise<string[]> {
  const found: string[] = [];
  for (const each of ended) {
    const what = `${each.service.slug} ${each.asked} (${each.wish})`;
    const expected = clean.get(kindOf(each));
    for (const part of ['deployment', 'targets', 'running', 'shown', 'transitions', 'actions', 'told', 'revisions'] as const)
      if (!isDeepStrictEqual(each.end[part], expected?.[part]))
        found.push(`${what}: ${part} is ${JSON.stringify(each.end[part])} instead of ${JSON.stringify(expected?.[part])}`);
    found.push(...(await brokenPromises(scene.db, scene.ground, each.deploymentId)).map((sentence) => `${what}: ${sentence}`));
  }
  for (const service of new Set(ended.map((each) => each.service)))
    for (const [region, client] of scene.clients) {
      const history = await readHistory(client, { namespace, name: service.slug });
      // A killed helm leaves its own revision pending for ever, under the one that cured it.
      const newest = String(history.at(-1)?.status);
      if (newest !== 'deployed') found.push(`${service.slug} in ${region}: the newest revision is ${newest}`);
      const deployedCount = history.filter(({ status }) => status === 'deployed').length;
      if (deployedCount !== 1) found.push(`${service.slug} in ${region}: ${deployedCount} revisions are deployed`);
    }
  return found;
}

/** Helm revisions beyond one for each upgrade and each rollback: those that cured a release after helm or its worker had died. */
export async function countCures(scene: Scene, ended: readonly Ended[]): Promise<number> {
  let count = 0;
  for (const service of new Set(ended.map((each) => each.service))) {
    const mine = ended.filter((each) => each.service === service);
    const wanted = mine.length + mine.filter(({ wish }) => wish === 'rollBack').length;
    for (const client of scene.clients.values()) {
      const history = await readHistory(client, { namespace, name: service.slug });
      count += Math.max(0, (history.at(-1)?.revision ?? 0) - wanted);
    }
  }
  return count;
}

/** Resolves when no dead worker holds a release any more. */
export async function nothingHeld({ db }: Scene): Promise<void> {
  await eventually(
    'nobody dead holds a release',
    async () => (await db.prisma.lease.count({ where: { name: { startsWith: 'release/' }, expiresAt: { gt: new Date() } } })) === 0,
  );
}

async function hasEnded({ db, ground }: Scene, { deploymentId }: Moving): Promise<boolean> {
  const { state } = await db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: ground.tenantId, id: deploymentId } },
    select: { state: true },
  });
  const jobs = await db.prisma.job.count({ where: { kind: 'deployment', key: deploymentId } });
  return isTerminal(deploymentState.parse(state)) && jobs === 0;
}

/** Which version runs where, in words that are the same for every service. */
function inWords(end: EndState, { service, asked }: Moving): EndState {
  const word = (digest: string): string => {
    const at = service.artifacts.findIndex((artifact) => artifact.digest === digest) + 1;
    return at === asked ? 'new' : at === 0 ? 'none' : 'before';
  };
  const told = <Place extends { digest: string }>(places: readonly Place[]): Place[] =>
    places.map((place) => ({ ...place, digest: word(place.digest) }));
  return { ...end, running: told(end.running), shown: told(end.shown) };
}
