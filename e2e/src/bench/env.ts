import { z } from 'zod';

const environment = z.object({
  /** Rounds that are measured, after one that is not. */
  FLOW_BENCH_ROUNDS: z.coerce.number().int().min(1).max(50).default(5),
});

/** See above. */
export const { FLOW_BENCH_ROUNDS: rounds } = environment.parse(process.env);
