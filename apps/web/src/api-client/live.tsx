'use client';

import { isFrame } from '@flow/core/stream';
import type { Frame, FrameType } from '@flow/core/stream';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useApi } from './api.ts';
import { isConcerned } from './concerned.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveState } from './live-connection.ts';
import { createRefetcher } from './refetcher.ts';

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
  useSessionCheck(state);
  const value = useMemo(() => ({ connection, state }), [connection, state]);
  return <LiveContext value={value}>{children}</LiveContext>;
}

/** A stream may have ended because the session has. Asking who one is finds that out, and leads to the log-in. */
function useSessionCheck(state: LiveState): void {
  const api = useApi();
  const queryClient = useQueryClient();
  const wasLive = useRef(false);
  useEffect(() => {
    if (wasLive.current && state === 'connecting') void queryClient.invalidateQueries(api.session.me.queryFilter());
    wasLive.current = state === 'live';
  }, [api, queryClient, state]);
}

/** Whether changes arrive at the moment. */
export function useLiveState(): LiveState {
  return useContext(LiveContext)?.state ?? 'connecting';
}

/**
 * Hears the frames of these topics while the component is on the page. Without a handler, the queries on the screen that the change can concern
 * are asked again. After a gap that could not be filled everything is asked again in any case.
 */
export function useLive(topics: readonly string[], onFrame?: (frame: Frame) => void): void {
  const connection = useContext(LiveContext)?.connection;
  const queryClient = useQueryClient();
  const handler = useRef(onFrame);
  useEffect(() => {
    handler.current = onFrame;
  });
  const key = topics.join(',');
  useEffect(() => {
    if (connection === undefined || key === '') return undefined;
    const changed = new Set<FrameType>();
    const some = createRefetcher(() => {
      const types = [...changed];
      changed.clear();
      return queryClient.invalidateQueries({
        refetchType: 'active',
        predicate: ({ queryKey }) => types.some((type) => isConcerned(queryKey, type)),
      });
    });
    const all = createRefetcher(() => queryClient.invalidateQueries({ refetchType: 'active' }));
    const end = connection.listen(key.split(','), {
      onFrame(data) {
        if (!isFrame(data)) return;
        if (handler.current !== undefined) {
          handler.current(data);
          return;
        }
        changed.add(data.type);
        some.want();
      },
      onReset: () => all.want(),
    });
    return () => {
      some.stop();
      all.stop();
      end();
    };
  }, [connection, key, queryClient]);
}
