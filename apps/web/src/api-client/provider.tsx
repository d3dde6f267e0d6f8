'use client';

import type { AppRouter } from '@flow/api/client-types';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { LinkProvider } from '@flow/ui/link';
import { ApiContextProvider } from './api.ts';
import { isAnswered } from './fault.ts';
import { LiveProvider } from './live.tsx';
import { RouterLink } from './router-link.tsx';

const batchMax = 20;

/** Everything that pages need to ask the API and to hear of changes. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createApiClient);
  return (
    <QueryClientProvider client={queryClient}>
      <ApiContextProvider trpcClient={trpcClient} queryClient={queryClient}>
        <LinkProvider component={RouterLink}>
          <LiveProvider>{children}</LiveProvider>
        </LinkProvider>
      </ApiContextProvider>
    </QueryClientProvider>
  );
}

/** A question that is too long for an address, such as a draft of a rule, is sent as a body. */
const addressMax = 2_000;

function createApiClient() {
  const url = '/api/trpc';
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type, input }) => type === 'query' && JSON.stringify([input]).length > addressMax,
        true: httpLink({ url, methodOverride: 'POST' }),
        false: httpBatchLink({ url, maxItems: batchMax }),
      }),
    ],
  });
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    // A session that has ended shows itself at the next question: back to the log-in, and from there back to this page.
    queryCache: new QueryCache({ onError: leaveWhenLoggedOut }),
    defaultOptions: {
      queries: { staleTime: 15_000, retry: (count, error) => count < 2 && !isAnswer(error), refetchOnWindowFocus: false },
    },
  });
}

function leaveWhenLoggedOut(error: unknown): void {
  if (codeOf(error) !== 'UNAUTHORIZED' || window.location.pathname === '/login') return;
  window.location.assign(`/login?to=${encodeURIComponent(window.location.pathname + window.location.search)}`);
}

/** Refusals are answers: asking again would give the same. */
function isAnswer(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && code !== 'INTERNAL_SERVER_ERROR' && code !== 'BAD_GATEWAY';
}

function codeOf(error: unknown): string | undefined {
  return isAnswered(error) ? error.data?.code : undefined;
}
