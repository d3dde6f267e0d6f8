'use client';

import { ErrorState, Skeleton } from '@flow/ui/feedback';
import type { ReactNode } from 'react';
import { faultOf } from '../../api-client/fault.ts';

interface ShownQuery<Data> {
  data: Data | undefined;
  error: unknown;
  refetch: () => Promise<unknown>;
}

interface QueryViewProps<Data> {
  query: ShownQuery<Data>;
  /** What could not be loaded, when it could not: "The services could not be loaded". */
  failed: string;
  children: (data: Data) => ReactNode;
}

/** The states of a view around its data: a skeleton while it loads, the fault with its request id and a retry, and then the data. */
export function QueryView<Data>({ query, failed, children }: QueryViewProps<Data>) {
  // Data that was loaded before stays on the screen while a later refetch fails: the live state in the shell tells of it.
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error === null) return <Skeleton />;
  const { message, requestId } = faultOf(query.error);
  return (
    <ErrorState title={failed} message={message} onRetry={() => void query.refetch()} {...(requestId === undefined ? {} : { requestId })} />
  );
}
