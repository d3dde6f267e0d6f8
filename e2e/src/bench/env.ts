import { z } from 'zod';

const environment = z.object({
  /** Rounds that are measured, after one that is not. */
  FLOW_BENCH_ROUNDS: z.coerce.number().int().min(1).max(50).default(5),
  /** A kubeconfig of a cluster whose Rollout is changed instead of one in the sandbox; its current context is taken. */
  FLOW_BENCH_KUBECONFIG: z.string().min(1).optional(),
  /** Rollouts in the real cluster beside which their list is asked for. */
  FLOW_BENCH_ROLLOUTS: z.coerce.number().int().min(50).max(4_000).default(4_000),
});

/** See above. */
export const {
  FLOW_BENCH_ROUNDS: rounds,
  FLOW_BENCH_KUBECONFIG: kubeconfigPath,
  FLOW_BENCH_ROLLOUTS: rolloutsCount,
} = environment.parse(process.env);
