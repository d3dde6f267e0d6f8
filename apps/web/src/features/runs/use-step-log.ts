'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { appendChunks } from './log-lines.ts';
import type { LogLine } from './log-lines.ts';

export interface StepLog {
  lines: readonly LogLine[];
  /** Whether all that was written up to now has been read once. */
  isLoaded: boolean;
  error: unknown;
  readAgain: () => void;
}

/** Reads the log of a step page by page to its end, and reads on from there each time that something was appended. */
export function useStepLog(runId: string, logId: string): StepLog {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug } = useTenant();
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [isLoaded, setIsLoaded] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const place = useRef({ after: -1, isReading: false, isAsked: false });

  const readPage = useEffectEvent(async (signal: AbortSignal): Promise<boolean> => {
    const options = api.run.log.queryOptions({ tenant: slug, runId, stepId: logId, afterOrdinal: place.current.after });
    const page = await queryClient.fetchQuery({ ...options, staleTime: 0, gcTime: 0 });
    if (signal.aborted) return false;
    place.current.after = page.nextOrdinal;
    if (page.chunks.length > 0) setLines((known) => appendChunks(known, page.chunks));
    return page.hasMore;
  });

  /** One reader at a time: what is asked for meanwhile is read by it at its end. */
  const readOn = useEffectEvent(async (signal: AbortSignal): Promise<void> => {
    place.current.isAsked = true;
    if (place.current.isReading) return;
    place.current.isReading = true;
    try {
      while (place.current.isAsked && !signal.aborted) {
        place.current.isAsked = false;
        while (await readPage(signal)) setError(null);
      }
      if (!signal.aborted) setError(null);
    } catch (fault) {
      if (!signal.aborted) setError(fault);
    } finally {
      place.current.isReading = false;
      if (!signal.aborted) setIsLoaded(true);
    }
  });

  const [askedCount, setAskedCount] = useState(0);
  const readAgain = (): void => setAskedCount((count) => count + 1);
  const life = useRef<AbortController | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    life.current = controller;
    // A reader that was left half way (strict mode, a fast change of steps) may still hold the flag.
    place.current = { after: -1, isReading: false, isAsked: false };
    setLines([]);
    return () => controller.abort();
  }, [runId, logId]);
  useEffect(() => {
    const signal = life.current?.signal;
    if (signal !== undefined) void readOn(signal);
  }, [runId, logId, askedCount]);
  useLive([`log:${runId}:${logId}`], readAgain);

  return { lines, isLoaded, error, readAgain };
}
