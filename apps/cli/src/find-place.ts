import { UsageError } from './exit.ts';
import type { Session } from './session.ts';

/** What a person types to name a deployment. */
export interface NamedPlace {
  service: string;
  environment: string;
  /** Of the artifact, or the beginning of its digest; left out for the newest. */
  version: string | undefined;
}

export interface Place {
  serviceId: string;
  environmentId: string;
  artifactId: string;
  /** In words, for answers. */
  title: string;
}

const pageSize = 100;
const pagesMax = 5;

/** Finds the ids behind the names. Throws a UsageError that lists what there is. */
export async function findPlace({ api, tenant }: Session, { service, environment, version }: NamedPlace): Promise<Place> {
  const found = await api.service.get.query({ tenant, service });
  const environments = await api.environment.list.query({ tenant });
  const to = environments.find(({ slug }) => slug === environment);
  if (to === undefined)
    throw new UsageError(`There is no environment "${environment}". There are: ${environments.map(({ slug }) => slug).join(', ')}`);
  const artifact = await findArtifact({ api, tenant }, { serviceId: found.id, version });
  if (artifact === null)
    throw new UsageError(
      version === undefined
        ? `${found.name} has no artifact yet: its pipeline has not published one.`
        : `Of the newest ${pageSize * pagesMax} artifacts of ${found.name} none is ${version}.`,
    );
  return { serviceId: found.id, environmentId: to.id, artifactId: artifact.id, title: `${found.name} ${artifact.version} to ${to.name}` };
}

async function findArtifact({ api, tenant }: Pick<Session, 'api' | 'tenant'>, of: { serviceId: string; version: string | undefined }) {
  const { serviceId, version } = of;
  let cursor: string | undefined;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const page = await api.artifact.list.query({ tenant, serviceId, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    const found = page.items.find((one) => version === undefined || one.version === version || isDigest(one.digest, version));
    if (found !== undefined) return found;
    if (page.nextCursor === null) return null;
    cursor = page.nextCursor;
  }
  return null;
}

function isDigest(digest: string, start: string): boolean {
  const hex = digest.replace(/^sha256:/, '');
  return start.length >= 8 && hex.startsWith(start.replace(/^sha256:/, ''));
}
