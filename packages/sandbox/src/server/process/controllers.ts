import type { SandboxContext } from '../../store/context.ts';
import type { PodLogs } from '../../store/pod-logs.ts';
import type { Controller } from '../../store/store.ts';
import type { Refusal } from '../admission/admission.ts';

/** The controllers of a sandbox cluster. */
export function createControllers(_context: SandboxContext): readonly Controller[] {
  return [];
}

/** Where the logs of the pods are. */
export function createLogs(_stateDir: string): PodLogs | undefined {
  return undefined;
}

/** What the controllers cannot run, by kind. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {};
