import type { Database } from '@flow/db/client';
import type { JobKind } from '@flow/db/jobs';
import type { Clusters } from '@flow/worker/clusters';
import type { JobHandler } from '@flow/worker/jobs';
import type { ClusterDefect } from './cluster.ts';
import type { Rewrite } from './database.ts';

/** A fault of the engine that is planted from outside, at its seams: what is sent to the database and to the clusters, and what is put around its handlers. */
export interface Defect {
  /** Another statement than the product's. */
  rewrite?: Rewrite;
  cluster?: ClusterDefect;
  /** How far the clock of a worker is off that decides in place of the database's. */
  clockOffMs?: (worker: number) => number;
  around?: (given: { kind: JobKind; handler: JobHandler; db: Database; holder: string; clusters: Clusters }) => JobHandler;
}

/** Nothing is planted. */
export const none: Defect = {};
