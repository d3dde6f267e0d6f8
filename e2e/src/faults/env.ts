import { z } from 'zod';

const settings = z.object({
  FLOW_FAULTS: z.enum(['short', 'whole', 'all']).default('short'),
  FLOW_FAULTS_SEED: z.coerce.number().int().min(1).default(20_261),
});

/** How much is tried. `all` are hours: every second crash after every first one. */
const amounts = {
  short: { points: 30, secondCrashes: 4, kills: 8 },
  whole: { points: Infinity, secondCrashes: 40, kills: 50 },
  all: { points: Infinity, secondCrashes: Infinity, kills: 50 },
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
}

/** Reads how much is tried (FLOW_FAULTS=short, whole or all), and from which seed (FLOW_FAULTS_SEED). */
export function faultSettings(): FaultSettings {
  const read = settings.parse(process.env);
  return { seed: read.FLOW_FAULTS_SEED, ...amounts[read.FLOW_FAULTS] };
}
