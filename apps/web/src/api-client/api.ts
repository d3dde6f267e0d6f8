'use client';

import type { AppRouter } from '@flow/api/client-types';
import { createTRPCContext } from '@trpc/tanstack-react-query';

const context = createTRPCContext<AppRouter>();

export const ApiContextProvider = context.TRPCProvider;

/** The client itself: for what is asked in parts, one question after the other. */
export const useApiClient = context.useTRPCClient;

/** Options of every procedure for TanStack Query: `useQuery(api.run.get.queryOptions({ … }))`. */
export const useApi = context.useTRPC;
