import { z } from 'zod';
import type { KubeObject, SandboxContext } from '../../store/index.ts';
import { hasLabels } from '../objects/label-selector.ts';
import { createReader } from '../objects/parsed.ts';
import { processPort, readySinceMs } from '../objects/pod.ts';

/** Annotation of a Service: requests per second that visitors make. */
const VISITORS_ANNOTATION = 'sandbox.flow.dev/visitors';
/** Annotation of a Service: the path that visitors ask for. */
export const VISITORS_PATH_ANNOTATION = 'sandbox.flow.dev/visitors-path';
const MOST_VISITORS_PER_S = 200;

const readService = createReader(z.object({ spec: z.object({ selector: z.record(z.string(), z.string()).nullish() }).nullish() }));

/** A pod that a Service sends requests to. */
export interface Backend {
  pod: KubeObject;
  hash: string;
  /** Loopback port of the process; undefined for a modelled pod. */
  port: number | undefined;
  readySinceMs: number;
}

/** The labels that the Service selects; undefined for one without a selector, which has no backends. */
export function selectorOf(service: KubeObject): Record<string, string> | undefined {
  const selector = readService(service).spec?.selector ?? {};
  return Object.keys(selector).length === 0 ? undefined : selector;
}

/** Name of a Service across namespaces. */
export function serviceKey(service: KubeObject): string {
  return `${service.metadata.namespace ?? ''}/${service.metadata.name}`;
}

/** The Ready pods that the Service selects, in the order of their names. */
export function readyBackends(ctx: SandboxContext, service: KubeObject): Backend[] {
  const selector = selectorOf(service);
  if (selector === undefined) return [];
  return ctx.store.list('pods', service.metadata.namespace).flatMap((pod) => {
    if (!hasLabels(pod.metadata.labels, selector)) return [];
    const sinceMs = readySinceMs(pod);
    if (sinceMs === undefined) return [];
    const labels = pod.metadata.labels ?? {};
    const hash = labels['rollouts-pod-template-hash'] ?? labels['pod-template-hash'] ?? '';
    return [{ pod, hash, port: processPort(pod), readySinceMs: sinceMs }];
  });
}

/** Requests per second of the Service's visitors, at most 200; undefined when it is not annotated. */
export function visitorsPerSecond(service: KubeObject): number | undefined {
  const text = service.metadata.annotations?.[VISITORS_ANNOTATION];
  const rate = Number(text);
  if (text === undefined || !Number.isFinite(rate) || rate < 0) return undefined;
  return Math.min(rate, MOST_VISITORS_PER_S);
}
