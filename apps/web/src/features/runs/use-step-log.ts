'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { appendChunks } from './log-lines.ts';
import type { LogLine } from './log-lines.ts';
import { createLogReader } from './log-reader.ts';
import type { LogPage, LogReader } from './log-reader.ts';

export interface StepLog {
  lines: readonly LogLine[];
  /** Whether all that was written up to now has been read once. */
  isLoaded: boolean;
  error: unknown;
  readAgain: () => void;
}

const nothingRead: Omit<StepLog, 'readAgain'> = { lines: [], isLoaded: false, error: null };

/** Reads the log of a step to its end, and reads on from there each time that something was appended. */
export function useStepLog(runId: string, logId: string): StepLog {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug } = useTenant();
  const [log, setLog] = useState(nothingRead);
  const reader = useRef<LogReader | null>(null);

  const readPage = useEffectEvent((afterOrdinal: number): Promise<LogPage> => {
    const options = api.run.log.queryOptions({ tenant: slug, runId, stepId: logId, afterOrdinal });
    return queryClient.fetchQuery({ ...options, staleTime: 0, gcTime: 0 });
  });
  useEffect(() => {
    let isNew = true;
    const mine = createLogReader({
      readPage: (after) => readPage(after),
      onPage: ({ chunks }) => {
        const wasNew = isNew;
        isNew = false;
        setLog((known) => ({ ...known, lines: appendChunks(wasNew ? [] : known.lines, chunks) }));
      },
      onEnd: () => setLog((known) => ({ ...known, isLoaded: true, error: null })),
      onError: (error) => setLog((known) => ({ ...known, isLoaded: true, error })),
    });
    reader.current = mine;
    void mine.readOn();
    return () => mine.stop();
  }, [runId, logId]);
  const readAgain = (): void => void reader.current?.readOn();
  useLive([`log:${runId}:${logId}`], readAgain);

  return { ...log, readAgain };
}
