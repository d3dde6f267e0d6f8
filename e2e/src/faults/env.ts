import { z } from 'zod';

const settings = z.object({
  FLOW_FAULTS: z.enum(['short', 'whole', 'all']).default('short'),
  FLOW_FAULTS_SEED: z.coerce.number().int().min(1).default(20_261),
});

/** How much is tried. `all` are hours: every second crash after every first one. */
const amounts = {
  short: { points: 30, secondCrashes: 4, kills: 8, clusterKills: 8, sequences: 1_000, races: 20 },
  whole: { points: Infinity, secondCrashes: 40, kills: 50, clusterKills: 60, sequences: 10_000, races: 500 },
  all: { points: Infinity, secondCrashes: Infinity, kills: 50, clusterKills: 60, sequences: 100_000, races: 2_000 },
} as const;

export interface FaultSettings {
  /** What every choice is drawn from. */
  seed: number;
  /** At most so many moments are tried for each way that the deployment goes. */
  points: number;
  /** So many pairs of a first and a second crash are tried. */
  secondCrashes: number;
  /** How often the worker is killed. */
  kills: number;
  /** How often something is killed on the real clusters. */
  clusterKills: number;
  /** So many sequences of acts are played through the machine of approvals. */
  sequences: number;
  /** How often votes, changes and starts race on the database. */
  races: number;
}

/** Reads how much is tried (FLOW_FAULTS=short, whole or all), and from which seed (FLOW_FAULTS_SEED). */
export function faultSettings(): FaultSettings {
  const read = settings.parse(process.env);
  return { seed: read.FLOW_FAULTS_SEED, ...amounts[read.FLOW_FAULTS] };
}
