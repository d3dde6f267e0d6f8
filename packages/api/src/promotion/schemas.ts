import { placeHealth } from '@flow/core/promotion';
import { enforcement } from '@flow/core/rule';
import { pinKind } from '@flow/db/promotion';
import { z } from 'zod';
import { instant } from '../trpc/index.ts';

export const pathEnvironment = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  kind: z.string(),
  position: z.number(),
  regions: z.array(z.string()),
});

const matrixCell = z.object({
  environmentId: z.string(),
  versions: z.array(
    z.object({
      artifactId: z.string(),
      deploymentId: z.string(),
      version: z.string(),
      regions: z.array(z.string()),
      since: instant,
      isQuarantined: z.boolean(),
    }),
  ),
  missingRegions: z.array(z.string()),
  health: placeHealth,
  unwellRegions: z.array(z.string()),
  newerBelow: z.object({ artifactId: z.string(), version: z.string(), environmentName: z.string() }).nullable(),
});

/** A person keeps a service at a version in an environment. */
export const pin = z.object({
  environmentId: z.string(),
  kind: pinKind,
  version: z.string(),
  reason: z.string(),
  placedByName: z.string(),
  placedAt: instant,
});

/** Fields that run otherwise than they were deployed, without anybody having accepted that. */
export const driftCount = z.object({ environmentId: z.string(), region: z.string(), count: z.number() });

export const matrixRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  tier: z.number(),
  owner: z.string(),
  cells: z.array(matrixCell),
  pins: z.array(pin),
  /** How many fields run otherwise than they were deployed, by environment and region. */
  drift: z.array(driftCount),
});

const sideOfService = z.array(
  z.object({ version: z.string(), artifactId: z.string(), deploymentId: z.string(), regions: z.array(z.string()) }),
);
const bothSides = z.object({ left: z.array(z.string()), right: z.array(z.string()) });

export const comparedService = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  left: sideOfService,
  right: sideOfService,
  difference: z
    .object({
      version: z.enum(['leftNewer', 'rightNewer', 'onlyLeft', 'onlyRight', 'mixed']).nullable(),
      chart: bothSides.nullable(),
      settings: z.array(bothSides.extend({ path: z.string() })),
      replicas: z.object({ left: z.number(), right: z.number() }).nullable(),
    })
    .nullable(),
});

const commit = z.object({ sha: z.string(), message: z.string(), author: z.string(), committedAt: instant });

export const foundCommit = commit.extend({
  service: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  /** Runs of exactly this commit, newest first. */
  runs: z.array(z.object({ id: z.string(), number: z.number(), state: z.string(), artifactId: z.string().nullable() })),
  places: z.array(
    z.object({
      environmentId: z.string(),
      region: z.string(),
      state: z.enum(['here', 'arriving', 'leaving', 'waiting', 'notHere']),
      weightPercent: z.number(),
      running: z.object({ version: z.string(), deploymentId: z.string(), since: instant }).nullable(),
      change: z.object({ version: z.string(), deploymentId: z.string() }).nullable(),
    }),
  ),
});

/** What a promotion rule does next with a service. */
export const ruledPromotion = z.object({
  ruleId: z.string(),
  title: z.string(),
  enforcement,
  fromId: z.string(),
  fromName: z.string(),
  toId: z.string(),
  toName: z.string(),
  next: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('nothing'), sentence: z.string() }),
    z.object({
      kind: z.literal('waits'),
      artifactId: z.string(),
      version: z.string(),
      /** When time alone will have lifted every reason; null when it will not. */
      until: instant.nullable(),
      reasons: z.array(
        z.object({
          kind: z.enum(['soak', 'degraded', 'unwell', 'pinned', 'underway', 'schedule', 'refused']),
          sentence: z.string(),
          until: instant.nullable(),
        }),
      ),
    }),
    z.object({ kind: z.literal('promotes'), artifactId: z.string(), version: z.string() }),
  ]),
});

const relation = z.enum(['same', 'ahead', 'behind', 'diverged', 'unknown']);

export const standing = z.object({
  environmentId: z.string(),
  environmentName: z.string(),
  /** What runs there, each with how the artifact stands to it. */
  versions: z.array(
    z.object({
      artifactId: z.string(),
      version: z.string(),
      regions: z.array(z.string()),
      relation,
      aheadCount: z.number(),
      behindCount: z.number(),
    }),
  ),
});

export const commitsBetween = z.object({
  relation,
  version: z.string(),
  baseVersion: z.string(),
  /** Those that the base lacks, and those that only the base has; newest first. */
  ahead: z.array(commit),
  behind: z.array(commit),
});
