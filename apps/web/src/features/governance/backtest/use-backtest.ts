'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { addTallies } from '@flow/core/backtest';
import { useEffect, useRef, useState } from 'react';
import { useApiClient } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { PolicyDocument } from '../policy/save-policy.ts';

export type Tally = RouterOutputs['policy']['backtest']['tally'];

export interface Backtest {
  /** What has been found so far; null before it was started. */
  tally: Tally | null;
  /** How many starts there are to be looked at; null until that is known. */
  total: number | null;
  isRunning: boolean;
  /** It was ended before it was over. */
  isPartial: boolean;
  error: unknown;
  start: (document: PolicyDocument) => void;
  stop: () => void;
}

type State = Omit<Backtest, 'start' | 'stop'>;

const idle: State = { tally: null, total: null, isRunning: false, isPartial: false, error: null };

/** Runs a draft of a rule over the recorded past, one part after the other, newest first. Whoever stops it keeps what was found; leaving the page stops it. */
export function useBacktest(): Backtest {
  const client = useApiClient();
  const { slug: tenant } = useTenant();
  const [state, setState] = useState<State>(idle);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (document: PolicyDocument, { signal }: AbortController): Promise<void> => {
    let [tally, cursor]: [Tally | null, string | null] = [null, null];
    do {
      const part: RouterOutputs['policy']['backtest'] = await client.policy.backtest.query(
        { tenant, document, ...(cursor === null ? {} : { cursor }) },
        { signal },
      );
      tally = tally === null ? part.tally : addTallies(tally, part.tally);
      cursor = part.nextCursor;
      const found = { tally, isRunning: cursor !== null };
      if (!signal.aborted) setState((before) => ({ ...before, ...found, total: part.total ?? before.total }));
    } while (cursor !== null && !signal.aborted);
  };

  return {
    ...state,
    start(document) {
      running.current?.abort();
      const own = new AbortController();
      running.current = own;
      setState({ ...idle, isRunning: true });
      run(document, own).catch((error: unknown) => {
        if (!own.signal.aborted) setState((before) => ({ ...before, isRunning: false, isPartial: before.tally !== null, error }));
      });
    },
    stop() {
      running.current?.abort();
      setState((before) => ({ ...before, isRunning: false, isPartial: true }));
    },
  };
}
