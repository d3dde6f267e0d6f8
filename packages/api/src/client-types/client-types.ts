import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../router/app-router.ts';

export type { AppRouter } from '../router/app-router.ts';
export type { FaultData } from '../trpc/faults.ts';

/** What each procedure takes, by router and name. */
export type RouterInputs = inferRouterInputs<AppRouter>;
/** What each procedure answers, as it arrives in the browser: times are ISO 8601 texts. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;
