'use client';

import { frame as frameSchema } from '@flow/core/stream';
import type { Frame } from '@flow/core/stream';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { LiveConnection } from './live-connection.ts';
import type { LiveState } from './live-connection.ts';

const LiveContext = createContext<{ connection: LiveConnection; state: LiveState } | null>(null);

/** One stream for the whole tab, over the topics of all that is on the page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const params = useParams<{ tenant?: string }>();
  const tenant = params.tenant ?? null;
  const [state, setState] = useState<LiveState>('connecting');
  const [connection] = useState(() => new LiveConnection(setState));
  useEffect(() => {
    connection.setTenant(tenant);
  }, [connection, tenant]);
  useEffect(() => () => connection.close(), [connection]);
  const value = useMemo(() => ({ connection, state }), [connection, state]);
  return <LiveContext value={value}>{children}</LiveContext>;
}

/** Whether changes arrive at the moment. */
export function useLiveState(): LiveState {
  return useContext(LiveContext)?.state ?? 'connecting';
}

const refetchEveryMs = 50;

/**
 * Hears the frames of these topics while the component is on the page. Without a handler, the queries that are on the screen are asked again,
 * at most once in 50 ms. After a gap that could not be filled everything is asked again in any case.
 */
export function useLive(topics: readonly string[], onFrame?: (frame: Frame) => void): void {
  const context = useContext(LiveContext);
  const queryClient = useQueryClient();
  const handler = useRef(onFrame);
  useEffect(() => {
    handler.current = onFrame;
  });
  const key = topics.join(',');
  useEffect(() => {
    if (context === null || key === '') return undefined;
    let timer: number | undefined;
    const refetch = (): void => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void queryClient.invalidateQueries({ refetchType: 'active' });
      }, refetchEveryMs);
    };
    const end = context.connection.listen(key.split(','), {
      onFrame(data) {
        const read = frameSchema.safeParse(data);
        if (!read.success) return;
        if (handler.current === undefined) refetch();
        else handler.current(read.data);
      },
      onReset: refetch,
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [context, key, queryClient]);
}
