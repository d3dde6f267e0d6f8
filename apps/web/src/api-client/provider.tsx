'use client';

import type { AppRouter } from '@flow/api/client-types';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { TRPCClientError, createTRPCClient, httpBatchLink } from '@trpc/client';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { LinkProvider } from '@flow/ui/link';
import { ApiContextProvider } from './api.ts';
import { LiveProvider } from './live.tsx';
import { RouterLink } from './router-link.tsx';

const batchMax = 20;

/** Everything that pages need to ask the API and to hear of changes. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() => createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '/api/trpc', maxItems: batchMax })] }));
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
  if (!(error instanceof TRPCClientError)) return undefined;
  const data: unknown = error.data;
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string' ? data.code : undefined;
}
